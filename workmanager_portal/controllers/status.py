from markupsafe import Markup

from odoo import http
from odoo.http import Response, request

NUMBER_LENGTH = 64
CODE_LENGTH = 32

# Stands alone: it has to cost next to nothing.
LIMITED_PAGE = Markup("""<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{title}</title>
<style>body {{font: 1.125rem/1.5 system-ui, sans-serif; max-width: 32rem;
margin: 15vh auto 0; padding: 0 1rem}}</style></head>
<body><main><h1>{title}</h1><p>{text}</p></main></body></html>
""")


class StatusController(http.Controller):
    """The status page: for whoever holds the intake protocol, without an account."""

    @http.route(
        "/service/status",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def service_status(self, number="", **_kwargs):
        """Ask for the number and the code."""
        return self._render_form(number=number[:NUMBER_LENGTH])

    @http.route(
        "/service/status",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def service_status_find(self, number="", code="", **_kwargs):
        """Show the status to whoever knows the number and the code.

        The answer to the form is the page itself: the code is in no address, and
        thus in no log, history or referrer.
        """
        number, code = number.strip()[:NUMBER_LENGTH], code[:CODE_LENGTH]
        return self._answer(
            self._get_subjects(number),
            lambda sheet_model: sheet_model._find_by_number(number, code),
            number=number,
        )

    @http.route(
        "/s/<string:code>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def service_status_scan(self, code, **_kwargs):
        """Show the status to whoever scanned the QR code of the protocol."""
        return self._answer(
            self._get_subjects(),
            lambda sheet_model: sheet_model._find_by_tracking_code(code[:CODE_LENGTH]),
        )

    @staticmethod
    def _get_subjects(number=None):
        """Return what a try is counted for: the address and, with one, the number."""
        subjects = {"address": request.httprequest.remote_addr}
        if number is not None:
            sheet_model = request.env["workmanager.sheet"]
            subjects["number"] = sheet_model._normalize_number(number)
        return subjects

    def _answer(self, subjects, find, **values):
        """Look a sheet up within the limits, and show what there is to show.

        :param subjects: what the try is counted for
        :param find: returns the sheet, or none
        """
        attempts_sudo = request.env["workmanager.status.attempt"].sudo()
        if wait := attempts_sudo._take(**subjects):
            return self._render_limited(wait)
        sheet_sudo = find(request.env["workmanager.sheet"])
        if not sheet_sudo:
            return self._render_form(is_wrong=True, **values)
        attempts_sudo._give_back(**subjects)
        return self._render_status(sheet_sudo)

    def _render_form(self, number="", is_wrong=False):
        response = request.render(
            "workmanager_portal.status_form",
            {"number": number, "is_wrong": is_wrong},
            status=404 if is_wrong else 200,
        )
        return self._protect(response)

    def _render_status(self, sheet_sudo):
        company_sudo = sheet_sudo.company_id
        self._set_shop_timezone(sheet_sudo)
        response = request.render(
            "workmanager_portal.status_page",
            {**sheet_sudo._get_public_status(), "res_company": company_sudo},
        )
        return self._protect(response)

    @staticmethod
    def _set_shop_timezone(sheet_sudo):
        """Tell the days as the shop counts them."""
        tz = sheet_sudo.company_id.partner_id.tz
        if tz and not request.env.context.get("tz"):
            request.update_context(tz=tz)

    def _render_limited(self, wait):
        """Return the cheapest page there is: it answers those who ask too much."""
        env = request.env
        html = LIMITED_PAGE.format(
            lang=(env.lang or "en").partition("_")[0],
            title=env._("Too many tries"),
            text=self._get_limited_text(wait),
        )
        response = Response(html, status=429, content_type="text/html; charset=utf-8")
        response.headers["Retry-After"] = str(wait)
        return self._protect(response)

    @staticmethod
    def _get_limited_text(wait):
        """Return what somebody is told who has to wait for so many seconds."""
        return request.env._(
            "Please try again in %(minutes)s min, or call us.", minutes=-(-wait // 60)
        )

    @staticmethod
    def _protect(response):
        """Keep the page out of search engines, caches, referrers and frames."""
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Security-Policy"] = "frame-ancestors 'self'"
        return response
