from cryptography.fernet import Fernet, InvalidToken

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

KEY_OPTION = "workmanager_secret_key"
KEY_NAME = "workmanager_secret_key"


class UnlockMixin(models.AbstractModel):
    """Keeps the unlock code of a device encrypted.

    The key is the option ``workmanager_secret_key`` of Odoo's configuration file or, by
    default, a file of the filestore: Odoo's backup holds both parts, a dump of the
    database alone holds no code that could be read.
    """

    _name = "workmanager.unlock.mixin"
    _description = "Encrypted Unlock Code"

    unlock_secret = fields.Char(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    unlock_code = fields.Char(
        compute="_compute_unlock_code",
        inverse="_inverse_unlock_code",
        help="PIN, pattern or password of the device. It is encrypted, shown only to "
        "the technician of the sheet and to managers, never printed, and wiped at "
        "hand-over.",
    )
    has_unlock_code = fields.Boolean(
        compute="_compute_has_unlock_code", compute_sudo=True
    )

    def _compute_unlock_code(self):
        """Nothing to read here: who may see the code asks for it."""
        self.unlock_code = False

    def _inverse_unlock_code(self):
        for record in self.filtered("unlock_code"):
            record.sudo().unlock_secret = self._encrypt_unlock(record.unlock_code)

    @api.depends("unlock_secret")
    def _compute_has_unlock_code(self):
        for record in self:
            record.has_unlock_code = bool(record.unlock_secret)

    @api.model
    def _encrypt_unlock(self, code):
        return self._get_unlock_cipher().encrypt(code.encode()).decode()

    def _decrypt_unlock(self):
        """Return the code in clear.

        :raises UserError: the key is lost, or another one than the code was encrypted
            with
        """
        self.ensure_one()
        secret = self.sudo().unlock_secret
        try:
            return self._get_unlock_cipher().decrypt(secret.encode()).decode()
        except InvalidToken as error:
            raise UserError(
                self.env._(
                    "The unlock code cannot be read: this server has another key than "
                    "the one it was stored with. Restore the filestore, or the option "
                    "%s of the configuration file.",
                    KEY_OPTION,
                )
            ) from error

    @api.model
    def _get_unlock_cipher(self):
        """Return what encrypts and decrypts the codes.

        :raises UserError: the key is lost, or is no key
        """
        try:
            return Fernet(self._get_unlock_key())
        except ValueError as error:
            raise UserError(
                self.env._(
                    "The key of the unlock codes is missing or damaged: without it no "
                    "code can be read or stored. Restore the filestore that belongs to "
                    "this database, or the option %s of the configuration file.",
                    KEY_OPTION,
                )
            ) from error

    @api.model
    def _get_unlock_key(self):
        if key := config.get(KEY_OPTION):
            return key.encode()
        attachments_sudo = self.env["ir.attachment"].sudo()  # nobody else may read it
        domain = [("name", "=", KEY_NAME), ("res_model", "=", False)]
        attachment_sudo = attachments_sudo.search(domain, limit=1, order="id")
        if not attachment_sudo:
            # One key, whoever comes first: the others wait and find it.
            self.env.cr.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s))", [KEY_NAME]
            )
            attachment_sudo = attachments_sudo.search(domain, limit=1, order="id")
        if not attachment_sudo:
            attachment_sudo = attachments_sudo.create(
                {"name": KEY_NAME, "raw": Fernet.generate_key(), "public": False}
            )
        return attachment_sudo.raw
