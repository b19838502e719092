from markupsafe import Markup

from odoo import models

from odoo.addons.workmanager_service.formats import format_quantity

MISSING_PARTS = "workmanager_stock_link.mail_activity_type_missing_parts"


class Sheet(models.Model):
    """Who is told about the parts of a sheet: the buyer of what is missing, the
    technician once all is there."""

    _inherit = "workmanager.sheet"

    def _tell_parts_available(self):
        """Tell the technician of each sheet whose last part has come; after another
        part was found missing, once more.

        To be called as superuser: whoever causes it may be the customer.
        """
        sheets = self.filtered(
            lambda s: s.state in ("approved", "repair") and s.parts_state != "none"
        )
        sheets.filtered(lambda s: s.state == "repair").line_ids._plan_arrived()
        there = sheets.filtered(lambda sheet: sheet.parts_state == "available")
        told = sheets.filtered("is_parts_notice_sent")
        for technician, news in (there - told).grouped("user_id").items():
            if technician.active:
                news._notify_parts(technician)
        (there - told).is_parts_notice_sent = True
        (told - there).is_parts_notice_sent = False

    def _notify_parts(self, technician):
        """Tell ``technician`` that the parts of these sheets are there: on the sheet,
        or in one message for several."""
        translated = self.with_context(lang=technician.lang)
        body = translated.env._("All parts are there: the repair can go on.")
        message = {
            "author_id": self.env["ir.model.data"]._xmlid_to_res_id(
                "base.partner_root", raise_if_not_found=True
            ),
            "partner_ids": technician.partner_id.ids,
        }
        if len(self) == 1:
            translated.message_post(body=body, subtype_xmlid="mail.mt_note", **message)
            return
        translated._message_log_batch(
            bodies=dict.fromkeys(self.ids, body), author_id=message["author_id"]
        )
        translated.env["mail.thread"].message_notify(
            subject=translated.env._("Parts are there"),
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                body,
                Markup().join(
                    Markup("<li>%s</li>") % sheet._get_html_link() for sheet in self
                ),
            ),
            **message,
        )

    def _sync_missing_parts_activity(self, schedule=True):
        """Keep one activity for the buyer on each sheet with a missing part.

        To be called as superuser: whoever causes it may be the customer.

        :param bool schedule: False to change only what is there already
        """
        self._get_part_requests()._sync_confirmation_activity()
        activity_type = self.env["mail.activity.type"].browse(
            self.env["ir.model.data"]._xmlid_to_res_id(
                MISSING_PARTS, raise_if_not_found=True
            )
        )
        for sheet in self:
            missing = sheet.line_ids.filtered(
                lambda l: l.product_uom_id.compare(l.quantity_missing, 0.0) > 0
            )
            if sheet.state in ("evaluation", "quoted") and not (missing and schedule):
                continue  # it was not accepted before: nothing was missing yet
            activity = sheet.activity_ids.filtered(
                lambda a: a.activity_type_id == activity_type
            )
            if not missing:
                activity.unlink()
            elif activity or schedule:
                sheet._ask_buyer(missing, activity[:1])

    def _get_part_requests(self):
        """Return the purchases that bring the parts of these sheets. To be called as
        superuser."""
        moves = self.line_ids.sale_line_id.move_ids
        return moves.created_purchase_line_ids.order_id

    def _ask_buyer(self, missing, activity):
        """Ask for these lines' parts, by a new activity when there is none yet."""
        self.ensure_one()
        buyer = self._get_parts_buyer()
        reader = self.with_context(lang=buyer.lang or self.env.lang)
        note = reader._format_missing_parts(missing.with_env(reader.env))
        if not activity:
            reader.activity_schedule(MISSING_PARTS, note=note, user_id=buyer.id)
        elif activity.note != note:
            activity.note = note

    def _format_missing_parts(self, lines):
        """Return the list of what is missing and why, for the activity."""
        known = lines.filtered("vendor_id")
        reasons = {
            lines - known: self.env._(
                "Neither in stock nor on order, and no vendor is known. Set one on the "
                "product, then use Check Parts on the sheet."
            ),
            known: self.env._(
                "What was ordered of it will not come, or is less than is needed. Use "
                "Check Parts on the sheet to order the rest."
            ),
        }
        return Markup().join(
            self._format_parts(reason, [(line.quantity_missing, line) for line in some])
            for some, reason in reasons.items()
            if some
        )

    def _format_parts(self, title, items):
        """Return a list of parts with their quantities.

        :param str title: what they are
        :param list items: ``(quantity, workmanager.sheet.line)``
        """
        return Markup("<p>%s</p><ul>%s</ul>") % (
            title,
            Markup().join(
                Markup("<li>%s × %s</li>")
                % (
                    format_quantity(self.env, quantity, line.product_uom_id),
                    line.product_id.display_name,
                )
                for quantity, line in items
            ),
        )

    def _get_parts_buyer(self):
        """Return who buys the parts that are missing, nobody when there is no one.

        Never OdooBot or the customer, who act when a quotation is accepted online.
        """
        self.ensure_one()
        company = self.company_id
        for user in (company.service_buyer_id, self.received_by_id, self.user_id):
            if (
                user.active
                and user._is_internal()
                and company in user.company_ids
                and self.with_user(user)
                .with_company(company)
                .with_context(allowed_company_ids=company.ids)
                .has_access("read")
            ):
                return user
        return self.env["res.users"]
