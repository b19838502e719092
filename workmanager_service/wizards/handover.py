from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class Handover(models.TransientModel):
    """Gives equipment back to its customer: accessories, who takes it, signature."""

    _name = "workmanager.handover"
    _description = "Hand-over"

    sheet_ids = fields.Many2many("workmanager.sheet", string="Equipment", required=True)
    sheet_count = fields.Integer(compute="_compute_sheet_count")
    other_sheet_ids = fields.Many2many(
        "workmanager.sheet", compute="_compute_other_sheet_ids"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_partner_id"
    )
    summary = fields.Char(compute="_compute_summary")
    warning = fields.Text(compute="_compute_warning")
    line_ids = fields.One2many(
        "workmanager.handover.line",
        "handover_id",
        string="Accessories",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    signed_by = fields.Char(
        string="Who Takes It",
        compute="_compute_signature",
        store=True,
        readonly=False,
    )
    signature = fields.Image(
        compute="_compute_signature",
        store=True,
        readonly=False,
        max_width=1024,
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("sheet_ids")
    def _compute_sheet_count(self):
        for handover in self:
            handover.sheet_count = len(handover.sheet_ids)

    @api.depends("sheet_ids")
    def _compute_partner_id(self):
        for handover in self:
            handover.partner_id = handover.sheet_ids.partner_id[:1]

    @api.depends("sheet_ids")
    def _compute_other_sheet_ids(self):
        for handover in self:
            sheets = handover.sheet_ids._origin
            handover.other_sheet_ids = sheets._get_other_ready_sheets()

    @api.depends("sheet_ids")
    def _compute_summary(self):
        for handover in self:
            handover.summary = ", ".join(
                f"{sheet.name} · {sheet.equipment_id._get_short_name()}"
                for sheet in handover.sheet_ids
            )

    @api.depends("sheet_ids")
    def _compute_warning(self):
        """Tell what the counter should know, though it holds nothing back."""
        for handover in self:
            handover.warning = "\n".join(
                message
                for sheet in handover.sheet_ids
                if (message := sheet._get_handover_warning())
            )

    @api.depends("sheet_ids")
    def _compute_line_ids(self):
        for handover in self:
            known = {(line.sheet_id, line.accessory_id) for line in handover.line_ids}
            handover.line_ids = [
                Command.create({"sheet_id": sheet.id, "accessory_id": accessory.id})
                for sheet in handover.sheet_ids._origin
                for accessory in sheet.accessory_ids
                if (sheet, accessory) not in known
            ]

    @api.depends("sheet_ids")
    def _compute_signature(self):
        """Take what was signed in the field already."""
        for handover in self:
            signed = handover.sheet_ids.filtered("delivery_signature")[:1]
            handover.signature = handover.signature or signed.delivery_signature
            handover.signed_by = (
                handover.signed_by
                or handover.sheet_ids.filtered("delivery_signed_by")[
                    :1
                ].delivery_signed_by
                or handover.partner_id.name
            )

    # ----------------------------------------------------------------- ACTION

    def action_add_others(self):
        """Hand over what else is ready for the customer, too."""
        self.ensure_one()
        self.sheet_ids |= self.other_sheet_ids
        return self._reopen()

    def action_tick_all(self):
        """Tick off all accessories: everything goes back."""
        self.ensure_one()
        self.line_ids.is_returned = True
        return self._reopen()

    def _reopen(self):
        return self._get_records_action(name=self.env._("Hand Over"), target="new")

    def action_hand_over(self):
        """Hand over, and print the protocols.

        :raises UserError: an accessory is neither ticked off nor explained, nobody
            takes the equipment, or it cannot be handed over
        """
        self.ensure_one()
        sheets = self._hand_over()
        return {
            "type": "ir.actions.client",
            "tag": "workmanager_print",
            "params": {
                "reports": [sheets.action_print_handover()],
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_hand_over_only(self):
        """Hand over without a print.

        :raises UserError: see :meth:`action_hand_over`
        """
        self.ensure_one()
        self._hand_over()
        return {"type": "ir.actions.act_window_close"}

    # --------------------------------------------------------------- BUSINESS

    def _hand_over(self):
        """Record what goes back and who takes it, and deliver.

        :return: the sheets
        """
        sheets = self.sheet_ids._lock()
        done = sheets.filtered(lambda sheet: sheet.state == "delivered")
        if done:
            raise UserError(done[0]._delivered_message())
        if error := self._error_message():
            raise UserError(error)
        for sheet in sheets:
            sheet._write_by_step(self._prepare_delivery_values(sheet))
        sheets.action_deliver()
        return sheets

    def _error_message(self):
        """Return what is missing on the dialog, or False."""
        self.ensure_one()
        if message := self._added_accessories_message():
            return message
        open_lines = self.line_ids.filtered(
            lambda line: not line.is_returned and not (line.note or "").strip()
        )
        if open_lines:
            return self.env._(
                "Tick off what goes back: %(accessories)s. What does not go back needs "
                "a note that says why.",
                accessories=", ".join(open_lines.accessory_id.mapped("name")),
            )
        if not (self.signed_by or "").strip():
            return self.env._("Write who takes the equipment.")
        return False

    def _added_accessories_message(self):
        """Return what the dialog does not list yet, or False."""
        lines = self.line_ids.grouped("sheet_id")
        for sheet in self.sheet_ids:
            known = lines.get(sheet, self.line_ids.browse()).accessory_id
            if added := sheet.accessory_ids - known:
                return self.env._(
                    "%(accessories)s came to %(sheet)s since this dialog was opened. "
                    "Close it and open it again.",
                    accessories=", ".join(added.mapped("name")),
                    sheet=sheet.name,
                )
        return False

    def _prepare_delivery_values(self, sheet):
        """Return the values of a sheet that is handed over."""
        lines = self.line_ids.filtered(lambda line: line.sheet_id == sheet)
        returned = lines.filtered("is_returned")
        return {
            "delivery_signed_by": self.signed_by.strip(),
            "delivery_signature": self.signature,
            "returned_accessory_ids": [Command.set(returned.accessory_id.ids)],
            "missing_accessory_note": "\n".join(
                f"{line.accessory_id.name}: {line.note.strip()}"
                for line in lines - returned
            ),
        }
