from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

#: Posts in an hour, at most: with one token that opens its page, and with others from one address.
MOST_OF_TOKEN = 20
MOST_OF_ADDRESS = 100
MOST = {"token": MOST_OF_TOKEN, "address": MOST_OF_ADDRESS}


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
    def _is_too_much(self, kind, value):
        """Count a post, in a transaction of its own: what follows may fail. Whether it is one
        too many; then it isn't kept. It is counted first and then looked: of many at once none
        is overlooked.

        :param kind: ``token``: what opens a page; ``address``: a network address. Only a hash of the value is kept.
        """
        key = hmac(self.env(su=True), "lead_to_cash-post", (kind, str(value)))
        with self.env.registry.cursor() as cr:
            if self._count(cr, key) >= MOST[kind]:
                return True
            cr.execute(SQL("INSERT INTO l2c_portal_post (key, date) VALUES (%s, %s)", key, self._clock()))
        with self.env.registry.cursor() as cr:
            return self._count(cr, key) > MOST[kind]

    def _count(self, cr, key):
        since = self._clock() - timedelta(hours=1)
        cr.execute(SQL("SELECT count(*) FROM l2c_portal_post WHERE key = %s AND date > %s", key, since))
        return cr.fetchone()[0]

    def _clock(self):
        return self.env["res.company"]._now()

    @api.autovacuum
    def _gc_old(self):
        self.env.cr.execute(SQL("DELETE FROM l2c_portal_post WHERE date < %s", self._clock() - timedelta(hours=1)))
