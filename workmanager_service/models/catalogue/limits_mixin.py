from odoo import api, fields, models
from odoo.exceptions import ValidationError

CHECK_KINDS = [("pass_fail", "Good / Bad"), ("measure", "Measured value")]
VALUE_DIGITS = 3  # decimals of measured values and of their limits


class LimitsMixin(models.AbstractModel):
    """A question that is answered by good or bad, or by a value between limits."""

    _name = "workmanager.limits.mixin"
    _description = "Question with Limits"

    kind = fields.Selection(CHECK_KINDS, required=True, default="pass_fail")
    unit = fields.Char(help="Unit of the measured value, for example V or mm.")
    minimum = fields.Float(digits=(16, VALUE_DIGITS))
    maximum = fields.Float(digits=(16, VALUE_DIGITS))
    # A limit of 0 is a limit: whether there is one is said apart.
    has_minimum = fields.Boolean(
        string="Lower Limit",
        compute="_compute_has_minimum",
        store=True,
        readonly=False,
        precompute=True,
    )
    has_maximum = fields.Boolean(
        string="Upper Limit",
        compute="_compute_has_maximum",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("minimum")
    def _compute_has_minimum(self):
        for record in self:
            record.has_minimum = record.has_minimum or bool(record.minimum)

    @api.depends("maximum")
    def _compute_has_maximum(self):
        for record in self:
            record.has_maximum = record.has_maximum or bool(record.maximum)

    @api.constrains("kind", "minimum", "maximum", "has_minimum", "has_maximum")
    def _check_limits(self):
        for record in self:
            if (
                record.kind == "measure"
                and record.has_minimum
                and record.has_maximum
                and record.minimum > record.maximum
            ):
                raise ValidationError(
                    self.env._(
                        "Checkpoint %(name)s: the minimum is above the maximum.",
                        name=record.display_name,
                    )
                )

    def _is_within_limits(self, value):
        """Whether ``value`` lies between the limits; they belong to what is good."""
        self.ensure_one()
        return not (
            (self.has_minimum and value < self.minimum)
            or (self.has_maximum and value > self.maximum)
        )
