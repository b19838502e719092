from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.portal.controllers.portal import CustomerPortal, pager
from odoo.addons.workmanager_service.models.service.states import CLOSED_STATES


class ServicePortal(CustomerPortal):
    """My Services: what a customer with an account, or with a link, sees."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "service_count" in counters:
            sheet_model = request.env["workmanager.sheet"].sudo()
            values["service_count"] = sheet_model.search_count(
                sheet_model._get_portal_domain()
            )
        return values

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Let in whom a rule of Odoo's never does: the customer, or the link's holder.

        :raises AccessError: for anyone else who is no employee
        """
        # Odoo compares ASCII only, and answers a link with anything else by an error.
        if not (isinstance(access_token, str) and access_token.isascii()):
            access_token = None
        sheet_model = request.env["workmanager.sheet"]
        if model_name != sheet_model._name or not request.env.user.share:
            return super()._document_check_access(
                model_name, document_id, access_token=access_token
            )
        sheet_sudo = sheet_model.sudo().search_fetch([("id", "=", document_id)])
        own_sudo = sheet_sudo.filtered_domain(sheet_model._get_portal_domain())
        if own_sudo:
            return own_sudo
        token = sheet_sudo.access_token
        if access_token and token and consteq(token, access_token):
            return sheet_sudo
        raise AccessError(request.env._("This service is not yours to see."))

    # ------------------------------------------------------------------- LIST

    def _get_service_searchbar_sortings(self):
        return {
            "date": {
                "label": request.env._("Newest"),
                "order": "intake_date desc, id desc",
            },
            "deadline": {
                "label": request.env._("Expected"),
                "order": "deadline_date, id desc",
            },
            "status": {
                "label": request.env._("Status"),
                "order": "stage_id, id desc",
            },
            "name": {"label": request.env._("Number"), "order": "name, id"},
        }

    def _get_service_searchbar_filters(self):
        is_closed = Domain("state", "in", CLOSED_STATES)
        is_ready = Domain("state", "=", "ready")
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "open": {"label": request.env._("Open"), "domain": ~is_closed},
            "decide": {
                "label": request.env._("To Decide"),
                "domain": Domain("state", "=", "quoted"),
            },
            "ready": {"label": request.env._("To Collect"), "domain": is_ready},
            "closed": {"label": request.env._("Closed"), "domain": is_closed},
        }

    def _get_service_searchbar_inputs(self):
        labels = {
            "all": request.env._("Search in All"),
            "name": request.env._("Search in Number"),
            "equipment": request.env._("Search in Equipment"),
            "fault": request.env._("Search in Fault"),
        }
        return {key: {"input": key, "label": label} for key, label in labels.items()}

    def _get_service_search_domain(self, search_in, search):
        """Return the domain that looks for ``search`` where ``search_in`` says."""
        paths = {
            "name": ["name"],
            "equipment": [
                "equipment_id.ref",
                "equipment_id.serial_number",
                "equipment_id.model_name",
                "equipment_id.brand_id.name",
                "equipment_type_id.name",
            ],
            "fault": ["claimed_fault", "claimed_fault_ids.name"],
        }
        chosen = paths.get(search_in) or [
            path for some in paths.values() for path in some
        ]
        return Domain.OR(Domain(path, "ilike", search) for path in chosen)

    @http.route(
        ["/my/services", "/my/services/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_services(
        self, page=1, sortby=None, filterby=None, search=None, search_in=None, **_kwargs
    ):
        """Show the services of the customer's company."""
        values = self._prepare_services_values(
            page, sortby, filterby, search, search_in
        )
        request.session["my_services_history"] = values["sheets"].ids[:100]
        return request.render("workmanager_portal.portal_my_services", values)

    def _prepare_services_values(self, page, sortby, filterby, search, search_in):
        """Return what the list shows, by the choices that were made and exist."""
        sortings = self._get_service_searchbar_sortings()
        filters = self._get_service_searchbar_filters()
        inputs = self._get_service_searchbar_inputs()
        chosen = {
            "sortby": sortby if sortby in sortings else "date",
            "filterby": filterby if filterby in filters else "all",
            "search_in": search_in if search_in in inputs else "all",
            "search": search,
        }
        domain = filters[chosen["filterby"]]["domain"]
        if search:
            domain &= self._get_service_search_domain(chosen["search_in"], search)
        order = sortings[chosen["sortby"]]["order"]
        return {
            **self._prepare_portal_layout_values(),
            **self._get_services_page(page, domain, order, chosen),
            **chosen,
            "page_name": "service",
            "default_url": "/my/services",
            "is_narrowed": bool(search or chosen["filterby"] != "all"),
            "searchbar_sortings": sortings,
            "searchbar_filters": filters,
            "searchbar_inputs": inputs,
        }

    def _get_services_page(self, page, domain, order, url_args):
        """Return the customer's sheets on a page of the list, and the list's pager."""
        sheet_model = request.env["workmanager.sheet"].sudo()
        domain &= sheet_model._get_portal_domain()
        pager_values = pager(
            url="/my/services",
            url_args=url_args,
            total=sheet_model.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        sheets_sudo = sheet_model.search(
            domain,
            order=order,
            limit=self._items_per_page,
            offset=pager_values["offset"],
        )
        return {"sheets": sheets_sudo, "pager": pager_values}

    # ------------------------------------------------------------------- PAGE

    @http.route("/my/services/<int:sheet_id>", type="http", auth="public", website=True)
    def portal_my_service(self, sheet_id, access_token=None, **kwargs):
        """Show one service to its customer, or to the holder of its link."""
        try:
            sheet_sudo = self._document_check_access(
                "workmanager.sheet", sheet_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        self._set_timezone(sheet_sudo)
        values = self._prepare_service_values(sheet_sudo)
        # The page's chatter has no other way to know that its reader was let in.
        token = sheet_sudo._portal_ensure_token()
        values = self._get_page_view_values(
            sheet_sudo, token, values, "my_services_history", False, **kwargs
        )
        return request.render("workmanager_portal.portal_my_service", values)

    def _prepare_service_values(self, sheet_sudo):
        """Return what the page of a service shows."""
        action = request.env.ref("workmanager_service.workmanager_sheet_action").sudo()
        evaluation_sudo = sheet_sudo._get_portal_evaluation()
        photos_sudo = sheet_sudo._get_customer_photos()
        findings = evaluation_sudo._get_findings(photos_sudo) if evaluation_sudo else []
        shown_sudo = photos_sudo.browse().union(*(f["photos"] for f in findings))
        return {
            "page_name": "service",
            "sheet": sheet_sudo,
            "steps": sheet_sudo._get_portal_steps(),
            "notice": sheet_sudo._get_portal_notice(),
            "evaluation": evaluation_sudo,
            "findings": findings,
            "photos": photos_sudo - shown_sudo,
            "offers": sheet_sudo._get_portal_offers(),
            "orders": sheet_sudo._get_portal_orders(),
            "covered_lines": sheet_sudo._get_portal_covered_lines(),
            "invoices": sheet_sudo._get_portal_invoices(),
            "documents": sheet_sudo._get_portal_documents(),
            "res_company": sheet_sudo.company_id,
            "backend_url": f"/odoo/action-{action.id}/{sheet_sudo.id}",
        }

    def _set_timezone(self, sheet_sudo):
        """Tell a visitor without an account the days as the shop counts them."""
        if not request.env.context.get("tz"):
            # The visitor's own first; both are read at once.
            partners_sudo = (
                request.env.user.sudo().partner_id | sheet_sudo.company_id.partner_id
            )
            if tz := next(filter(None, partners_sudo.mapped("tz")), None):
                request.update_context(tz=tz)

    @http.route(
        "/my/services/<int:sheet_id>/document/<string:document>",
        type="http",
        auth="public",
        website=True,
    )
    def portal_my_service_document(
        self, sheet_id, document, access_token=None, download=False, **_kwargs
    ):
        """Send a document of a service, as a PDF."""
        try:
            sheet_sudo = self._document_check_access(
                "workmanager.sheet", sheet_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        documents = sheet_sudo._get_portal_documents()
        if document not in documents:
            return request.redirect(sheet_sudo.access_url)
        title, report = documents[document]
        return self._show_report(
            model=sheet_sudo.with_context(document_title=title),
            report_type="pdf",
            report_ref=report,
            download=download,
        )

    # ----------------------------------------------------------------- PHOTOS

    @http.route(
        "/my/services/<int:sheet_id>/photo/<int:photo_id>",
        type="http",
        auth="public",
        methods=["GET"],
    )
    def portal_my_service_photo(
        self, sheet_id, photo_id, access_token=None, size="", **_kwargs
    ):
        """Send a photo that the page of a service shows."""
        try:
            sheet_sudo = self._document_check_access(
                "workmanager.sheet", sheet_id, access_token=access_token
            )
        except (AccessError, MissingError) as error:
            raise request.not_found() from error
        return self._send_photo(sheet_sudo._get_customer_photos(), photo_id, size)

    @http.route(
        "/my/orders/<int:order_id>/photo/<int:photo_id>",
        type="http",
        auth="public",
        methods=["GET"],
    )
    def portal_order_photo(
        self, order_id, photo_id, access_token=None, size="", **_kwargs
    ):
        """Send a photo that the page of a quotation shows with its findings."""
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError) as error:
            raise request.not_found() from error
        return self._send_photo(order_sudo._get_portal_photos(), photo_id, size)

    def _send_photo(self, photos_sudo, photo_id, size):
        """Send one of ``photos_sudo``, and no other photo.

        :param str size: ``small`` for a list
        """
        photo_sudo = photos_sudo.filtered(lambda photo: photo.id == photo_id)
        if not photo_sudo:
            raise request.not_found()
        field = "image_256" if size == "small" else "image_1920"
        stream = request.env["ir.binary"]._get_image_stream_from(photo_sudo, field)
        return stream.get_response(immutable=False)
