from odoo import Command, api, fields, models
from odoo.fields import Domain

CLAIM_STATES = [
    ("open", "Work Not Finished"),
    ("to_invoice", "To Invoice"),
    ("invoiced", "Invoiced"),
    ("paid", "Paid"),
    ("refused", "Cancelled or Credited"),
]


class Sheet(models.Model):
    """What is claimed from the manufacturer, whose warranty covers it."""

    _inherit = "workmanager.sheet"

    claim_order_ids = fields.Many2many(
        "sale.order",
        string="Claims",
        compute="_compute_claim_order_ids",
        compute_sudo=True,
    )
    claim_state = fields.Selection(
        CLAIM_STATES,
        string="Claim",
        compute="_compute_claim_state",
        search="_search_claim_state",
        compute_sudo=True,
    )

    # Not by any state: records that depend on the state of orders and invoices make
    # Odoo look at all that depends on them twice for each change of it.
    @api.depends("line_ids.sale_line_id.order_id.is_service_claim")
    def _compute_claim_order_ids(self):
        for sheet in self:
            sheet.claim_order_ids = sheet.sale_order_ids.filtered("is_service_claim")

    @api.depends(
        "claim_order_ids",
        "state",
        "line_ids.sale_line_id.order_id.invoice_status",
        "line_ids.sale_line_id.order_id.state",
        "line_ids.sale_line_id.invoice_lines.move_id.payment_state",
    )
    def _compute_claim_state(self):
        for sheet in self:
            sheet.claim_state = sheet._get_claim_state(sheet.claim_order_ids)

    def _search_claim_state(self, operator, value):
        """Find sheets by how far their claims are: only they are computed."""
        if operator != "in":
            return NotImplemented
        with_claim = [("line_ids.sale_line_id.order_id.is_service_claim", "=", True)]
        claimed_sudo = self.sudo().search(with_claim)
        found = claimed_sudo.filtered(lambda sheet: sheet.claim_state in value)
        domain = Domain("id", "in", found.ids)
        if False in value:
            domain |= Domain("id", "not in", claimed_sudo.ids)
        return domain

    @api.model
    def _get_claim_state(self, claims):
        """Return how far the claims of a sheet are, False where there is none."""
        if not claims:
            return False
        live = claims.filtered(lambda order: order.state != "cancel")
        moves = live.order_line.invoice_lines.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state != "cancel"
        )
        if "to invoice" in live.mapped("invoice_status"):
            return "to_invoice"
        if not live or (moves and set(moves.mapped("payment_state")) == {"reversed"}):
            return "refused"
        if not moves:
            return "open"
        paid = all(
            move.payment_state in ("paid", "in_payment", "reversed") for move in moves
        )
        return "paid" if paid else "invoiced"

    def action_view_claims(self):
        """Open the claims to the manufacturers of these sheets."""
        self.check_access("read")
        return self.claim_order_ids._get_records_action(name=self.env._("Claims"))

    def _prepare_order_line_commands(self, payer, lines):
        """Tell the manufacturer on a claim which equipment it is for, and its fault.

        The section goes to the invoice too, which may gather several claims.
        """
        commands, ordered = super()._prepare_order_line_commands(payer, lines)
        if set(lines.mapped("coverage")) == {"warranty"}:
            for command in commands:
                if command[2].get("display_type") == "line_section":
                    command[2]["display_type"] = "line_subsection"
            title = {
                "display_type": "line_section",
                "name": self._get_claim_title(payer),
                "sequence": 9,
            }
            commands.insert(0, Command.create(title))
        return commands, ordered

    def _get_claim_title(self, payer):
        """Return the sheet, the equipment, its serial number and its fault, for the
        manufacturer to read."""
        self.ensure_one()
        sheet = self.with_context(lang=payer.lang or self.env.lang)
        equipment = sheet.equipment_id
        faults = sheet.evaluation_id.fault_ids or sheet.claimed_fault_ids
        fault = ", ".join(faults.mapped("name")) or sheet.claimed_fault
        parts = [sheet.name, equipment._get_short_name()]
        if equipment.serial_number:
            parts.append(sheet.env._("Serial number: %s", equipment.serial_number))
        if fault:
            parts.append(sheet.env._("Fault: %s", " ".join(fault.split())))
        return " · ".join(parts)
