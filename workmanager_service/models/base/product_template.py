from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    _inherit = "product.template"

    service_work_policy = fields.Selection(
        [("fixed", "Fixed price"), ("time", "By the hour")],
        string="Service Work",
        required=True,
        default="fixed",
        help="Fixed price: what is marked as done on the service sheet is billed.\n"
        "By the hour: the time that technicians log on the work is billed.",
    )
    service_hours = fields.Float(
        string="Planned Hours",
        help="How long one unit of this work takes, to compare with the time that it "
        "really took. Work in a unit of time plans its own quantity.",
    )

    _service_hours_positive = models.Constraint(
        "CHECK(service_hours >= 0)", "Planned hours cannot be negative."
    )

    @api.constrains("service_work_policy", "uom_id")
    def _check_service_work_policy(self):
        for product in self:
            if product.service_work_policy == "time" and not product.uom_id._is_time():
                raise ValidationError(
                    self.env._(
                        "“%(product)s” is billed by the hour, but sold in "
                        "“%(unit)s”. Choose a unit of time, such as Hours.",
                        product=product.name,
                        unit=product.uom_id.name,
                    )
                )
