import hashlib
import hmac
import ipaddress

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

# What is counted, with the limit and the window (minutes) where no setting tells.
DEFAULTS = {"address": (20, 15), "number": (10, 720)}
RETRIES = 10


class StatusAttempt(models.Model):
    """The tries on the status page, by address and by number of sheet.

    Kept in the database, so that the limits hold whichever worker or machine
    answers. A try is counted before it is judged, in a transaction of its own:
    tries in parallel cannot slip through. The one that was right is given back.
    """

    _name = "workmanager.status.attempt"
    _description = "Status Page Attempt"
    _log_access = False

    key = fields.Char(
        required=True,
        readonly=True,
        help="Digest of the address or number: neither is kept in clear.",
    )
    tries = fields.Integer(required=True, readonly=True)
    expiry = fields.Datetime(required=True, readonly=True, index=True)

    _key_uniq = models.UniqueIndex("(key)")

    @api.autovacuum
    def _gc_expired(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE expiry < now() AT TIME ZONE 'UTC'",
                SQL.identifier(self._table),
            )
        )

    @api.model
    def _take(self, **subjects):
        """Count one try.

        :param str subjects: the ``address`` it comes from, the ``number`` it is about
        :return: 0 when it is within the limits, else the seconds until it would be
        """
        # Whoever is limited already costs one query and changes nothing.
        if wait := self._peek(**subjects):
            return wait
        limits = self._get_limits(subjects)
        return self._get_wait(limits, self._increment(limits), counted=True)

    @api.model
    def _peek(self, **subjects):
        """Return the seconds until one more try is allowed, and count nothing."""
        limits = self._get_limits(subjects)
        return self._get_wait(limits, self._fetch(limits))

    @api.model
    def _get_quota(self, address):
        """Return (allowed tries, tries left, seconds until all are back)."""
        [(key, (allowed, minutes))] = self._get_limits({"address": address}).items()
        for _key, tries, left in self._fetch([key]):
            return allowed, max(0, allowed - tries), max(1, round(left))
        return allowed, allowed, minutes * 60

    @api.model
    def _give_back(self, **subjects):
        """Take back the try that was counted last: it was right."""
        keys = [self._digest(subject, value) for subject, value in subjects.items()]
        self._run(
            SQL(
                "UPDATE %s SET tries = tries - 1 WHERE key IN %s AND tries > 0",
                SQL.identifier(self._table),
                tuple(keys),
            )
        )

    @api.model
    def _get_limits(self, subjects):
        """Return the number of tries and the minutes that they count, by key."""
        return {
            self._digest(subject, value): self._get_limit(subject)
            for subject, value in subjects.items()
        }

    @api.model
    def _get_limit(self, subject):
        """Return the number of tries and the minutes that they count."""
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return tuple(
            int(value) if (value or "").isdigit() and int(value) else default
            for default, value in zip(
                DEFAULTS[subject],
                (
                    get_param(f"workmanager_portal.status_{subject}_tries"),
                    get_param(f"workmanager_portal.status_{subject}_minutes"),
                ),
                strict=True,
            )
        )

    @api.model
    def _digest(self, subject, value):
        if subject == "address":
            value = self._normalize_address(value)
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        message = f"{self._name}:{subject}:{value}"
        return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()

    @api.model
    def _normalize_address(self, address):
        """Return what stands for one visitor: in IPv6 that is a whole /64 network."""
        try:
            ip = ipaddress.ip_address(address or "")
        except ValueError:
            return address or ""
        if ip.version == 4 or ip.ipv4_mapped:
            return str(getattr(ip, "ipv4_mapped", None) or ip)
        return str(ipaddress.ip_network((ip, 64), strict=False))

    @api.model
    def _get_wait(self, limits, rows, counted=False):
        """Return the longest wait, in seconds, that ``rows`` ask for.

        :param limits: the number of tries and the minutes, by key
        :param rows: (key, tries, seconds left) of the windows that are open
        :param bool counted: whether the tries include the one that is asked about
        """
        return max(
            (
                max(1, round(left))
                for key, tries, left in rows
                if tries >= limits[key][0] + counted
            ),
            default=0,
        )

    @api.model
    def _fetch(self, keys):
        """Return (key, tries, seconds left) of the ``keys`` whose window is open."""
        return self.env.execute_query(
            SQL(
                """
                SELECT key, tries, %(left)s FROM %(table)s
                WHERE key IN %(keys)s AND expiry > %(now)s
                """,
                left=self._sql_left(),
                table=SQL.identifier(self._table),
                keys=tuple(keys),
                now=self._sql_now(),
            )
        )

    @api.model
    def _increment(self, limits):
        """Add one to each key of ``limits``, in one statement.

        :return: (key, tries, seconds left) of each, with the new try
        """
        values = SQL(", ").join(
            SQL("(%s, 1, %s + %s * INTERVAL '1 minute')", key, self._sql_now(), minutes)
            # Always in the same order: no deadlock.
            for key, (_tries, minutes) in sorted(limits.items())
        )
        return self._run(
            SQL(
                """
                INSERT INTO %(table)s (key, tries, expiry) VALUES %(values)s
                ON CONFLICT (key) DO UPDATE SET
                    tries = CASE WHEN %(table)s.expiry > %(now)s
                                 THEN %(table)s.tries + 1 ELSE 1 END,
                    expiry = CASE WHEN %(table)s.expiry > %(now)s
                                  THEN %(table)s.expiry ELSE EXCLUDED.expiry END
                RETURNING key, tries, %(left)s
                """,
                table=SQL.identifier(self._table),
                values=values,
                now=self._sql_now(),
                left=self._sql_left(),
            )
        )

    @api.model
    def _run(self, query):
        """Execute ``query`` in a transaction of its own, which commits at once.

        What it counts stays counted when the request fails, and its rows are locked
        for a moment only. Two such moments can still meet: then it is run again.
        """
        for retry in reversed(range(RETRIES)):
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute(query, log_exceptions=not retry)
                    return cr.fetchall() if cr.description else []
            except SerializationFailure:
                if not retry:
                    raise

    @api.model
    def _sql_now(self):
        return SQL("(statement_timestamp() AT TIME ZONE 'UTC')")

    @api.model
    def _sql_left(self):
        return SQL(
            "EXTRACT(EPOCH FROM %s.expiry - %s)::float",
            SQL.identifier(self._table),
            self._sql_now(),
        )
