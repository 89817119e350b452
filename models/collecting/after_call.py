from urllib.parse import quote, urlencode

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount

from ...engine.agreements.following import ENDS


class ResPartner(models.Model):
    """What is sent to a customer after a call, and what ends what a call has planned."""

    _inherit = "res.partner"

    def _followed_by(self, event):
        """What results of calls have planned for these customers in the current company, and ``event`` is about, is
        done, whoever planned it.

        :param event: a key of :data:`~lead_to_cash.engine.agreements.following.ENDS`
        """
        customers = self.commercial_partner_id
        sudo = self.sudo().env  # whoever does it
        ours = Domain("company_id", "=", self.env.company.id)
        moves = sudo["account.move"]._search(ours & Domain("commercial_partner_id", "in", customers.ids))
        notices = sudo["dunning.notice"]._search(ours & Domain("partner_id", "in", customers.ids))
        about = Domain("res_model", "=", "account.move") & Domain("res_id", "in", moves)
        about |= Domain("res_model", "=", "dunning.notice") & Domain("res_id", "in", notices)
        sudo["mail.activity"].search(about & Domain("handling_step", "in", ENDS[event]))._action_done()

    def action_send_invoice_copies(self):
        """Ask which invoices are sent to the customer once more, to whom, and with which words.

        :raise UserError: when no invoice is open
        """
        self.ensure_one()
        self.check_access("read")
        copies = self.env["invoice.copies"]
        copies.check_access("create")
        customer = self.commercial_partner_id
        if not copies._invoices_of(customer):
            raise UserError(self.env._("There is no open invoice to send."))
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.invoice_copies_action")
        return action | {"context": self._dialog_context({"partner_id": customer.id})}

    def action_statement(self):
        """Ask of which days the customer gets a statement, and how.

        :raise UserError: when nothing is open
        """
        self.ensure_one()
        self.check_access("read")
        self.env["statement.wizard"].check_access("create")
        if not self._open_items():
            raise UserError(self.env._("Nothing is open with %s: there is nothing to state.", self.display_name))
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.statement_wizard_action")
        chosen = {"active_model": self._name, "active_ids": self.commercial_partner_id.ids}
        return action | {"context": self._dialog_context({}) | chosen}

    def action_whatsapp(self):
        """Open WhatsApp with a text about what is open and the way to the customer's page, and log it as a try.

        :raise UserError: without a number that WhatsApp knows, or when nothing is open
        :raise AccessError: for who sees a part of the debts only
        """
        self.ensure_one()
        self._check_may_log()
        self.env["collections.customer"].check_access("read")
        number = self.phone and self._phone_format(fname="phone")
        if not number:
            raise UserError(self.env._("There is no number that WhatsApp knows: enter one with its country, as +40 …"))
        if not self._owing_lines():
            raise UserError(self.env._("Nothing is open with %s.", self.display_name))
        text = urlencode({"text": self._whatsapp_debt_text()}, quote_via=quote)
        self.action_log_attempt("left_message", "whatsapp")
        return {"type": "ir.actions.act_url", "url": f"https://wa.me/{number.lstrip('+')}?{text}", "close": True}

    def _owing_lines(self):
        """What the customer owes the current company, open credits set off: a line a currency."""
        ours = [("partner_id", "=", self.commercial_partner_id.id), ("company_id", "=", self.env.company.id)]
        return self.env["collections.customer"].search([*ours, ("open_amount", ">", 0)])

    def _whatsapp_debt_text(self):
        """In the customer's language; the collector may change it there."""
        customer = self.commercial_partner_id.with_context(lang=self.lang or self.env.lang)
        amounts = [format_amount(customer.env, line.open_amount, line.currency_id) for line in self._owing_lines()]
        text = customer.env._(
            "Hello, this is %(user)s of %(company)s. %(amount)s is open on your account.",
            user=self.env.user.name,
            company=self.env.company.sudo().name,  # no secret to who gets the message
            amount=" + ".join(amounts),
        )
        if not (link := self._page_link()):
            return text
        return f"{text} {customer.env._('See the documents, pay, or answer here: %s', link)}"

    def _page_link(self):
        """The way to the page of the last notice; none while there was no notice, or for who may not give it out."""
        notices = self.env["dunning.notice"]
        if not notices._has_field_access(notices._fields["access_token"], "read"):
            return ""
        ours = [("partner_id", "=", self.commercial_partner_id.id), ("company_id", "=", self.env.company.id)]
        last = notices.search([*ours, ("state", "=", "sent"), ("expires_on", "=", False)], order="id desc", limit=1)
        return last and last.get_base_url() + last.get_portal_url()


class CallListLine(models.Model):
    """The same from the desk's card; and what to say."""

    _inherit = "call.list.line"

    def action_send_invoice_copies(self):
        """Send the customer copies of invoices."""
        return self._log("action_send_invoice_copies")

    def action_statement(self):
        """Send the customer a statement."""
        return self._log("action_statement")

    def _script(self):
        """What to say, by the kind of the line; on a call that a level asks for, what the level says."""
        if self.kind == "call" and self.notice_id.level_id.guidance:
            return self.notice_id.level_id.guidance
        say = getattr(self, f"_script_{self.kind}", None)
        return say() if say else False

    def _script_answer(self):
        return self.env._(
            "They wrote to us: read it before you call. Answer what they ask, one thing after the other, and say what "
            "happens next and when. Then log what you agreed on."
        )

    def _script_returned(self):
        return self.env._(
            "Say that the payment came back, and for which invoice. Ask for the reason (account, limit, objection), not "
            "for guilt. Agree on how and when it is paid now, and say whether the bank's fee is added."
        )

    def _script_broken(self):
        return self.env._(
            "Say what was agreed, and that it did not arrive. Ask what happened. Accept a new day only with an amount, "
            "and only once more; offer instalments when the whole is too much. Log what they say."
        )

    def _script_call(self):
        return self.env._(
            "Say who you are and which invoices are open. Ask whether they arrived and whether something is wrong with "
            "them. Agree on a day and an amount, repeat both, and log the promise."
        )

    def _script_failed(self):
        return self.env._(
            "The reminder did not arrive. Ask for the address to which invoices and reminders go, and whose it is; "
            "enter it, then send the notice again."
        )

    def _script_address(self):
        return self.env._(
            "There is no e-mail address. Ask who pays the invoices, and at which address they read e-mail; enter it on "
            "the customer."
        )

    def _script_look(self):
        return self.env._(
            "Nobody is called yet: look why the notice waits. Approve it when it is right, else correct the customer or "
            "the invoice first."
        )
