from odoo import api, models
from odoo.tools import SQL

from ...engine.agreements import promises as engine


class DunningPromise(models.Model):
    """Promises follow the books: kept, broken and undone without anybody's doing."""

    _inherit = "dunning.promise"

    def _aim(self):
        """How much may still be owed on the items when each of these new promises is kept."""
        if self:
            self.env.flush_all()
            self.env.cr.execute(engine.aim(self.ids))
            self.invalidate_recordset(["target"], flush=False)

    def _follow_books(self):
        """Money moved on the items of these promises."""
        for company, promises in self.grouped("company_id").items():
            promises._follow(company, SQL("s.id IN %s", tuple(promises.ids)))

    @api.model
    def _follow_time(self, company):
        """What the date alone changes: promises of the company that were not kept in time."""
        self._follow(company, SQL("s.state = 'open' AND s.company_id = %s", company.id))

    def _follow(self, company, where):
        self.env.flush_all()
        company = company.with_company(company)
        policy = company.sudo()._dunning_policy_sql()  # policies are the engine's, not the reader's
        rows = self.env.execute_query(engine.follow_the_books(where, company._today(), policy))
        self._changed(self.browse(promise_id for promise_id, _state in rows))

    def _changed(self, promises):
        """The states of ``promises`` were changed in the database."""
        promises.invalidate_recordset(["state", "broken_date"], flush=False)
        promises.modified(["state"])
        promises.filtered(lambda promise: promise.state == "broken")._after_breaking()
        promises.plan_id._follow_promises()

    def _break(self, day):
        """The promises are broken, whatever their date: a payment was taken back."""
        # The engine's: who takes a payment back may not rewrite what was agreed.
        promises_sudo = self.sudo().filtered(lambda promise: promise.state in ("open", "kept"))
        promises_sudo.write({"state": "broken", "broken_date": day})
        promises_sudo.flush_recordset()
        self._changed(promises_sudo)

    def _after_breaking(self):
        """The rest of a plan lapses, and the responsible is told."""
        if not self:
            return
        rows = self.env.execute_query(engine.lapse(self.ids))
        lapsed = self.browse(row[0] for row in rows)
        lapsed.invalidate_recordset(["state"], flush=False)
        lapsed.modified(["state"])
        self.is_followed_up = False
        for company, promises in self.grouped("company_id").items():
            notes = {
                partner: ", ".join(of_partner.mapped(lambda promise: promise._text()))
                for partner, of_partner in promises.grouped("partner_id").items()
            }
            promises.partner_id.with_company(company)._tell_responsible(
                self.env._("Broken promise"), notes, promises.move_line_ids.move_id
            )
        self.env["res.company"]._dunning_fire("promise_broken", self)
