from odoo import http
from odoo.http import request

NUMBER_LENGTH = 64
CODE_LENGTH = 32


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
        subjects = {**self._get_subjects(), "number": number.upper()}
        return self._answer(
            subjects,
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

    def _get_subjects(self):
        return {"address": request.httprequest.remote_addr}

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
        if not request.env.context.get("tz") and company_sudo.partner_id.tz:
            request.update_context(tz=company_sudo.partner_id.tz)
        response = request.render(
            "workmanager_portal.status_page",
            {
                "number": sheet_sudo.name,
                "steps": sheet_sudo._get_portal_steps(),
                "notice": sheet_sudo._get_portal_notice(),
                "has_offer": bool(sheet_sudo._get_portal_offers()),
                "expected": sheet_sudo._get_portal_expected_date(),
                "res_company": company_sudo,
            },
        )
        return self._protect(response)

    def _render_limited(self, wait):
        """Return the cheapest page there is: it answers those who ask too much."""
        html = request.env["ir.qweb"]._render(
            "workmanager_portal.status_limited",
            {"minutes": -(-wait // 60), "lang": request.env.lang},
        )
        response = request.make_response(
            f"<!DOCTYPE html>\n{html}", headers=[("Retry-After", str(wait))], status=429
        )
        return self._protect(response)

    def _protect(self, response):
        """Keep the page out of search engines, caches and referrers."""
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response
