from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list


class StatementWizard(models.TransientModel):
    """The same letters by e-mail: to each customer's readers, in their language."""

    _inherit = "statement.wizard"

    is_sent = fields.Boolean(readonly=True)
    left_out = fields.Char(compute="_compute_left_out")

    @api.depends("kind", "date_from", "date_to", "partner_ids")
    def _compute_left_out(self):
        for wizard in self:
            wizard.left_out = wizard.date_to and wizard._sorted_out()[1]

    def action_send(self):
        """An e-mail with the letter for each customer, in the background; says how many, and who gets none
        and why. A second click does nothing.

        :raise UserError: when nobody can be written to, or the days are wrong
        :raise AccessError: for who only reads the books
        """
        self.ensure_one()
        self.check_access("write")
        self.env["account.letter"]._check_may_send()
        self._check_days()
        if not self._claim():
            return {"type": "ir.actions.act_window_close"}
        readers, left_out = self._sorted_out()
        if not readers:
            raise UserError(left_out or self.env._("Choose at least one customer."))
        letters = self.env["account.letter"]._queue(readers, self.kind, self._first_day(), self.date_to)
        return self._said(letters, left_out)

    def _claim(self):
        """Whether nobody has pressed yet. Of two at once, the second is repeated by Odoo, and then sees it."""
        query = SQL(
            "UPDATE statement_wizard SET is_sent = TRUE WHERE id = %s AND is_sent IS NOT TRUE RETURNING id", self.id
        )
        self.flush_recordset()
        return bool(self.env.execute_query(query))

    def _first_day(self):
        return self.kind == "movements" and self.date_from

    def _sorted_out(self):
        """({customer: who reads its letter}, why the others get none, in sentences with their names)"""
        letters = self.env["account.letter"]
        customers = self.partner_ids._origin.commercial_partner_id
        asked = self._letters_for(customers)
        waiting = letters._waiting(asked, self.kind, self._first_day(), self.date_to).partner_id
        readers = letters._readers(asked - waiting)
        nowhere = asked - waiting - customers.browse(customer.id for customer in readers)
        sentences = (
            (self.env._("No balance on that day: %s."), self.kind == "confirmation" and customers - asked),
            (self.env._("No e-mail address: %s. Enter one, or print the letter."), nowhere),
            (self.env._("On its way already: %s."), waiting),
        )
        # A name may end with a dot, as the sentence does.
        said = [
            text % format_list(self.env, some.mapped("display_name")).removesuffix(".")
            for text, some in sentences
            if some
        ]
        return readers, " ".join(said)

    def _letters_for(self, customers):
        """Those of the customers who have a letter of their own."""
        if self.kind == "confirmation":
            return self.env["report.lead_to_cash.balance_confirmation"]._with_balance(customers, self.date_to)
        return self.env["report.lead_to_cash.statement"]._heads(customers)

    def _said(self, letters, left_out):
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.account_letter_action")
        message = self.env._("E-mails on their way: %s.", len(letters))
        params = {
            "type": "warning" if left_out else "success",
            "message": " ".join(filter(None, (message, left_out))),
            "sticky": bool(left_out),
            "next": action | {"domain": [("id", "in", letters.ids)], "views": [[False, "list"], [False, "form"]]},
        }
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
