from odoo import api, models
from odoo.fields import Domain


class Sheet(models.Model):
    """What the customer sees of a sheet.

    Portal users have no rights on the model: whoever may read a record may also read
    every attachment of it and call its public methods. The pages read as superuser
    what the customer may see, once the customer's company or a token let them in.
    """

    _name = "workmanager.sheet"
    _inherit = ["workmanager.sheet", "portal.mixin"]
    # Whoever knows the token of a sheet is let in without an account.
    _sealed_fields = ("access_token",)

    def _compute_access_url(self):
        res = super()._compute_access_url()
        for sheet in self:
            sheet.access_url = f"/my/services/{sheet.id}"
        return res

    def action_preview_portal(self):
        """Open the page that the customer sees."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": self.get_portal_url(),
        }

    # ----------------------------------------------------------------- ACCESS

    @api.model
    def _get_portal_domain(self):
        """Return the domain of the sheets that the current portal user may see."""
        user = self.env.user
        if not user._is_portal():
            return Domain.FALSE
        # The company's people once: the list and its count search by the same.
        family_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        people = family_sudo.search(
            [("id", "child_of", user.partner_id.commercial_partner_id.id)]
        )
        return Domain("partner_id", "in", people.ids) & Domain(
            "company_id", "in", user._get_company_ids()
        )

    # ------------------------------------------------------------------- LINK

    def _get_status_url(self):
        """Return the address of the sheet's status page, for a QR code.

        Its code is random enough to be found by nobody, and needs no number beside
        it. What the page shows is worth no more than that; the personal link, which
        opens everything, is another one and never printed.
        """
        self.ensure_one()
        return f"{self.get_base_url()}/s/{self.tracking_code}"

    def _get_qr_value(self):
        self.ensure_one()
        return self._get_status_url() if self.tracking_code else super()._get_qr_value()

    def _get_customer_url(self):
        """Return the personal link: it lets its reader in without an account."""
        self.ensure_one()
        # Whoever moves the sheet may not write the token that the link needs.
        return f"{self.get_base_url()}{self.sudo().get_portal_url()}"

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        # "/mail/view" asks for rights on the model, which portal users do not have.
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if self:
            self.ensure_one()
            for name, _is_member, data in groups:
                if name == "portal":
                    data["button_access"] = {
                        "url": f"{self.get_base_url()}{self.access_url}"
                    }
        return groups

    # ------------------------------------------------------------------- PAGE

    def _get_portal_equipment_name(self):
        """Return what the equipment is, in the words of its owner."""
        self.ensure_one()
        equipment = self.equipment_id
        kind = self.equipment_type_id.name
        model = " ".join(filter(None, [equipment.brand_id.name, equipment.model_name]))
        return f"{kind} {model}" if model else kind
