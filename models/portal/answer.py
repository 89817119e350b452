import logging
import os
from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.agreements.files import MOST_BYTES, MOST_FILES, is_proof
from ...engine.portal.answers import (
    ANSWER_KINDS,
    read_date,
    read_number,
    read_text,
)

_logger = logging.getLogger(__name__)

#: Days in the past for which a customer can say that a payment was made.
LATEST_PAYMENT = 366


class DunningAnswer(models.Model):
    """What a customer answered on the page that a notice leads to. Made by the page only."""

    _name = "dunning.answer"
    _inherit = ["l2c.clock.mixin", "l2c.protected.mixin"]
    _description = "Customer's Answer"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    _writable = frozenset({"is_handled"})
    _written_by = "the customer's page, or action_handled"

    notice_id = fields.Many2one("dunning.notice", required=True, ondelete="cascade", index=True, readonly=True)
    partner_id = fields.Many2one(related="notice_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="notice_id.company_id", store=True)
    currency_id = fields.Many2one(related="notice_id.currency_id")
    date = fields.Datetime(required=True, default=lambda self: self._now(), readonly=True)
    kind = fields.Selection(ANSWER_KINDS, "Answer", required=True, readonly=True)
    day = fields.Date(readonly=True, help="Paid on, will pay on, or the first instalment.")
    amount = fields.Monetary(readonly=True)
    number = fields.Integer("Instalments", readonly=True)
    reason_id = fields.Many2one("dunning.dispute.reason", ondelete="restrict", readonly=True)
    note = fields.Text("What They Wrote", readonly=True)
    move_line_ids = fields.Many2many("account.move.line", string="Items", readonly=True)
    promise_id = fields.Many2one("dunning.promise", ondelete="set null", readonly=True)
    dispute_id = fields.Many2one("dunning.dispute", ondelete="set null", readonly=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Proof", readonly=True)
    is_proof_lost = fields.Boolean(
        "File Wasn't Stored", readonly=True, help="They sent a file that our server couldn't store."
    )
    message_id = fields.Many2one(
        "mail.message", "Line in the Chatter", ondelete="set null", index="btree_not_null", readonly=True, copy=False
    )
    form_key = fields.Char(required=True, readonly=True, copy=False)
    is_handled = fields.Boolean("Handled")
    what_now = fields.Char("What Happens Now", compute="_compute_what_now")

    # A form that is sent again is not a second answer.
    _form_uniq = models.UniqueIndex("(notice_id, form_key)", "This answer has already been sent.")
    # Serves the answers that wait.
    _open_idx = models.Index("(company_id, date) WHERE is_handled IS NOT TRUE")

    @api.depends("kind", "day", "notice_id.replied_until", "is_proof_lost")
    @api.depends_context("lang")
    def _compute_what_now(self):
        for answer in self:
            sentences = [answer._what_now()]
            if answer.is_proof_lost:
                sentences.append(
                    self.env._("Your file could not be stored. Please send it again later, or write to us.")
                )
            answer.what_now = " ".join(filter(None, sentences))

    def _what_now(self):
        until = self.notice_id.replied_until or self._today()
        values = {
            "day": self.day and format_date(self.env, self.day),
            "until": format_date(self.env, until),
        }
        sentences = {
            "paid": self.env._("We are looking for your payment. Until %(until)s you get no reminder.", **values),
            "promise": self.env._("We wait for your payment until %(day)s.", **values),
            "dispute": self.env._("We are looking into it. Meanwhile you get no reminder of these documents."),
            "plan": self.env._(
                "A colleague will get in touch with you. Until %(until)s you get no reminder.", **values
            ),
            "wrong_person": self.env._("Please excuse the mistake. No more reminders go to this address."),
        }
        return sentences.get(self.kind, "")

    def action_handled(self):
        """The answer was dealt with: it no longer waits."""
        self.check_access("write")
        self.is_handled = True
        dealt_with = self.notice_id.filtered(lambda notice: all(notice.answer_ids.mapped("is_handled")))
        dealt_with._answer_dealt_with()

    # Taking an answer ------------------------------------------------------------------

    @api.model
    def _take(self, notice, form, proof=None):
        """Take the answer that stands in ``form``, and do what follows from it.

        :param form: the values of the page's form, texts; ``items`` is a list of texts
        :param proof: (name, content) of each uploaded file
        :raise UserError: with what to do, when something is missing or can't be
        """
        kind = form.get("kind")
        if kind not in dict(ANSWER_KINDS):
            raise UserError(self.env._("Choose one of the answers."))
        values = getattr(self, f"_read_{kind}")(notice, form)
        values |= {
            "notice_id": notice.id,
            "kind": kind,
            "note": read_text(form.get("note")),
            "form_key": form["form_key"],
        }
        if len(proof or ()) > MOST_FILES:
            raise UserError(self.env._("Send at most %s files at once.", MOST_FILES))
        if proof:
            said = [self._prepare_proof_values(notice, *file) for file in proof]
            kept = self.env["ir.attachment"].union(*map(self._keep_proof, said))
            values |= {"attachment_ids": [(6, 0, kept.ids)], "is_proof_lost": len(kept) < len(said)}
        answer = self.create(values)
        getattr(answer, f"_follow_{kind}")()
        notice._answered(answer)
        return answer

    def _keep_proof(self, values):
        """The attachment; none when the server can't store it, as with a full disk: the answer counts all
        the same, and both sides are told."""
        attachments = self.env["ir.attachment"]
        try:
            with self.env.cr.savepoint():
                return attachments.create(values)
        except OSError:
            _logger.exception("The proof of a customer's answer could not be stored")
            checksum = attachments._compute_checksum(values["raw"])
            path = attachments._full_path(f"{checksum[:2]}/{checksum}")
            with suppress(OSError):
                if os.path.getsize(path) < len(values["raw"]):
                    os.unlink(path)  # the half of it would be in the way when they send it again
            return attachments

    def _prepare_proof_values(self, notice, name, content):
        if len(content) > MOST_BYTES:
            raise UserError(self.env._("The file is larger than 5 MB. Send a smaller one, or write to us."))
        if not is_proof(name, content):
            raise UserError(
                self.env._("Only a PDF or a picture (PNG, JPEG) can be sent, under a name of letters and digits.")
            )
        return {"name": name, "raw": content, "res_model": notice._name, "res_id": notice.id}

    def _read_day(self, form, earliest, latest):
        day = read_date(form.get("day", ""))
        if not day or not earliest <= day <= latest:
            bounds = {"first": format_date(self.env, earliest), "last": format_date(self.env, latest)}
            raise UserError(self.env._("Choose a day from %(first)s to %(last)s.", **bounds))
        return day

    def _read_items(self, notice, form):
        chosen = {read_number(text) for text in form.get("items") or []}
        items = notice._open_lines().move_line_id.filtered(lambda item: item.id in chosen and item.balance > 0)
        if not items:
            raise UserError(self.env._("Choose at least one document."))
        return items

    def _read_paid(self, notice, form):
        today = self._today()
        return {
            "day": self._read_day(form, today - timedelta(days=LATEST_PAYMENT), today),
            "amount": notice._amount_said(form, notice._asked_amount(), notice._today_there()),
            "move_line_ids": [(6, 0, notice._chosen(form["items"]).ids if form.get("items") else [])],
        }

    def _read_promise(self, notice, form):
        _items, most = notice._promisable()
        if problem := notice._promise_problem(most):
            raise UserError(problem)
        last = self._today() + timedelta(days=notice.policy_id.promise_max_days)
        amount, day = notice._amount_said(form, most), self._read_day(form, self._today(), last)
        items = notice._promised_items(amount, day, form.get("items") or ())
        return {"amount": amount, "day": day, "move_line_ids": [(6, 0, items.ids)]}

    def _read_dispute(self, notice, form):
        items = self._read_items(notice, form)
        known = self.env["dunning.dispute"].search([("move_line_ids", "in", items.ids), ("state", "=", "open")])
        if known:
            names = ", ".join((known.move_line_ids & items).move_id.mapped("name"))
            raise UserError(self.env._("Your objection to %s is known. A colleague will get in touch with you.", names))
        chosen = read_number(form.get("reason") or "")
        reason = self.env["dunning.dispute.reason"].search([]).filtered(lambda reason: reason.id == chosen)
        if not reason:
            raise UserError(self.env._("Choose what is wrong."))
        amount = self._read_disputed(notice, form, items)
        return {"move_line_ids": [(6, 0, items.ids)], "reason_id": reason.id, "amount": amount}

    def _read_disputed(self, notice, form, items):
        """The amount that is disputed of the items; 0: all of them."""
        if not str(form.get("amount") or "").strip():
            return 0
        amount = notice._read_amount(form["amount"])
        notice._check_at_most(amount, notice.currency_id.round(sum(items.mapped("left_currency"))))
        return amount

    def _read_plan(self, notice, form):
        number, most = read_number(form.get("number", "")), notice.policy_id.plan_max_instalments
        if not number or number > most:
            raise UserError(self.env._("Enter a number of instalments from 1 to %s.", most))
        last = self._today() + timedelta(days=notice.policy_id.promise_max_days)
        most = notice._open_amount()
        amount = notice._amount_said(form, most) if form.get("amount") else 0
        return {
            "number": number,
            "amount": amount if amount < most else 0,
            "day": self._read_day(form, self._today(), last),
        }

    def _read_wrong_person(self, _notice, _form):
        return {}

    # What follows ----------------------------------------------------------------------

    def _follow_paid(self):
        self.notice_id._hold_after_reply()

    def _follow_promise(self):
        self.promise_id = self.env["dunning.promise"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
                "amount": self.amount,
                "date": self.day,
                "move_line_ids": [(6, 0, self.move_line_ids.ids)],
            }
        )

    def _follow_dispute(self):
        owner = self.reason_id.user_id._working_in(self.company_id) or self.notice_id._responsible()
        self.dispute_id = self.env["dunning.dispute"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "move_line_ids": [(6, 0, self.move_line_ids.ids)],
                "reason_id": self.reason_id.id,
                "note": self.note,
                "user_id": owner[:1].id,
                **({"amount": self.amount} if self.amount else {}),
            }
        )
        # Who looks into it sees them there, and need not see the notice.
        self.attachment_ids.write({"res_model": "dunning.dispute", "res_id": self.dispute_id.id})
        self.dispute_id.attachment_ids = self.attachment_ids

    def _follow_plan(self):
        self.notice_id._hold_after_reply()

    def _follow_wrong_person(self):
        """Nothing more goes to that address, until somebody takes the mark off. All who got the notice have
        the same link: of several, a person finds out who it was."""
        self.notice_id._written_to().is_wrong_addressee = True
