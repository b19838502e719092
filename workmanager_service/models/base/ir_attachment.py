import contextlib
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError


class IrAttachment(models.Model):
    """Files that are stored as a whole or not at all."""

    _inherit = "ir.attachment"

    @api.model
    def _get_path(self, bin_data, sha):
        with self._say_disk_is_full():
            return super()._get_path(bin_data, sha)

    @api.model
    def _file_write(self, bin_value, checksum):
        """Leave nothing of a file that did not fit.

        Odoo takes what is left of it for another file when the same one comes again.

        :raises UserError: the disk is full
        """
        with self._say_disk_is_full():
            try:
                return super()._file_write(bin_value, checksum)
            except OSError:
                # Odoo writes only what was not there; a path has errors of its own.
                path = self._full_path(f"{checksum[:2]}/{checksum}")
                Path(path).unlink(missing_ok=True)
                raise

    @contextlib.contextmanager
    def _say_disk_is_full(self):
        try:
            yield
        except OSError as error:
            raise UserError(
                self.env._(
                    "The file cannot be stored, so nothing of this was saved: the disk "
                    "of the server is full, or cannot be written to. Tell whoever runs "
                    "the server, and do it again afterwards."
                )
            ) from error
