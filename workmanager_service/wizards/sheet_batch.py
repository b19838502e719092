from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# What a sheet says by itself when a step is not for it; anything else is a fault.
REFUSALS = (UserError, ValidationError, AccessError)
# What reception decides, and technicians do not.
RECEPTION_STEPS = ("assign", "invoice")


class SheetBatch(models.TransientModel):
    """One step for a selection of sheets: what can be done is done, and what is
    refused is named with its reason."""

    _name = "workmanager.sheet.batch"
    _description = "Step for Several Sheets"

    step = fields.Selection(
        [
            ("assign", "Assign a Technician"),
            ("start_evaluation", "Start Evaluation"),
            ("start_repair", "Start Repair"),
            ("labels", "Print Labels"),
            ("invoice", "Create Invoices"),
        ],
        required=True,
        default="assign",
        readonly=True,
    )
    sheet_ids = fields.Many2many(
        "workmanager.sheet",
        string="Service Sheets",
        default=lambda self: self._default_sheet_ids(),
    )
    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        domain="[('share', '=', False), ('company_ids', 'in', company_ids)]",
    )
    company_ids = fields.Many2many("res.company", compute="_compute_company_ids")
    is_done = fields.Boolean(readonly=True)
    done_count = fields.Integer(string="Done", readonly=True)
    refusal_ids = fields.One2many(
        "workmanager.sheet.batch.refusal", "batch_id", string="Refused", readonly=True
    )

    @api.model
    def _default_sheet_ids(self):
        if self.env.context.get("active_model") != "workmanager.sheet":
            return []
        return [Command.set(self.env.context.get("active_ids", []))]

    @api.depends("sheet_ids")
    def _compute_company_ids(self):
        for batch in self:
            batch.company_ids = batch.sheet_ids.company_id

    # ----------------------------------------------------------------- ACTION

    def action_apply(self):
        """Do the step for each sheet that it is for, and tell what became of it.

        :raises AccessError: the step is not the user's to do
        :raises UserError: nothing is selected, or nobody was chosen to assign
        """
        self.ensure_one()
        if self.step in RECEPTION_STEPS and not self.env.user.has_group(
            "workmanager_service.group_reception"
        ):
            raise AccessError(self.env._("Reception does this: ask them, please."))
        if not self.sheet_ids:
            raise UserError(self.env._("Select the sheets first."))
        done, refusals, following = getattr(self, f"_apply_{self.step}")()
        self.write(
            {
                "is_done": True,
                "done_count": len(done),
                "refusal_ids": [
                    Command.create({"sheet_id": sheet.id, "reason": reason})
                    for sheet, reason in refusals.items()
                ],
            }
        )
        return self._get_result(following)

    def action_view_invoices(self):
        """Open the invoices of the selection."""
        self.ensure_one()
        return self.sheet_ids.action_view_invoices()

    # ------------------------------------------------------------------ STEPS

    def _apply_assign(self):
        if not self.user_id:
            raise UserError(self.env._("Choose the technician first."))
        user = self.user_id

        def assign(sheet):
            sheet._ensure_open()
            sheet._ensure_colleague(user)
            sheet.user_id = user

        return *self._try_each(assign), None

    def _apply_start_evaluation(self):
        def start(sheet):
            # To withdraw a quotation is a decision for each sheet.
            if sheet.state == "quoted":
                raise UserError(sheet._next_step_message())
            sheet.action_start_evaluation()

        return *self._try_each(start), None

    def _apply_start_repair(self):
        return *self._try_each(lambda sheet: sheet.action_start_repair()), None

    def _apply_labels(self):
        done, refusals = self._try_each(lambda sheet: sheet._ensure_open())
        reports = [
            sheets._get_label_report().report_action(sheets, config=False)
            for sheets in done.grouped("company_id").values()
        ]
        return done, refusals, reports

    def _apply_invoice(self):
        """Invoice what is to invoice, on one invoice for each customer."""
        todo, refusals = self._try_each(self._ensure_to_invoice)
        done = todo.browse()
        for sheets in todo.grouped(lambda s: (s.company_id, s.partner_id)).values():
            invoiced, refused = self._try(
                sheets,
                lambda sheets: sheets.with_context(
                    service_one_invoice=True
                ).action_create_invoice(),
            )
            done |= invoiced
            refusals |= refused
        return done, refusals, done.action_view_invoices() if done else None

    @api.model
    def _ensure_to_invoice(self, sheet):
        if not sheet._is_step_source("invoice"):
            raise UserError(sheet._next_step_message())
        if not sheet.is_to_invoice:
            raise UserError(
                self.env._("%s has nothing that waits to be invoiced.", sheet.name)
            )

    # --------------------------------------------------------------- BUSINESS

    def _try_each(self, step):
        """Call ``step`` with each sheet; one that refuses leaves no trace.

        :return: ``(sheets that it was done for, {sheet: why not})``
        """
        done, refusals = self.env["workmanager.sheet"], {}
        for sheet in self.sheet_ids:
            tried, refused = self._try(sheet, step)
            done |= tried
            refusals |= refused
        return done, refusals

    @api.model
    def _try(self, sheets, step):
        """Call ``step`` with ``sheets``, wholly or not at all.

        :return: see :meth:`_try_each`
        """
        try:
            with self.env.cr.savepoint():
                step(sheets)
        except REFUSALS as refusal:
            return sheets.browse(), dict.fromkeys(sheets, str(refusal))
        return sheets, {}

    def _get_result(self, following):
        """Return what tells the result: a note when all went well, else a dialog.

        :param following: the action that shows what was made, the list of those that
            print it, or None
        """
        self.ensure_one()
        if self.refusal_ids:
            result = self._get_records_action(name=self.env._("Result"), target="new")
        else:
            result = self._get_notification(
                {"type": "ir.actions.client", "tag": "soft_reload"}
            )
        if isinstance(following, list):
            return {
                "type": "ir.actions.client",
                "tag": "workmanager_print",
                "params": {"reports": following, "next": result},
            }
        if following and not self.refusal_ids:
            return self._get_notification(following)
        return result

    def _get_notification(self, following):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Done for %s sheets.", self.done_count),
                "next": following,
            },
        }
