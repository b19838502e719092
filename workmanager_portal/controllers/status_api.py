from functools import wraps

from werkzeug.exceptions import BadRequest

from odoo import fields, http
from odoo.http import request
from odoo.tools import file_open, html_escape

from .status import CODE_LENGTH, NUMBER_LENGTH, StatusController

API_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
LIMIT_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
PREFLIGHT_SECONDS = 86400
SCRIPT_SECONDS = 3600
MAX_BODY = 4096

FRAME_PAGE = """<!DOCTYPE html>
<html lang="%(lang)s"><head><meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>%(title)s</title></head>
<body><script src="/workmanager/status.js" data-lang="%(lang)s" data-color="%(color)s">
</script></body></html>
"""


class ApiError(Exception):
    """What the interface refuses, as it tells it."""

    def __init__(self, status, code, message, headers=()):
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = dict(headers)


def answers_json(method):
    """Make the answer of a method, or what it refuses, a JSON document."""

    @wraps(method)
    def wrapper(self, **kwargs):
        try:
            return self._make_json_response(method(self, **kwargs))
        except ApiError as error:
            body = {"error": {"code": error.code, "message": str(error)}}
            return self._make_json_response(body, error.status, error.headers)

    return wrapper


class StatusApiController(StatusController):
    """The status for other web sites: a script, a frame, and what both ask.

    The contract is in docs/en/status-form.md: version 1 does not change what is in it.
    """

    # -------------------------------------------------------------------- API

    @http.route(
        "/workmanager/api/v1/status",
        type="http",
        auth="none",
        methods=API_METHODS,
        csrf=False,
        readonly=False,  # a try is counted
        save_session=False,
        max_content_length=16 * MAX_BODY,
    )
    @answers_json
    def status_api(self, **_kwargs):
        """Tell the status to whoever knows the number and the code, as JSON."""
        self._ensure_origin_allowed()
        if request.httprequest.method == "OPTIONS":
            return None
        if request.httprequest.method != "POST":
            raise ApiError(
                405, "method_not_allowed", "Use POST.", {"Allow": "POST, OPTIONS"}
            )
        number, code, lang = self._read_question()
        subjects = self._get_subjects(number)
        attempts_sudo = request.env["workmanager.status.attempt"].sudo()
        wait = attempts_sudo._take(**subjects)
        self._set_language(lang)
        if wait:
            message = self._get_limited_text(wait)
            raise ApiError(429, "too_many_requests", message, {"Retry-After": wait})
        sheet_sudo = request.env["workmanager.sheet"]._find_by_number(number, code)
        if not sheet_sudo:
            raise ApiError(
                404,
                "not_found",
                request.env._(
                    "We found no service with this number and code. Please check both."
                ),
            )
        attempts_sudo._give_back(**subjects)
        return self._prepare_status(sheet_sudo)

    def _ensure_origin_allowed(self):
        form = request.env["workmanager.status.form"].sudo()
        if not form._is_origin_allowed(self._get_origin(), self._get_own_origin()):
            raise ApiError(
                403, "origin_not_allowed", "This site may not use the status form."
            )

    def _read_question(self):
        """Return the number, the code and the language that are asked for."""
        if (request.httprequest.content_length or 0) > MAX_BODY:
            raise ApiError(413, "too_large", "The question is too long.")
        try:
            if request.httprequest.mimetype == "application/json":
                question = request.get_json_data()
            else:
                question = request.httprequest.form.to_dict()
        except (ValueError, BadRequest) as error:
            raise ApiError(400, "invalid_request", "This is not JSON.") from error
        if not isinstance(question, dict):
            question = {}
        number, code = question.get("number"), question.get("code")
        if not (isinstance(number, str) and isinstance(code, str)):
            raise ApiError(
                400, "invalid_request", "“number” and “code” have to be texts."
            )
        lang = question.get("lang")
        return (
            number.strip()[:NUMBER_LENGTH],
            code[:CODE_LENGTH],
            lang[:16] if isinstance(lang, str) else "",
        )

    def _set_language(self, lang):
        """Answer as the public user, in the language asked for if it is installed."""
        request.registry["ir.http"]._auth_method_public()
        code = request.env["ir.http"].get_nearest_lang(lang.replace("-", "_"))
        if code:
            request.update_context(lang=code)

    def _prepare_status(self, sheet_sudo):
        """Return the status with dates as the shop counts them."""
        self._set_shop_timezone(sheet_sudo)
        status = sheet_sudo._get_public_status()
        for step in status["steps"]:
            step["date"] = self._format_day(step["date"])
        status["expected"] = self._format_day(status["expected"])
        return status

    @staticmethod
    def _format_day(moment):
        if not moment:
            return None
        model = request.env["workmanager.sheet"]
        return fields.Datetime.context_timestamp(model, moment).date().isoformat()

    def _make_json_response(self, body, status=200, headers=()):
        is_preflight = body is None
        if is_preflight:
            response = request.make_response("", status=204)
        else:
            response = request.make_json_response(body, status=status)
        for name, value in dict(headers).items():
            response.headers[name] = str(value)
        if status in (200, 404, 429) and not is_preflight:
            attempts_sudo = request.env["workmanager.status.attempt"].sudo()
            quota = attempts_sudo._get_quota(request.httprequest.remote_addr)
            for name, value in zip(LIMIT_HEADERS, quota, strict=True):
                response.headers[name] = str(value)
        self._add_cors(response, is_preflight)
        return self._protect(response)

    def _add_cors(self, response, is_preflight):
        """Let the pages of allowed sites, and only them, read the answer."""
        response.headers["Vary"] = "Origin"
        origin = self._get_origin()
        form = request.env["workmanager.status.form"].sudo()
        if not origin or not form._is_origin_allowed(origin, self._get_own_origin()):
            return
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = ", ".join(
            ("Retry-After", *LIMIT_HEADERS)
        )
        if is_preflight:
            response.headers["Access-Control-Allow-Methods"] = "POST"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)

    @staticmethod
    def _get_origin():
        return request.httprequest.headers.get("Origin")

    @staticmethod
    def _get_own_origin():
        return request.httprequest.host_url.rstrip("/")

    # ------------------------------------------------------------ SCRIPT, FRAME

    @http.route(
        "/workmanager/status.js",
        type="http",
        auth="none",
        methods=["GET"],
        save_session=False,
    )
    def status_script(self, **_kwargs):
        """Send the script that puts the form on a page of another site."""
        with file_open("workmanager_portal/static/src/embed/status.js", "rb") as file:
            body = file.read()
        response = request.make_response(
            body, headers=[("Content-Type", "text/javascript; charset=utf-8")]
        )
        response.add_etag()
        response.headers["Cache-Control"] = f"public, max-age={SCRIPT_SECONDS}"
        # The page that loads it may ask its parts for a permission to be shared.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response.make_conditional(request.httprequest.environ)

    @http.route(
        "/workmanager/status/embed",
        type="http",
        auth="none",
        methods=["GET"],
        save_session=False,
    )
    def status_frame(self, lang="", color="", **_kwargs):
        """Show the form alone, for a frame on a page of an allowed site."""
        html = FRAME_PAGE % {
            "lang": html_escape("ro" if lang.lower().startswith("ro") else "en"),
            "color": html_escape(color[:32]),
            "title": "Starea reparației" if lang.startswith("ro") else "Service Status",
        }
        response = request.make_response(html)
        self._protect(response)
        origins = request.env["workmanager.status.form"].sudo()._get_origins()
        response.headers["Content-Security-Policy"] = "; ".join(
            (
                "default-src 'none'",
                "script-src 'self'",
                "connect-src 'self'",
                "base-uri 'none'",
                "form-action 'none'",
                " ".join(("frame-ancestors 'self'", *origins)),
            )
        )
        return response
