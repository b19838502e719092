"""Since when a sheet stands in its stage is read from the times in stages."""


def migrate(cr, version):
    """Drop the column that kept it once more."""
    cr.execute("ALTER TABLE workmanager_sheet DROP COLUMN IF EXISTS stage_date")
