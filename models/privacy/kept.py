from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, formatLang, html2plaintext

from ...engine.portal.answers import RATED
from ...engine.privacy.packing import pack

#: How, why and when a document was closed.
CLOSING = ("closure_reason_id", "closure_note", "closure_date")
#: What is told of each kind of record: its model and fields, in the order of the list.
SECTIONS = (
    (
        "crm.lead",
        ("name", "contact_name", "partner_name", "email_from", "phone", "company_id", "user_id", "create_date"),
        ("contact_basis", "consent_date", "do_not_call_checked_on", "need", "decision_maker", "decision_when"),
        ("handover_note", "handling_status_id", "attempt_count", "first_contact_date", "last_contact_date"),
        ("response_deadline", "first_response_hours", "reengaged_date", "claimed_by_id", "claimed_until"),
        CLOSING,
    ),
    (
        "sale.order",
        ("name", "company_id", "customer_need", "sent_date", "viewed_date", "last_viewed_date", "reminded_date"),
        CLOSING,
    ),
    ("account.move", ("name", "company_id"), CLOSING),
    ("contact.attempt", ("date", "user_id", "res_model", "channel", "outcome", "note")),
    (
        "dunning.notice",
        ("date", "sent_on", "company_id", "level_id", "channel", "state", "amount_due", "currency_id"),
        ("replied_date", "failure_reason"),
    ),
    ("dunning.notice.line", ("notice_id", "move_id", "level_id", "amount_residual", "days_overdue")),
    (
        "dunning.answer",
        ("date", "company_id", "kind", "day", "amount", "number", "reason_id", "note", "attachment_ids", "is_handled"),
    ),
    ("dunning.promise", ("company_id", "amount", "currency_id", "date", "state", "broken_date")),
    (
        "dunning.plan",
        ("company_id", "total", "currency_id", "number", "first_date", "interval", "state"),
        ("agreed_on", "confirmed_on", "confirmed_from"),
    ),
    (
        "payment.consent",
        ("company_id", "scope", "plan_id", "card", "text", "agreed_on", "agreed_from", "agreed_by_id", "state"),
        ("withdrawn_on", "withdrawn_by_id", "withdrawn_from"),
    ),
    (
        "payment.charge",
        ("company_id", "subject", "amount", "currency_id", "date", "announced_on", "state", "reason", "error"),
    ),
    (
        "dunning.dispute",
        ("opened_date", "company_id", "reason", "amount", "currency_id", "note", "user_id", "revisit_date", "state"),
        ("outcome", "granted_amount", "closing_note", "closed_date", "days_open", "answer", "attachment_ids"),
    ),
    (
        "collection.case",
        ("date", "company_id", "kind", "contact_id", "state", "amount_handed", "amount_recovered", "outcome", "note"),
        ("filing_date", "court", "case_number", "claim_deadline", "outcome_note", "closed_date"),
    ),
    ("dunning.write.off", ("company_id", "kind", "amount", "currency_id", "reason", "state", "refusal_reason")),
    ("balance.confirmation", ("company_id", "day", "balance_text", "answer", "answer_date", "note")),
    ("account.letter", ("create_date", "company_id", "kind", "date_to", "recipient_ids", "user_id", "state")),
    ("rating.rating", ("create_date", "res_model", "rating", "feedback")),
    ("dunning.watch", ("company_id", "since", "until", "sentence", "dealt_on", "dealt_by_id", "dealt_note")),
    ("customer.warning", ("company_id", "what", "source", "day", "until", "create_uid")),
    ("payment.proposal", ("company_id", "day", "kind", "sentence", "state", "decided_on", "decided_by_id")),
    ("dunning.sales.release", ("create_date", "company_id", "until", "reason", "create_uid")),
    ("dunning.decision", ("date", "company_id", "move_id", "sentence", "level_id", "next_date")),
    (
        "payment.grade",
        ("company_id", "grade", "since", "until", "as_of", "reason_text"),
        ("expected_days_late", "late_risk", "settled_count", "late_count"),
    ),
    (
        "payment.forecast",
        ("company_id", "move_id", "as_of", "late_1", "late_30", "late_60"),
        ("expected_days_late", "paid_early", "paid_likely", "paid_latest", "reason_text"),
    ),
    (
        "payment.loyalty.grant",
        ("company_id", "loyalty_id", "state", "proposed_date", "granted_date", "ended_date", "user_id"),
    ),
    ("l2c.audit.log", ("date", "company_id", "user_id", "field_label", "old_text", "new_text", "reason")),
    ("mail.message", ("date", "model", "author_id", "subject", "body")),
)
#: Of the contact itself, in each company.
MARKS = (
    *("name", "email", "phone", "is_wrong_addressee", "is_blacklisted", "phone_blacklisted", "customer_status"),
    *("referral_asked_date", "claimed_by_id", "claimed_until", "satisfaction", "satisfaction_count"),
    *("dunning_policy_id", "collector_id", "collection_state", "collection_note", "payment_days"),
    *("payment_weekday", "needs_order_number", "supplier_portal_url", "best_call_hour", "best_channel"),
    "withholding_rate",
    *("dunning_hold_until", "dunning_hold_reason"),
    *("external_rating", "external_rating_source", "external_rating_date", "is_watched"),
    *(
        "is_sole_trader",
        "tells_planned_invoice",
        "payment_grade",
        "turnover_year",
        "main_category_id",
        "years_as_customer",
    ),
)
#: Whose chatter is ours.
CHATTERS = (
    "dunning.notice",
    "payment.consent",
    "dunning.dispute",
    "collection.case",
    "dunning.write.off",
    "balance.confirmation",
    "account.letter",
    "dunning.watch",
    "payment.loyalty.grant",
)


class Kept(models.AbstractModel):
    """What this addon keeps about a person, as far as the reader may see it, in all companies of theirs."""

    _name = "l2c.kept"
    _description = "What Is Kept about a Person"

    @api.model
    def _archive(self, partner):
        """A ZIP with all that is kept about the contact and those below it."""
        there = {"allowed_company_ids": self.env.user.company_ids.ids, "active_test": False}
        people = partner.with_context(**there)._people()
        sections, proofs = self.with_context(**there)._sections(people)
        values = {"sections": sections, "name": partner.display_name, "day": self.env["res.company"]._today()}
        language = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        values |= {"lang": self.env.lang or "en_US", "direction": language.direction or "ltr"}
        page = self.env["ir.qweb"]._render("lead_to_cash.privacy_kept", values)
        files = [(proof.name, proof.raw or b"") for proof in proofs]
        plain = [{**section, "rows": [_plain(row) for row in section["rows"]]} for section in sections]
        return pack(plain, f"<!DOCTYPE html>{page}".encode(), files)

    @api.model
    def _sections(self, people):
        """([{title, rows}], proofs): a row is {label of a field: (its value for machines, for people)}."""
        sections = [{"title": self.env._("Contact"), "rows": self._marks(people)}]
        proofs = self.env["ir.attachment"]
        found = {}
        for model, *names in SECTIONS:
            if not self.env[model].has_access("read"):
                continue
            records = self.env[model].search(self._domain(model, people, found))
            found[model] = records
            rows = [self._row(record, sum(names, ())) for record in records]
            if rows:
                title = self.env["ir.model"]._get(model).sudo().name  # what a kind of record is called is no secret
                sections.append({"title": title, "rows": rows})
            if model == "dunning.answer":
                proofs = records.attachment_ids
        return sections, proofs

    @api.model
    def _domain(self, model, people, found):
        """Those of ``model`` that are about these people; ``found``: what is known already."""
        own = Domain("partner_id", "in", people.ids)
        if model == "crm.lead":
            leads_sudo = self.env["l2c.anonymising"]._leads(people.sudo())  # the search below asks for the rights
            return Domain("id", "in", leads_sudo.ids)
        if model == "contact.attempt":
            leads = found.get("crm.lead", self.env["crm.lead"])
            return own | (Domain("res_model", "=", "crm.lead") & Domain("res_id", "in", leads.ids))
        if model in ("sale.order", "account.move"):
            return own & Domain("closure_date", "!=", False)
        if model == "l2c.audit.log":
            return Domain("res_model", "=", "res.partner") & Domain("res_id", "in", people.ids)
        if model == "dunning.notice.line":
            return Domain("notice_id", "in", found["dunning.notice"].ids)
        if model == "rating.rating":
            return own & Domain("res_model", "in", RATED) & Domain("consumed", "=", True)
        if model == "mail.message":
            ours = (
                Domain("model", "=", name) & Domain("res_id", "in", found[name].ids)
                for name in CHATTERS
                if name in found
            )
            return Domain.OR(ours)
        return own

    @api.model
    def _marks(self, people):
        """What stands on the contacts: once for each company, where it differs."""
        rows = []
        for person in people:
            for company in self.env.user.company_ids:
                row = self._row(person.with_company(company), MARKS)
                if row not in rows:
                    rows.append(row)
        return rows

    @api.model
    def _row(self, record, names):
        """{label: (value, text)} of the fields that the reader may read, and that say something."""
        row = {}
        for name in names:
            field = record._fields[name]
            if record._has_field_access(field, "read") and record[name]:
                value = self._value(record, field)
                row[field._description_string(self.env)] = (value, self._text(record, field, value))
        return row

    @api.model
    def _value(self, record, field):
        value = record[field.name]
        if field.relational:
            return ", ".join(value.sudo().mapped("display_name"))  # the name of what the record names
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "html":
            return html2plaintext(value)
        return value if field.type in ("boolean", "integer", "float", "monetary") else str(value)

    @api.model
    def _text(self, record, field, value):
        """A value as the reader writes it."""
        if field.type == "date":
            return format_date(self.env, record[field.name])
        if field.type == "datetime":
            return format_datetime(self.env, record[field.name])
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "monetary":
            return formatLang(self.env, value, currency_obj=record[field.get_currency_field(record)])
        return formatLang(self.env, value, digits=2) if field.type == "float" else value


def _plain(row):
    return {label: value for label, (value, _text) in row.items()}
