"""The company's intake terms and its choice of photos become those of its document."""

from psycopg2.extras import Json

from odoo import SUPERUSER_ID, api
from odoo.tools.sql import column_exists


def migrate(cr, version):
    """Give each company that had something of its own a document of its own."""
    if not column_exists(cr, "res_company", "service_print_photos"):
        return  # older than either choice
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        """
        SELECT id, service_intake_terms, service_print_photos FROM res_company
         WHERE service_intake_terms IS NOT NULL OR service_print_photos
        """
    )
    rows = cr.fetchall()
    is_alone = env["res.company"].search_count([], limit=2) == 1
    shared = env.ref("workmanager_service.document_intake")
    photos = env.ref("workmanager_service.document_block_intake_photos")
    for company_id, terms, has_photos in rows:
        document = shared if is_alone else shared.copy({"company_id": company_id})
        if has_photos:
            document.block_ids |= photos
        if terms and any(terms.values()):
            _add_terms(env, document, terms)


def _add_terms(env, document, terms):
    """Write the terms in all their languages, as they stand."""
    source = terms.get("en_US") or next(iter(terms.values()))
    text = env["workmanager.document.text"].create(
        {"document_id": document.id, "text": source}
    )
    text.flush_recordset()
    env.cr.execute(
        "UPDATE workmanager_document_text SET text = %s WHERE id = %s",
        [Json(terms), text.id],
    )
    text.invalidate_recordset()
