import re

from werkzeug.exceptions import abort

from odoo import SUPERUSER_ID, api, models
from odoo.http import request

from ...controllers.status import StatusController

# The pages that look a sheet up, in any language of the site.
LOOKUP = re.compile(r"(?:/[a-zA-Z_@]{2,10})?/(?:service/status|s/[^/]+)/?")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        cls._refuse_limited(path_info)
        return super()._match(path_info)

    @classmethod
    def _refuse_limited(cls, path_info):
        """Answer who tried too often before a user, a session or a layout is made.

        The page itself counts and limits; this only makes the refusal cheap.
        """
        # A page that links to its other languages asks again while it is made.
        if hasattr(request, "is_frontend") or not LOOKUP.fullmatch(path_info):
            return
        is_post = request.httprequest.method == "POST"
        if path_info.rstrip("/").endswith("/service/status") and not is_post:
            return
        number = request.httprequest.form.get("number") if is_post else None
        env = api.Environment(
            request.env.cr, SUPERUSER_ID, {"lang": request.session.context.get("lang")}
        )
        subjects = StatusController._get_subjects(number)
        if wait := env["workmanager.status.attempt"]._peek(**subjects):
            request.session.can_save = False
            abort(StatusController._make_limited_response(env, wait))
