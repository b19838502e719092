import base64
from itertools import islice

from PIL import Image

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.image import binary_to_image, image_fix_orientation, image_to_base64

# What may change after the check it belongs to is completed: who sees it, and where.
PRESENTATION_FIELDS = {"is_for_customer", "sequence"}

# The photos that a document has room for.
PRINTED_COUNT = 3
# Enough for 55 mm on paper; a photo of a telephone has a hundred times the pixels.
PRINTED_SIZE = (480, 480)

# Lets a migration carry photos into closed sheets. An object, so that no RPC client
# can send it.
IN_MIGRATION = object()


def is_picture(raw):
    """Whether ``raw`` can be shown and printed as a photo."""
    try:
        binary_to_image(raw or b"").close()
    except (UserError, ValueError, Image.DecompressionBombError):
        return False
    return True


class Photo(models.Model):
    """A picture of the equipment, taken at intake, with a check or during the work."""

    _name = "workmanager.photo"
    _description = "Photo of the Equipment"
    _inherit = ["image.mixin"]
    _order = "sheet_id desc, sequence, id"

    sheet_id = fields.Many2one(
        "workmanager.sheet",
        string="Service Sheet",
        required=True,
        index=True,
        ondelete="cascade",
    )
    check_id = fields.Many2one(
        "workmanager.evaluation.check",
        index="btree_not_null",
        domain="[('sheet_id', '=', sheet_id)]",
        ondelete="set null",
    )
    name = fields.Char(string="Caption")
    sequence = fields.Integer(default=10)
    is_for_customer = fields.Boolean(
        string="For the Customer",
        help="Shown to the customer, with the findings and on the portal.",
    )

    # ---------------------------------------------------------------- COMPUTE

    @api.depends("name", "check_id.name", "sheet_id.name")
    def _compute_display_name(self):
        for photo in self:
            photo.display_name = (
                photo.name
                or photo.check_id.name
                or self.env._("Photo of %(sheet)s", sheet=photo.sheet_id.name or "")
            )

    # ------------------------------------------------------------- CONSTRAINT

    @api.constrains("image_1920")
    def _check_image(self):
        for photo in self.with_context(bin_size=False):
            if not photo.image_1920:
                raise ValidationError(self.env._("Choose the picture of the photo."))
            if not is_picture(base64.b64decode(photo.image_1920)):
                raise ValidationError(self._unreadable_message())

    @api.constrains("sheet_id", "check_id")
    def _check_check_id(self):
        for photo in self:
            if photo.check_id and photo.check_id.sheet_id != photo.sheet_id:
                raise ValidationError(
                    self.env._(
                        "The check “%(check)s” is on another sheet than the photo.",
                        check=photo.check_id.name,
                    )
                )

    # ------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        self._ensure_readable(vals_list)
        photos = super().create(vals_list)
        photos._ensure_changeable()
        return photos

    def write(self, vals):
        self._ensure_readable([vals])
        self._ensure_changeable(vals)
        self.sheet_id.browse(vals.get("sheet_id"))._ensure_open()
        self.check_id.browse(vals.get("check_id")).evaluation_id._ensure_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._ensure_changeable()

    # ----------------------------------------------------------------- ACTION

    def action_toggle_for_customer(self):
        """Show these photos to the customer, or no longer."""
        for photo in self:
            photo.is_for_customer = not photo.is_for_customer
        return True

    # --------------------------------------------------------------- BUSINESS

    def _ensure_readable(self, vals_list):
        """Say in the user's language which files are no pictures: Odoo tells it in
        English only, when it makes the small sizes."""
        for vals in vals_list:
            try:
                raw = base64.b64decode(vals.get("image_1920") or b"")
            except ValueError:
                raw = b"?"
            if raw and not is_picture(raw):
                raise ValidationError(self._unreadable_message())

    def _unreadable_message(self):
        return self.env._(
            "This file is not a picture that can be read. Choose a JPEG or PNG file, "
            "or take the photo again."
        )

    def _ensure_changeable(self, vals=()):
        """Refuse photos of closed sheets and those that prove a completed check.

        :param vals: the fields that change; all of them where none are named
        :raises UserError: naming what stands as it is
        """
        if self.env.context.get("photo_migration") is IN_MIGRATION:
            return
        self.sheet_id._ensure_open()
        if vals and set(vals) <= PRESENTATION_FIELDS:
            return
        self.check_id.evaluation_id._ensure_draft()

    # ----------------------------------------------------------------- REPORT

    def _get_printed(self):
        """Return the first of these photos that can be read.

        :return: a list of (photo, bytes: small and encoded for the document)
        """
        images = ((photo, photo._shrink()) for photo in self)
        return list(islice((pair for pair in images if pair[1]), PRINTED_COUNT))

    def _shrink(self):
        """Return the photo in the size that is printed, or False if it cannot be
        read."""
        self.ensure_one()
        try:
            image = binary_to_image(
                base64.b64decode(self.with_context(bin_size=False).image_512 or b"")
            )
            # Reads a JPEG at a fraction of its size, which saves time and memory.
            image.draft("RGB", PRINTED_SIZE)
            image = image_fix_orientation(image)
            image.thumbnail(PRINTED_SIZE)
            return image_to_base64(image, "JPEG", quality=80)
        except (UserError, OSError, ValueError, Image.DecompressionBombError):
            return False
