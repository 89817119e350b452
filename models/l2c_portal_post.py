from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

#: Posts in an hour, at most: with one token, and from one address.
MOST_OF_TOKEN = 20
MOST_OF_ADDRESS = 100


class PortalPost(models.Model):
    """One post to a public page, kept for an hour so that nobody sends too many."""

    _name = "l2c.portal.post"
    _description = "Post to a Public Page"
    _log_access = False

    key = fields.Char(required=True)
    date = fields.Datetime(required=True)

    # Serves counting.
    _key_idx = models.Index("(key, date)")

    @api.model
    def _is_too_much(self, token, address):
        """Count a post, in a transaction of its own: what follows may fail. Whether it is one
        too many.

        :param token: what opens the page
        :param address: the reader's network address; only a hash of it is kept
        """
        with self.env.registry.cursor() as cr:
            posts = self.with_env(self.env(cr=cr, su=True))
            limits = (("token", token, MOST_OF_TOKEN), ("address", address, MOST_OF_ADDRESS))
            counted = [posts._count(kind, value) > most for kind, value, most in limits]
        return any(counted)

    def _count(self, kind, value):
        """Count one more, and return how many there were in the last hour."""
        key = hmac(self.env, "lead_to_cash-post", (kind, value))
        hour_ago = self._clock() - timedelta(hours=1)
        self.env.cr.execute(SQL("SELECT pg_advisory_xact_lock(hashtext(%s))", key))  # one by one, to count right
        self.env.cr.execute(SQL("INSERT INTO l2c_portal_post (key, date) VALUES (%s, %s)", key, self._clock()))
        [[number]] = self.env.execute_query(
            SQL("SELECT count(*) FROM l2c_portal_post WHERE key = %s AND date > %s", key, hour_ago)
        )
        return number

    def _clock(self):
        return self.env["res.company"]._now()

    @api.autovacuum
    def _gc_old(self):
        self.env.cr.execute(SQL("DELETE FROM l2c_portal_post WHERE date < %s", self._clock() - timedelta(hours=1)))
