from odoo import api, fields, models


class HourlyCost(models.Model):
    """What an hour of a technician costs; kept apart from the user, whose record only
    administrators change."""

    _name = "workmanager.hourly.cost"
    _description = "Hourly Cost"
    _order = "company_id, user_id"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        required=True,
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost = fields.Monetary(string="Cost of an Hour", required=True)

    _user_uniq = models.Constraint(
        "UNIQUE(user_id, company_id)", "This technician has an hourly cost already."
    )
    _cost_positive = models.Constraint(
        "CHECK(cost >= 0)", "The cost of an hour cannot be negative."
    )

    @api.model
    def _get_costs(self, users, company):
        """Return what an hour of each of ``users`` costs ``company``.

        Where the list says nothing, the employee's hourly cost counts, if human
        resources keep one; then the company's.

        :return: {user: cost}
        """
        own = dict(
            self._read_group(
                [("user_id", "in", users.ids), ("company_id", "=", company.id)],
                ["user_id"],
                ["cost:max"],
            )
        )
        return {
            user: own[user]
            if user in own
            else self._get_employee_cost(user, company) or company.service_hourly_cost
            for user in users
        }

    @api.model
    def _get_employee_cost(self, user, company):
        if "hr.employee" not in self.env:
            return 0.0
        employees = self.env["hr.employee"]
        if "hourly_cost" not in employees._fields:
            return 0.0
        # Managers of the service need not be officers of human resources.
        employee_sudo = employees.sudo().search(
            [("user_id", "=", user.id), ("company_id", "=", company.id)], limit=1
        )
        return employee_sudo.hourly_cost
