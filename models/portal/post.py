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
        too many. It is counted first and then looked: of many at once none is overlooked.

        :param token: what opens the page
        :param address: the reader's network address; only a hash of it is kept
        """
        limits = (("token", str(token), MOST_OF_TOKEN), ("address", address, MOST_OF_ADDRESS))
        most = {hmac(self.env(su=True), "lead_to_cash-post", (kind, value)): limit for kind, value, limit in limits}
        now = self._clock()
        with self.env.registry.cursor() as cr:
            rows = SQL(", ").join(SQL("(%s, %s)", key, now) for key in most)
            cr.execute(SQL("INSERT INTO l2c_portal_post (key, date) VALUES %s", rows))
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    "SELECT key, count(*) FROM l2c_portal_post WHERE key IN %s AND date > %s GROUP BY key",
                    tuple(most),
                    now - timedelta(hours=1),
                )
            )
            return any(number > most[key] for key, number in cr.fetchall())

    def _clock(self):
        return self.env["res.company"]._now()

    @api.autovacuum
    def _gc_old(self):
        self.env.cr.execute(SQL("DELETE FROM l2c_portal_post WHERE date < %s", self._clock() - timedelta(hours=1)))
