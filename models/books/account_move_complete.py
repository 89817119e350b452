from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...engine.books import completeness as engine
from ..handling.next_action import ONCE

#: Of so many drafts that can't be posted it is said at once what they lack; *Check Drafts* says it of all.
MOST_TOLD = 10
#: Who is told what invoices lack.
BOOKKEEPERS = "account.group_account_invoice,account.group_account_readonly"


class AccountMove(models.Model):
    """What an invoice still lacks: said on the draft; where it is compulsory, it isn't posted, or isn't sent."""

    _inherit = "account.move"

    missing_text = fields.Text(
        "Still Missing",
        compute="_compute_missing",
        groups=BOOKKEEPERS,
        help="What a proper invoice of the company and its country has, and this one doesn't.",
    )
    compulsory_text = fields.Text(
        "Held Back by",
        compute="_compute_missing",
        groups=BOOKKEEPERS,
        help="It isn't posted, or once it is, not sent, before that is filled in.",
    )
    waits_to_be_sent = fields.Boolean(
        copy=False,
        readonly=True,
        help="It leaves by itself as soon as it has its allocation number.",
        groups="base.group_user",
    )

    # Serves the question whether a customer's last invoices had its reference.
    _reference_idx = models.Index(
        "(commercial_partner_id, company_id, id) WHERE state = 'posted' AND move_type = 'out_invoice'"
    )

    @api.depends(
        *("state", "partner_id", "ref", "invoice_date", "invoice_date_due", "invoice_payment_term_id"),
        *("partner_bank_id", "allocation_number", "is_move_sent", "amount_untaxed_signed", "move_type"),
        *("invoice_line_ids.name", "invoice_line_ids.tax_ids"),
        *("partner_id.street", "partner_id.city", "partner_id.country_id", "partner_id.state_id", "partner_id.vat"),
        "partner_id.email",
    )
    @api.depends_context("lang")
    def _compute_missing(self):
        waiting = self.filtered(
            lambda move: move.state == "draft" or (move.state == "posted" and not move.is_move_sent)
        )
        missing = waiting._missing()
        for move in self:
            codes = missing.get(move, {})
            if move.state == "posted":
                codes = {code: held for code, held in codes.items() if code in engine.AFTER_POSTING}
            held = [code for code, is_held in codes.items() if is_held]
            move.missing_text = self.env["invoice.requirement"]._say(codes, move) if codes else False
            move.compulsory_text = self.env["invoice.requirement"]._say(held, move) if held else False

    # Facts ------------------------------------------------------------------------------------

    def _missing(self):
        """``{invoice: {code: whether it is compulsory}}`` of customer invoices that lack something."""
        found = {}
        moves_sudo = self.sudo()  # who makes an invoice is told what it lacks, whoever may read the contact
        invoices_sudo = moves_sudo.filtered(lambda move: move.move_type == "out_invoice" and move.partner_id)
        requirements = self.env["invoice.requirement"]
        for company, moves in invoices_sudo.grouped("company_id").items():
            days = {move.invoice_date or self._today() for move in moves}
            asked = {day: requirements._of(company, day) for day in days}
            asking = self.env["res.partner"]
            if any(rule.code == "reference" for rules in asked.values() for rule in rules):
                asking = moves.commercial_partner_id._origin._asking_for_reference(company)
            moves.invoice_line_ids.mapped("tax_ids")  # of all at once
            for move in moves:
                day = move.invoice_date or self._today()
                facts = move._completeness_facts(day, move.commercial_partner_id._origin in asking)
                if codes := engine.missing(facts, asked[day]):
                    found[move.with_env(self.env)] = codes
        return found

    def _completeness_facts(self, day, asks_reference):
        """The facts of one invoice; what they read is fetched for all invoices at once."""
        partner, company, customer = self.partner_id, self.company_id, self.commercial_partner_id
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        methods = self.env["account.move.send"]._get_default_sending_methods(self)
        due = self.invoice_date_due
        return engine.Facts(
            day=day,
            amount=self.amount_untaxed_signed,
            tax=self.amount_tax_signed,
            is_company=customer.is_company,
            vat=customer.vat or "",
            street=partner.street or "",
            city=partner.city or "",
            country=partner.country_id.code or "",
            state=partner.state_id.code or "",
            email=partner.email or "",
            by_email="email" in methods,
            reference=self.ref or "",
            asks_reference=asks_reference,
            has_terms=bool(self.invoice_payment_term_id or (due and due > day)),
            has_bank=any((self.partner_bank_id | company.parent_ids.partner_id.bank_ids).mapped("active")),
            descriptions=tuple(line.name or "" for line in lines),
            taxed=tuple(bool(line.tax_ids) for line in lines),
            charges_tax=bool(company.account_sale_tax_id),
            allocation=self.allocation_number or "",
        )

    # Posting ------------------------------------------------------------------------------------

    def _refused(self):
        """{draft: why it can't be posted}, of those that lack what is compulsory."""
        asking = self.env["invoice.requirement"]._companies_with_compulsory(self.company_id)
        drafts = self.filtered(lambda move: move.state == "draft" and move.company_id in asking)
        refused = {}
        for move, codes in drafts._missing().items():
            held = [code for code, is_held in codes.items() if is_held and code not in engine.AFTER_POSTING]
            if held:
                refused[move] = self.env._(
                    "%(invoice)s can't be posted yet: something is missing. %(what)s",
                    invoice=move.display_name,
                    what=self.env["invoice.requirement"]._say(held, move),
                )
        return refused

    def _refuse_incomplete(self, soft):
        """Nothing is posted that lacks what is compulsory; what is planned for a later day, on that day.

        :raise UserError: naming what is missing, and where it is filled in
        """
        now = self.filtered(lambda move: move.date <= fields.Date.context_today(self)) if soft else self
        if refused := now._refused():
            raise UserError("\n".join(refused.values()))

    def action_validate_moves_with_confirmation(self):
        """Of many drafts the complete ones are posted; of the others it is said what they lack."""
        self.check_access("write")
        refused = self._refused()
        if not refused:
            return super().action_validate_moves_with_confirmation()
        complete = self.browse(move.id for move in self if move not in refused)
        if not complete.filtered(lambda move: move.state == "draft" and move.line_ids):
            raise UserError(self._told(refused))
        result = super(AccountMove, complete).action_validate_moves_with_confirmation()
        return self._tell_refused(refused, result)

    def _tell_refused(self, refused, result):
        """What the screen does, after it has said which drafts weren't posted and why."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Not Posted: %(number)s", number=len(refused)),
                "message": self._told(refused),
                "next": result or {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _told(self, refused):
        """Why the first of them aren't posted."""
        told = [*refused.values()][:MOST_TOLD]
        return "\n".join(told + ["…"] * (len(refused) > MOST_TOLD))

    def action_check_drafts(self):
        """The drafts among these, or all where there is none, with what each lacks.

        :raise AccessError: for who has nothing to do with invoicing
        """
        self.check_access("read")
        if not self.env.user.has_groups(BOOKKEEPERS):
            raise AccessError(self.env._("What invoices lack is told to those who work on them."))
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.account_move_action_check")
        drafts = self.filtered(lambda move: move.state == "draft" and move.move_type == "out_invoice")
        return action | {"domain": [("id", "in", drafts.ids)]} if drafts else action

    # Sending ------------------------------------------------------------------------------------

    def _withheld(self):
        """{posted invoice: why it isn't sent yet}, of those that lack what is compulsory for that."""
        asking = self.env["invoice.requirement"]._companies_with_compulsory(self.company_id, after_posting=True)
        posted = self.filtered(lambda move: move.state == "posted" and move.company_id in asking)
        withheld = {}
        for move, codes in posted._missing().items():
            held = [code for code, is_held in codes.items() if is_held and code in engine.AFTER_POSTING]
            if held:
                withheld[move] = self.env._(
                    "%(invoice)s can't be sent yet: something is missing. %(what)s",
                    invoice=move.display_name,
                    what=self.env["invoice.requirement"]._say(held, move),
                )
        return withheld

    def _is_ready_to_be_sent(self):
        return super()._is_ready_to_be_sent() and not self._withheld()

    def _ask_for_allocation(self):
        """A task on each posted invoice that can't be sent without its allocation number. One that waited for it, and
        got it as a draft, leaves."""
        withheld = self.browse().union(*self._withheld())
        withheld._plan_once("lead_to_cash.mail_activity_type_allocation")
        (self - withheld)._send_waiting()

    def _allocation_given(self):
        """The tasks that asked for it are done, and what waited for it leaves."""
        moves = self.filtered(lambda move: (move.allocation_number or "").strip())
        moves.activity_feedback(["lead_to_cash.mail_activity_type_allocation"])
        moves._send_waiting()

    def _send_waiting(self):
        waiting_sudo = self.sudo().filtered("waits_to_be_sent")  # whoever enters the number, or posts
        waiting_sudo.filtered(lambda move: move.state == "posted" and not move.is_move_sent)._send_by_itself()

    def _plan_once(self, activity_type, note=None):
        """A task for whose invoice it is, in that language, where there isn't one of its kind already.

        :param note: of an invoice as its reader reads it, what else there is to say
        """
        kind = self.env.ref(activity_type)
        there = self.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == kind)  # anybody's
        moves = self.browse(set(self.ids) - set(there.mapped("res_id"))).with_context(mail_activity_quick_update=True)
        for move, user in moves._planned_for().items():
            reader = user._reading(move)
            reader.activity_schedule(
                activity_type, self._today(), note=note and note(reader), user_id=user.id, handling_step=ONCE
            )

    def _send_by_itself(self):
        """Posted invoices leave by the host's own way, in the background; what can't leave so has a task that says why."""
        withheld = self.browse().union(*self._withheld())
        withheld._note_sending(waits_to_be_sent=True)
        sending = self.env["account.move.send"]
        cron_sudo = self.env.ref("account.ir_cron_account_move_send").sudo()  # jobs run as users who needn't see it
        leaving = self.browse()
        for move in self - withheld:
            if reason := move._stays_because(sending._get_default_sending_methods(move), cron_sudo):
                move._plan_once("lead_to_cash.mail_activity_type_send_invoice", reason)
            else:
                leaving |= move
        for user, moves in leaving.grouped(lambda move: move.invoice_user_id).items():
            author = user if user.active and user._is_internal() else self.env.user
            moves._note_sending(sending_data={"author_user_id": author.id, "author_partner_id": author.partner_id.id})
        waiting_sudo = (self - withheld).sudo().filtered("waits_to_be_sent")  # noted by nobody else
        waiting_sudo._note_sending(waits_to_be_sent=False)
        if leaving:
            cron_sudo._trigger()

    def _note_sending(self, **vals):
        """How these invoices leave: nothing of their lines, and nobody's change."""
        if not self:
            return
        moves_sudo = self.sudo()  # noted by nobody else
        moves_sudo.with_context(skip_invoice_sync=True, skip_is_manually_modified=True).write(vals)

    def _stays_because(self, methods, cron):
        """Why an invoice can't leave by itself: a function that says it to a reader, or None."""
        if not cron.active:
            return lambda move: move.env._("Sending in the background is switched off.")
        if "manual" in methods:
            return lambda move: move.env._("This customer's invoices are sent by hand.")
        if "email" in methods and not self.partner_id.email:
            return lambda move: move.env._("The customer has no e-mail address.")
        return None

    def _cron_account_move_send(self, job_count=10):
        """What may not leave any more, or not yet, is taken out of the queue; it would hold all others up."""
        queued = [("sending_data", "!=", False), ("state", "=", "posted")]
        order = "date, invoice_date, sequence_number, id"  # as the host takes them
        while next_withheld := self.search(queued, order=order, limit=job_count)._withheld():
            withheld = self.browse().union(*next_withheld)
            withheld._note_sending(sending_data=False, waits_to_be_sent=True)
            withheld._plan_once("lead_to_cash.mail_activity_type_allocation")
        return super()._cron_account_move_send(job_count=job_count)
