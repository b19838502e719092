from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_status_origins = fields.Text(string="Sites with the Status Form")
    service_status_snippet = fields.Char(
        string="Line for the Site", compute="_compute_service_status_snippet"
    )

    def _compute_service_status_snippet(self):
        for settings in self:
            url = f"{settings.get_base_url()}/workmanager/status.js"
            settings.service_status_snippet = f'<script src="{url}" async></script>'

    @api.constrains("service_status_origins")
    def _check_service_status_origins(self):
        for settings in self:
            settings._get_service_status_origins()

    @api.model
    def get_values(self):
        """Read the sites, one in a line."""
        origins = self.env["workmanager.status.form"]._get_origins()
        return {**super().get_values(), "service_status_origins": "\n".join(origins)}

    def set_values(self):
        """Keep the sites as browsers name them."""
        res = super().set_values()
        form = self.env["workmanager.status.form"]
        origins = self._get_service_status_origins()
        if origins != form._get_origins():
            form._set_origins(origins)
        return res

    def _get_service_status_origins(self):
        """Return the origins that were typed.

        :raises ValidationError: naming what is no address of a site
        """
        self.ensure_one()
        form = self.env["workmanager.status.form"]
        try:
            return form._parse_origins(self.service_status_origins)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "“%s” is not the address of a site. Write it as in a browser: "
                    "https://www.example.com",
                    error,
                )
            ) from error
