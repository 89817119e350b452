import logging

from odoo import api, models
from odoo.tools import SQL
from psycopg2 import OperationalError

from ...engine.privacy.keeping import KINDS, kept_too_long
from ..handling.cron_step import come_again, cron_step

_logger = logging.getLogger(__name__)


class Privacy(models.AbstractModel):
    """Deletes what has been kept about people long enough, by the settings of each company. SQL says
    what; a record that can't be deleted stops no other."""

    _name = "l2c.privacy"
    _description = "Deleting What Was Kept Long Enough"

    #: Records that are deleted in one transaction.
    _batch = 200

    @api.model
    def _cron_delete(self):
        """All that has been kept long enough, in the companies that delete; a batch at a time, so that
        it goes on where it stopped."""
        commit_progress = self.env["ir.cron"]._commit_progress
        due = list(self._due())
        commit_progress(remaining=sum(self._count(*one) for one in due))
        for kind, company, before in due:
            last = 0
            while ids := self._next(kind, company, before, last):
                self._delete(kind, ids)
                last = ids[-1]
                if not commit_progress(len(ids)):
                    return

    @api.model
    def _due(self):
        """(kind, company, first day that is kept) of all that is deleted now; a kind that its company
        keeps for ever is left out. The company is empty for what belongs to none: it goes when all
        companies delete it, after the longest of their times."""
        companies = self.env["res.company"].sudo().search([])  # whoever the job runs as
        deleting = companies.filtered("is_deletion_confirmed")
        for kind in KINDS:
            for company in deleting:
                if before := self._before(kind, company):
                    yield kind, company, before
            days = [self._before(kind, company) for company in companies]
            if deleting == companies and all(days):
                yield kind, companies.browse(), min(days)

    @api.model
    def _before(self, kind, company):
        return company._kept_since(KINDS[kind].setting)

    @api.model
    def _query(self, kind, company, before):
        self.env.flush_all()
        return kept_too_long(kind, self.env[KINDS[kind].model]._table, company.id or None, before)

    @api.model
    def _count(self, kind, company, before):
        """How many would go now."""
        return self.env.execute_query(SQL("SELECT count(*) FROM (%s) x", self._query(kind, company, before)))[0][0]

    @api.model
    def _next(self, kind, company, before, last):
        """The ids of the next batch after ``last``."""
        query = SQL("%s AND x.id > %s ORDER BY x.id LIMIT %s", self._query(kind, company, before), last, self._batch)
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _delete(self, kind, ids):
        """Delete them at once; when that fails, one by one, and the one that fails is logged."""
        cron = self.env.ref("lead_to_cash.cron_privacy")
        records = self.env[KINDS[kind].model].sudo().browse(ids)  # whoever the job runs as
        try:
            with self.env.cr.savepoint():
                self._forget(records)
        except OperationalError:
            self.env.cr.rollback()
            come_again(cron, f"Deleting old {kind}")
        except Exception:
            _logger.info("A batch of %s couldn't be deleted; now one by one", kind, exc_info=True)
            for record in records:
                with cron_step(cron, f"Deleting {record}"):
                    self._forget(record)

    @api.model
    def _forget(self, records):
        """As each model says; most just go."""
        getattr(records, "_forget", records.unlink)()
