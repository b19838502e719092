"""What scripts/bench measures: Workmanager beside Odoo's own Repairs."""
