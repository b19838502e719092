import base64
from itertools import islice

from PIL import Image

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.image import binary_to_image, image_fix_orientation, image_to_base64

PHOTO_COUNT = 3
# Enough for 55 mm on paper; a photo of a telephone has a hundred times the pixels.
PHOTO_SIZE = (480, 480)


class Sheet(models.Model):
    """The photos of a sheet: of the intake, of its checks and of the work."""

    _inherit = "workmanager.sheet"

    photo_ids = fields.One2many("workmanager.photo", "sheet_id", string="Photos")

    def unlink(self):
        # The database deletes the photos with the sheet, and knows nothing of files.
        photos_sudo = self.sudo().photo_ids
        res = super().unlink()
        if photos_sudo:
            self.env["ir.attachment"].sudo().search(
                [
                    ("res_model", "=", photos_sudo._name),
                    ("res_id", "in", photos_sudo.ids),
                    ("res_field", "!=", False),
                ]
            ).unlink()
        return res

    def _add_photos(self, attachments):
        """Make photos of the sheet from ``attachments``, which go."""
        self.ensure_one()
        self.env["workmanager.photo"].create(
            [
                {"sheet_id": self.id, "image_1920": attachment.datas}
                for attachment in attachments
            ]
        )
        attachments.unlink()

    def _get_customer_photos(self):
        """Return the photos that the customer may see."""
        return self.env["workmanager.photo"].search_fetch(
            [("sheet_id", "in", self.ids), ("is_for_customer", "=", True)]
        )

    def _get_intake_photos(self):
        """Return the first photos of the sheet, small and encoded for the document.

        :rtype: list[bytes]; empty when the company prints no photos
        """
        self.ensure_one()
        if "photos" not in self._get_document_setup("intake").blocks:
            return []
        taken_in = self.photo_ids.filtered(lambda photo: not photo.check_id)
        return [image for _photo, image in self._get_printed_photos(taken_in)]

    @api.model
    def _get_printed_photos(self, photos):
        """Return the first of ``photos`` that can be read.

        :return: a list of (photo, bytes: small and encoded for the document)
        """
        images = ((photo, self._shrink_photo(photo)) for photo in photos)
        return list(islice((pair for pair in images if pair[1]), PHOTO_COUNT))

    def _shrink_photo(self, photo):
        """Return a photo in the size that is printed, or False if it cannot be read."""
        try:
            image = binary_to_image(
                base64.b64decode(photo.with_context(bin_size=False).image_512 or b"")
            )
            # Reads a JPEG at a fraction of its size, which saves time and memory.
            image.draft("RGB", PHOTO_SIZE)
            image = image_fix_orientation(image)
            image.thumbnail(PHOTO_SIZE)
            return image_to_base64(image, "JPEG", quality=80)
        except (UserError, OSError, ValueError, Image.DecompressionBombError):
            return False
