"""What is kept about people, and what of it has been kept long enough: one SQL statement a kind, of
the ids of what goes."""

from typing import NamedTuple

from odoo.tools import SQL

from ..portal.answers import RATED

#: Notices that no longer wait for anything.
ENDED = ("sent", "failed", "cancelled")


class Kind(NamedTuple):
    """What of which model goes, by which setting of the company: ``where`` is a condition on its row
    ``x``, with the parameters ``company`` (an id, or None: what belongs to no company) and ``before``
    (a date)."""

    model: str
    setting: str
    where: object


def is_settled():
    """Whether the journal item ``l`` is owed no more. A draft isn't: it may be posted again."""
    return SQL("(l.parent_state = 'cancel' OR (l.parent_state = 'posted' AND l.reconciled)) IS TRUE")


def all_settled(table, owner, record=None):
    """Whether all items are settled that ``table`` names for ``record`` (an id), or for ``x``, in its column
    ``owner``."""
    return SQL(
        """NOT EXISTS (SELECT 1 FROM %s named JOIN account_move_line l ON l.id = named.move_line_id
                        WHERE named.%s = %s AND NOT %s)""",
        SQL.identifier(table),
        SQL.identifier(owner),
        record or SQL("x.id"),
        is_settled(),
    )


def company_of_rating():
    """The company of the rating ``x`` of a notice or a customer."""
    return SQL(
        """CASE x.res_model WHEN 'dunning.notice' THEN (SELECT d.company_id FROM dunning_notice d WHERE d.id = x.res_id)
                            ELSE (SELECT d.company_id FROM res_partner d WHERE d.id = x.res_id) END"""
    )


def _attempts(company, before):
    return SQL("x.date < %s AND x.company_id IS NOT DISTINCT FROM %s", before, company)


def _watches(company, before):
    return SQL("x.until < %s AND x.company_id = %s", before, company)


def _warnings(company, before):
    """Those that don't hold any more."""
    return SQL(
        "x.company_id = %s AND COALESCE(x.until, x.write_date::date) < %s AND (x.until < %s OR NOT x.active)",
        company,
        before,
        before,
    )


def _proposals(company, before):
    return SQL("x.company_id = %s AND x.decided_on < %s AND x.state IN ('refused', 'ended')", company, before)


def _answers(company, before):
    """An answer that nobody has dealt with stays while its notice is about something owed."""
    settled = all_settled("dunning_notice_line", "notice_id", SQL("x.notice_id"))
    return SQL("x.date < %s AND x.company_id = %s AND (x.is_handled OR %s)", before, company, settled)


def _ratings(company, before):
    """Those with a text: how content a customer was is a figure, and stays with what was rated."""
    return SQL(
        "x.write_date < %s AND x.consumed AND x.feedback != '' AND x.res_model IN %s AND %s IS NOT DISTINCT FROM %s",
        before,
        RATED,
        company_of_rating(),
        company,
    )


def _notices(company, before):
    return SQL(
        "x.company_id = %s AND x.date < %s AND (x.sent_on IS NULL OR x.sent_on < %s) AND x.state IN %s AND %s",
        company,
        before,
        before,
        ENDED,
        all_settled("dunning_notice_line", "notice_id"),
    )


def _promises(company, before):
    return SQL(
        "x.company_id = %s AND x.date < %s AND x.plan_id IS NULL AND x.state != 'open' AND %s",
        company,
        before,
        all_settled("dunning_promise_line_rel", "promise_id"),
    )


def _plans(company, before):
    """With their promises; those are over when the last one is."""
    return SQL(
        """x.company_id = %s AND x.state != 'open' AND %s
           AND NOT EXISTS (SELECT 1 FROM dunning_promise s
                            WHERE s.plan_id = x.id AND (s.state = 'open' OR s.date >= %s))""",
        company,
        all_settled("dunning_plan_line_rel", "plan_id"),
        before,
    )


def _disputes(company, before):
    return SQL(
        "x.company_id = %s AND x.create_date < %s AND x.state = 'resolved' AND %s",
        company,
        before,
        all_settled("dunning_dispute_line_rel", "dispute_id"),
    )


def _cases(company, before):
    return SQL(
        "x.company_id = %s AND x.closed_date < %s AND x.state != 'with_them' AND %s",
        company,
        before,
        all_settled("collection_case_line_rel", "case_id"),
    )


def _decisions(company, before):
    return SQL(
        """x.company_id = %s AND x.date < %s AND x.current IS NOT TRUE
           AND EXISTS (SELECT 1 FROM account_move_line l WHERE l.id = x.move_line_id AND %s)""",
        company,
        before,
        is_settled(),
    )


def _confirmations(company, before):
    return SQL("x.company_id = %s AND x.day < %s", company, before)


def _letters(company, before):
    """One that waits is still to go."""
    return SQL(
        "x.company_id = %s AND x.date_to < %s AND x.create_date < %s AND (x.is_written OR x.problem IS NOT NULL)",
        company,
        before,
        before,
    )


def _releases(company, before):
    return SQL("x.company_id = %s AND x.until < %s", company, before)


def _grades(company, before):
    """The present grade stays: it says nothing of before."""
    return SQL("x.until < %s AND x.company_id = %s", before, company)


def _grants(company, before):
    return SQL(
        "x.company_id = %s AND x.state IN ('ended', 'refused') AND COALESCE(x.ended_date, x.proposed_date) < %s",
        company,
        before,
    )


def _changes(company, before):
    return SQL("x.date < %s AND x.company_id IS NOT DISTINCT FROM %s", before, company)


#: In the order in which they go.
KINDS = {
    "attempts": Kind("contact.attempt", "keep_attempts_months", _attempts),
    "watches": Kind("dunning.watch", "keep_attempts_months", _watches),
    "warnings": Kind("customer.warning", "keep_attempts_months", _warnings),
    "proposals": Kind("payment.proposal", "keep_attempts_months", _proposals),
    "answers": Kind("dunning.answer", "keep_answers_months", _answers),
    "ratings": Kind("rating.rating", "keep_answers_months", _ratings),
    "notices": Kind("dunning.notice", "keep_notices_years", _notices),
    "promises": Kind("dunning.promise", "keep_notices_years", _promises),
    "plans": Kind("dunning.plan", "keep_notices_years", _plans),
    "disputes": Kind("dunning.dispute", "keep_notices_years", _disputes),
    "cases": Kind("collection.case", "keep_notices_years", _cases),
    "decisions": Kind("dunning.decision", "keep_notices_years", _decisions),
    "confirmations": Kind("balance.confirmation", "keep_notices_years", _confirmations),
    "letters": Kind("account.letter", "keep_notices_years", _letters),
    "releases": Kind("dunning.sales.release", "keep_notices_years", _releases),
    "grades": Kind("payment.grade", "keep_notices_years", _grades),
    "grants": Kind("payment.loyalty.grant", "keep_notices_years", _grants),
    "changes": Kind("l2c.audit.log", "keep_notices_years", _changes),
}


def kept_too_long(kind, table, company, before):
    """SQL for the ids of the kind ``kind`` in ``table`` that have been kept long enough.

    :param company: its id; None for what belongs to no company
    :param before: the first day that is kept
    """
    return SQL("SELECT x.id FROM %s x WHERE %s", SQL.identifier(table), KINDS[kind].where(company, before))
