from collections import defaultdict

from odoo import api, fields, models


class WorkLog(models.Model):
    """What logged time costs, and where analytic accounting books it."""

    _inherit = "workmanager.work.log"

    hourly_cost = fields.Float(
        compute="_compute_hourly_cost",
        store=True,
        readonly=False,
        digits="Product Price",
        aggregator="avg",
        groups="workmanager_service.group_manager",
        help="What an hour of the technician cost when the work was done.",
    )
    cost = fields.Monetary(
        compute="_compute_cost",
        store=True,
        groups="workmanager_service.group_manager",
    )
    analytic_line_ids = fields.One2many(
        "account.analytic.line",
        "work_log_id",
        groups="workmanager_service.group_manager",
    )

    @api.depends("user_id", "company_id")
    def _compute_hourly_cost(self):
        """Take today's rate; a rate that changes later rewrites nothing."""
        rates = self.env["workmanager.hourly.cost"].sudo()
        for company, logs in self.grouped("company_id").items():
            costs_sudo = rates._get_costs(logs.user_id, company)
            for log in logs:
                log.hourly_cost = costs_sudo.get(log.user_id, 0.0)

    @api.depends("hours", "hourly_cost")
    def _compute_cost(self):
        for log in self:
            currency = log.currency_id or self.env.company.currency_id
            log.cost = currency.round(log.hours * log.hourly_cost)

    def _sync_analytic(self):
        """Let the analytic lines of these logs say what they cost.

        Lines are created once, follow every correction, and go with their log.
        """
        missing = []
        for log_sudo in self.sudo():  # technicians have no accounting rights
            existing = defaultdict(log_sudo.analytic_line_ids.browse)
            for line_sudo in log_sudo.analytic_line_ids:
                key = frozenset(line_sudo._get_analytic_accounts().ids)
                existing[key] |= line_sudo
            for accounts, values in log_sudo._prepare_analytic_lines().items():
                if kept_sudo := existing.pop(accounts, None):
                    kept_sudo[:1].write(values)
                    kept_sudo[1:].unlink()
                else:
                    missing.append(values)
            for line_sudo in existing.values():
                line_sudo.unlink()
        if missing:
            self.env["account.analytic.line"].sudo().create(missing)

    def _prepare_analytic_lines(self):
        """Return the values of the analytic lines of this log, by their accounts.

        To be called as superuser.

        :return: {frozenset of account ids: values}
        """
        self.ensure_one()
        distribution = self.sheet_id.analytic_distribution or {}
        if not distribution or self.currency_id.is_zero(self.cost):
            return {}
        lines = {}
        for key, percentage in distribution.items():
            accounts = self.env["account.analytic.account"].browse(
                int(account) for account in key.split(",")
            )
            if accounts := accounts.exists():
                lines[frozenset(accounts.ids)] = {
                    **self._prepare_analytic_line_values(),
                    **{a.plan_id._column_name(): a.id for a in accounts},
                    "amount": self.currency_id.round(-self.cost * percentage / 100),
                    "unit_amount": self.hours * percentage / 100,
                }
        return lines

    def _prepare_analytic_line_values(self):
        """Return what the analytic lines of this log have in common."""
        self.ensure_one()
        # The day as the technician's clock shows it: night work counts where it began.
        local = self.with_context(tz=self.user_id.tz or self.env.user.tz)
        return {
            "work_log_id": self.id,
            "name": f"{self.sheet_id.name}: {self.line_id.name or self.note or '/'}",
            "date": fields.Datetime.context_timestamp(local, self.start).date(),
            "user_id": self.user_id.id,
            "partner_id": self.sheet_id.partner_id.commercial_partner_id.id,
            "company_id": self.company_id.id,
            "product_uom_id": self.env.ref("uom.product_uom_hour").id,
            "category": "service_work",
        }
