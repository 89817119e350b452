from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...engine.dunning import recipients as engine
from ...engine.dunning.following import ARRIVED
from ...engine.handling.own import own
from .notice import PENDING, WAITING


class DunningNotice(models.Model):
    """Who reads a notice: found by rule when it is made, chosen by people until it leaves. One e-mail is a
    text with all its readers, in the language of the first."""

    _inherit = "dunning.notice"

    _writable = frozenset({"recipient_ids", "cc_ids", "copies_to_books"})

    recipient_ids = fields.Many2many(
        "res.partner",
        "dunning_notice_recipient_rel",
        "notice_id",
        "partner_id",
        "Recipients",
        copy=False,
        tracking=True,
        context={"active_test": False},
        help="Contacts of the customer, or colleagues. It is written in the language of the first. Empty: found "
        "when it leaves.",
    )
    cc_ids = fields.Many2many(
        "res.partner",
        "dunning_notice_cc_rel",
        "notice_id",
        "partner_id",
        "Copy to",
        copy=False,
        tracking=True,
        context={"active_test": False},
    )
    copies_to_books = fields.Boolean("Copy to Our Books", copy=False, tracking=True)

    # Choosing -------------------------------------------------------------------------

    @api.constrains("recipient_ids", "cc_ids")
    def _check_recipients(self):
        for notice in self:
            chosen = notice.recipient_ids | notice.cc_ids
            for partner in chosen - notice._possible(chosen):
                raise ValidationError(
                    self.env._(
                        "%(name)s is neither a contact of %(customer)s nor a colleague. Choose one of these.",
                        name=partner.display_name,
                        customer=notice.partner_id.display_name,
                    )
                )

    def _possible(self, partners):
        """Those of the partners who are contacts of the customer, and not of another company's alone, or work in
        the notice's company."""
        customer, company = self.partner_id.commercial_partner_id, self.company_id
        users_sudo = partners.sudo().user_ids  # who works here is no secret
        colleagues_sudo = users_sudo.filtered(lambda user: not user.share and company in user.company_ids).partner_id
        return partners.filtered(
            lambda partner: (
                partner in colleagues_sudo
                or partner == customer
                or (
                    partner.commercial_partner_id == customer
                    and (not partner.company_id or partner.company_id in company.parent_ids)
                )
            )
        )

    def _check_chosen_in_time(self):
        """Who gets it is chosen until it leaves.

        :raise UserError: when it has left, is cancelled, or leaves right now
        """
        self.check_access("write")
        for notice in self.filtered(lambda notice: notice.state not in PENDING):
            raise UserError(
                self.env._("Who gets %(name)s can't be chosen any more. %(advice)s", **notice._name_and_advice())
            )
        if self._not_leaving() != self:
            raise UserError(self.env._("An e-mail is leaving right now. Try again in a moment, without it."))

    def _name_and_advice(self):
        return {"name": self.display_name, "advice": self._way_out()}

    def _check_chosen_reachable(self):
        """An e-mail can go to whoever was chosen.

        :raise UserError: naming who has none, or is marked
        """
        self.env.flush_all()
        for notice_id, partner_id in self.env.execute_query(engine.unreachable(self.ids, copies=True)):
            name = self.env["res.partner"].browse(partner_id).display_name
            customer = self.browse(notice_id).partner_id.display_name
            raise UserError(
                self.env._(
                    "No e-mail about %(customer)s goes to %(name)s: there is no address, or somebody said that it isn't "
                    "theirs. Correct it on the contact, or choose another.",
                    name=name,
                    customer=customer,
                )
            )

    def _recipients_chosen(self):
        """What was written for others is written anew. Who comes first is told by the database, not by the
        order of choosing."""
        self._check_chosen_reachable()
        self.invalidate_recordset(["recipient_ids", "cc_ids"], flush=False)
        self.filtered(lambda notice: notice.is_written and notice.state in ("queued", "failed"))._write_anew()

    # Who reads it ------------------------------------------------------------------------

    def _readers(self):
        """Who reads it; the first decides its language."""
        chosen = (own(self.env, "l2c_readers") or {}).get(self.id)
        return self.recipient_ids if chosen is None else chosen

    def _addressee(self):
        """The first reader; nobody's letter is the customer's."""
        return self._readers()[:1] or self.partner_id

    def _lang(self):
        """That in which a person wrote its text; else the language of the first reader, the customer's, the
        company's."""
        if self.text_lang and self.env["res.lang"]._get_code(self.text_lang):
            return self.text_lang
        company_sudo = self.company_id.sudo()  # how it speaks is no secret
        partners = (self._addressee(), self.partner_id, company_sudo.partner_id)
        return next(filter(None, (partner.lang for partner in partners)), self.env.lang)

    def _written_to(self):
        """The contacts of the customer who got it."""
        contacts = (self.recipient_ids | self.cc_ids).filtered(
            lambda partner: partner.commercial_partner_id == self.partner_id.commercial_partner_id
        )
        return contacts or self.partner_id

    def _readers_now(self):
        """{id of a notice: who of its readers can be written to today, else who is found by rule}, for
        e-mails that go after it."""
        self.env.flush_all()
        gone = set(self.env.execute_query(engine.unreachable(self.ids, by_mail=engine.BY_MAIL)))
        found = {
            notice.id: notice.recipient_ids.filtered(lambda p, n=notice: (n.id, p.id) not in gone) for notice in self
        }
        nobody = [notice_id for notice_id, readers in found.items() if not readers]
        rule = engine.readers(SQL("n.id IN %s", tuple(nobody) or (0,)), by_mail=engine.BY_MAIL)
        for notice_id, partner_id in self.env.execute_query(rule):
            found[notice_id] |= self.env["res.partner"].browse(partner_id)
        return found

    @api.model
    def _address_line(self, partners):
        """What stands behind *To* in an e-mail: each address once."""
        by_address = partners.grouped("email_normalized")
        return ", ".join(found[:1].email_formatted for address, found in by_address.items() if address)

    def _copy_line(self, readers):
        """What stands behind *Cc*."""
        known = set(readers.mapped("email_normalized"))
        line = self._address_line(self.cc_ids.filtered(lambda partner: partner.email_normalized not in known))
        books = self.copies_to_books and self.company_id.sudo().dunning_books_email  # a setting of the company
        return ", ".join(filter(None, (line, books)))

    def _prepare_addresses(self):
        """Who gets an e-mail, as values for it."""
        readers = self._readers()
        return {
            "email_to": self._address_line(readers),
            "email_cc": self._copy_line(readers),
            "partner_ids": [(6, 0, readers.ids)],
        }

    def _is_addressed(self, mail):
        """Whether a mail still goes to who reads the notice."""
        readers = self._readers()
        to = mail.partner_ids | mail.recipient_ids  # an older release's
        fits = to <= readers if self._is_split() else to == readers
        return fits and (not mail.email_to or mail.email_to == self._address_line(to))

    # Finding -----------------------------------------------------------------------------

    def _find_readers(self):
        """Drop whoever can't, or mustn't, be written to any more; where nobody is left, find others by the
        rule. Notices that stay without readers have failed, and say why."""
        if not self:
            return
        self.env.flush_all()
        for statement in (
            engine.drop_unreachable("dunning_notice_recipient_rel", self.ids),
            engine.drop_unreachable("dunning_notice_cc_rel", self.ids),
            engine.make_recipients(engine.unread(self.ids)),
        ):
            self.env.cr.execute(statement)
        self.invalidate_recordset(["recipient_ids", "cc_ids"], flush=False)
        nobody = self.filtered(
            lambda notice: notice.state == "queued" and notice.channel == "email" and not notice.recipient_ids
        )
        nobody._drop_mails()
        nobody._fail(lambda notice: notice._no_address_sentence())

    def _no_address_sentence(self):
        return self.env._(
            "There is no e-mail address for reminders of %(customer)s. Ask for one, enter it on the customer or a "
            "contact, then try again.",
            customer=self.partner_id.display_name,
        )

    @api.model
    def _addresses_changed(self, partners):
        """An address of these contacts changed, or somebody said that it isn't theirs: what waits goes to
        whom the rule finds now; what is at the server doesn't go there again."""
        # Who corrects a contact need not see the notices; they may be of any company.
        pending_sudo = self.sudo().search(
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("state", "in", PENDING),
                ("channel", "=", "email"),
            ]
        )
        if not pending_sudo:
            return
        self.env.flush_all()
        # Who writes their e-mails just now, and who does this, don't see each other: the second fails here, is
        # repeated by Odoo, and then does.
        self.env.cr.execute(SQL("UPDATE dunning_notice SET is_written = is_written WHERE id IN %s", pending_sudo._ids))
        here_sudo = pending_sudo._not_leaving()
        here_sudo._find_readers()
        here_sudo.filtered(lambda notice: notice.is_written and notice._goes_elsewhere())._write_anew()
        leaving_sudo = (pending_sudo - here_sudo).filtered(lambda notice: notice.state == "queued")
        gone = {
            notice_id for notice_id, _partner in self.env.execute_query(engine.unreachable(leaving_sudo._ids or (0,)))
        }
        leaving_sudo.filtered(lambda notice: notice.id in gone)._set_state("cancelled")

    def _goes_elsewhere(self):
        """Whether a mail of it that has not left is addressed to others than its readers."""
        waiting = self.mail_ids.filtered(lambda mail: mail.state in WAITING)
        return not all(self._is_addressed(mail) for mail in waiting)

    # One e-mail a contact ----------------------------------------------------------------

    def _is_split(self):
        """Whether each contact gets an e-mail of their own, about their own documents."""
        customer = self.partner_id.with_company(self.company_id)
        return self.channel == "email" and customer.dunning_split_by_contact and len(self._readers()) > 1

    def _parts(self):
        """[(readers, lines)]: who is still to get an e-mail about which items. What is on no reader's document is
        the first one's. Where a part would ask for nothing, for its credits or since it is only also due, all get the
        whole."""
        readers = self._readers()
        parts = [(readers, self.line_ids)]
        if self._is_split():
            owner = {line: line._contact() for line in self.line_ids}
            parts = [
                (reader, self.line_ids.filtered(lambda line, r=reader: r == (owner[line] & readers or readers[:1])))
                for reader in readers
            ]
            parts = [(reader, lines) for reader, lines in parts if lines]
            if any(lines._claimed() <= 0 for _reader, lines in parts):
                parts = [(readers, self.line_ids)]
        reached = self._reached()
        return [(some - reached, lines) for some, lines in parts if some - reached]

    def _reached(self):
        """Who has got an e-mail of this notice, and it didn't come back."""
        left_sudo = self.sudo()._left_mails()  # users may not see mails
        return (left_sudo.partner_ids | left_sudo.recipient_ids).with_env(self.env)

    def _left_mails(self):
        return self.mail_ids.filtered(lambda mail: mail.state in ARRIVED and not mail.dunning_came_back)

    @contextmanager
    def _showing(self, lines):
        """Within, the notice has these lines alone, and their sum, whatever is rendered of it; nothing of that
        is stored."""
        self.flush_recordset()
        self.invalidate_recordset(["amount_claimed"], flush=False)
        self._fields["line_ids"]._update_cache(self, lines._ids)
        self._fields["amount_due"]._update_cache(self, lines._total())
        try:
            yield
        finally:
            self.invalidate_recordset(["line_ids", "amount_due", "amount_claimed"], flush=False)
