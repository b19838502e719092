import errno
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ServiceCommon

CONTENT = b"a photo of the damage, taken at the counter"


@tagged("post_install", "-at_install")
class TestFullDisk(ServiceCommon):
    """A photo for which the disk has no room."""

    def _attach(self):
        return self.env["ir.attachment"].create({"name": "p.jpg", "raw": CONTENT})

    def _open_full(self, path, mode="r"):
        if "w" not in mode:
            return Path(path).open(mode)
        Path(path).write_bytes(CONTENT[:5])
        raise OSError(errno.ENOSPC, "No space left on device")

    def test_is_refused_and_can_be_sent_again(self):
        module = "odoo.addons.base.models.ir_attachment.open"
        with (
            patch(module, self._open_full, create=True),
            self.assertRaisesRegex(UserError, "disk of the server is full"),
        ):
            self._attach()
        attachment = self._attach()
        self.assertEqual(attachment.raw, CONTENT)
        path = Path(attachment._full_path(attachment.store_fname))
        self.assertEqual(path.read_bytes(), CONTENT)
