import re

from odoo import api, models

PARAMETER = "workmanager_portal.status_origins"
ORIGIN = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
    r"(?::\d{1,5})?"
)


class StatusForm(models.AbstractModel):
    """The status form on other web sites: which of them may show it."""

    _name = "workmanager.status.form"
    _description = "Status Form for Web Sites"

    @api.model
    def _get_origins(self):
        """Return the origins of the sites that may use the form."""
        text = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        return (text or "").split()

    @api.model
    def _set_origins(self, origins):
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, " ".join(origins))

    @api.model
    def _parse_origins(self, text):
        """Return the origins in ``text``, as a browser writes them, each once.

        An address that people copy has a path more: it is left off.

        :raises ValueError: with the word that is no address of a site
        """
        origins = []
        for word in re.split(r"[\s,;]+", text or ""):
            origin = self._normalize_origin(word)
            if word and not ORIGIN.fullmatch(origin):
                raise ValueError(word)
            if word and origin not in origins:
                origins.append(origin)
        return origins

    @api.model
    def _normalize_origin(self, address):
        scheme, separator, rest = address.strip().lower().partition("://")
        host = rest.partition("/")[0]
        default_port = {"https": ":443", "http": ":80"}.get(scheme)
        if default_port:
            host = host.removesuffix(default_port)
        host = host.encode("idna").decode() if not host.isascii() else host
        return f"{scheme}{separator}{host}"

    @api.model
    def _is_origin_allowed(self, origin, own):
        """Whether a page of ``origin`` may use the form.

        :param str origin: what the browser says; nothing where no browser asks
        :param str own: the origin that the request was made to
        """
        return not origin or origin == own or origin in self._get_origins()
