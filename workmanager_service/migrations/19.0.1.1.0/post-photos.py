"""Pictures attached to sheets become their photos; the attachments stay as they are."""

import logging

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError

from odoo.addons.workmanager_service.models.evaluation.photo import IN_MIGRATION

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    """Copy the pictures one by one: they are large, and some cannot be read."""
    env = api.Environment(cr, SUPERUSER_ID, {"photo_migration": IN_MIGRATION})
    sheets = env["workmanager.sheet"].with_context(active_test=False).search([])
    attachments = env["ir.attachment"].search(
        [
            ("res_model", "=", "workmanager.sheet"),
            ("res_id", "in", sheets.ids),
            ("mimetype", "=like", "image/%"),
            ("mimetype", "not like", "svg"),
        ],
        order="id",
    )
    for attachment in attachments:
        photo = attachment.with_prefetch()
        try:
            with cr.savepoint():
                env["workmanager.photo"].create(
                    {"sheet_id": photo.res_id, "image_1920": photo.datas}
                )
        except UserError as error:
            _logger.info("%s stays an attachment: %s", attachment.name, error)
        env.invalidate_all()
