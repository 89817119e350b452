from odoo import fields, models
from odoo.tools import SQL


class AccountMove(models.Model):
    """An entry that writes off; and what it does to the status of the invoices."""

    _inherit = "account.move"

    def _handling_written_off_sql(self):
        """Whether the last entry that settled the document ``d`` is a write-off; differences
        of exchange rates settle nothing by themselves."""
        return SQL(
            """EXISTS (
                SELECT 1 FROM dunning_write_off o
                 WHERE o.move_id = (
                       SELECT c.move_id
                         FROM account_move_line l
                         JOIN account_partial_reconcile p ON p.debit_move_id = l.id
                         JOIN account_move_line c ON c.id = p.credit_move_id
                        WHERE l.move_id = d.id
                          AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x
                                           WHERE x.exchange_move_id = c.move_id)
                     ORDER BY p.id DESC LIMIT 1))"""
        )

    def _post(self, soft=True):
        proposals_sudo = self._write_offs_sudo()
        if soft:
            proposals_sudo = proposals_sudo.filtered(lambda row: row.move_id.date <= fields.Date.context_today(row))
        proposals_sudo._before_posting()
        posted = super()._post(soft=soft)
        proposals_sudo._after_posting()
        return posted

    def button_draft(self):
        result = super().button_draft()
        done_sudo = self._write_offs_sudo().filtered(lambda proposal: proposal.state == "done")
        done_sudo._counterparts().remove_move_reconcile()  # the host keeps drafts reconciled
        done_sudo.state = "approved"
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._write_offs_sudo()._refuse(self.env._("Its entry was cancelled."))
        return result

    def unlink(self):
        proposals_sudo = self._write_offs_sudo().filtered(lambda proposal: proposal.state == "approved")
        proposals_sudo._refuse(self.env._("Its entry was deleted."))
        return super(AccountMove, self.exists()).unlink()

    def _end_closure(self):
        """A write-off was undone: the invoice is collected again."""
        self.filtered(lambda move: not move.closure_reason_id)._write_closure(None, None, None)
        return super()._end_closure()

    def _write_offs_sudo(self):
        """The proposals whose entries these are; whoever posts need not see them."""
        return self.env["dunning.write.off"].sudo().search([("move_id", "in", self.ids)])  # whoever posts

    def _general_journal(self, company):
        """The journal of miscellaneous entries of a company."""
        return self.new({"move_type": "entry", "company_id": company.id})._search_default_journal()
