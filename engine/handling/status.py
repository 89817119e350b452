"""The handling status: its roles, and the one SQL statement that changes it.

What a document's own state (won, confirmed, paid, overdue …) allows is said once, by its
model, as a :class:`Rule`. Everything that sets statuses goes through :func:`transition`:
installing, creating, writing, payments, the passing of time, and a person's choice.
"""

from typing import NamedTuple

from odoo.tools import SQL

DOCUMENTS = [("crm.lead", "Lead"), ("sale.order", "Quotation"), ("account.move", "Invoice")]
ROLES = [
    ("new", "New"),
    ("no_answer", "No answer"),
    ("contacted", "Contacted"),
    ("in_progress", "In progress"),
    ("lost", "Lost"),
    ("won", "Won"),
    ("dormant", "Dormant"),
]
SITUATIONS = [
    ("not_due", "Not due"),
    ("overdue", "Overdue"),
    ("open_credit", "Open credit"),
    ("used", "Used"),
]
OPEN_ROLES = ("new", "no_answer", "contacted", "in_progress")

#: The roles and situations that code relies on: each needs an active status.
REQUIRED = {
    "crm.lead": [(role, False) for role, _label in ROLES],
    "sale.order": [(role, False) for role, _label in ROLES],
    "account.move": [
        ("new", "not_due"),
        ("new", "overdue"),
        ("new", "open_credit"),
        ("contacted", False),
        ("no_answer", False),
        ("in_progress", False),
        ("lost", False),
        ("won", False),
        ("won", "used"),
    ],
}


class Rule(NamedTuple):
    """What the state of a document, a row called ``d``, says about its handling status.

    ``roles`` is an SQL expression for a ``text[]``: the roles that fit; a document whose
    role is none of them gets the first. ``situation`` is one for the situation that a
    status with a situation must have, or NULL.
    """

    roles: SQL
    situation: SQL = SQL("NULL::text")


class Changed(NamedTuple):
    """A document whose status changed, with what decides about what follows."""

    id: int
    role: str
    status_id: int
    has_next_action: bool
    was_closed: bool


def missing(model, present):
    """The required (role, situation) pairs of ``model`` that ``present`` lacks.

    >>> present = set(REQUIRED["crm.lead"]) - {("won", False)}
    >>> missing("crm.lead", present)
    [('won', False)]
    >>> missing("res.partner", set())
    []
    """
    return [pair for pair in REQUIRED.get(model, []) if pair not in present]


def role_array(*roles):
    """``roles`` as an SQL array."""
    return SQL("ARRAY[%s]::text[]", SQL(", ").join(SQL("%s", role) for role in roles))


def _choice(model, role, situation):
    """The default status of ``role`` in ``situation``: one with that situation before one
    without any, then by sequence."""
    return SQL(
        """SELECT s.id, s.role
             FROM handling_status s
            WHERE s.res_model = %(model)s
              AND s.role = %(role)s
              AND s.active
              AND (s.situation IS NULL OR s.situation = %(situation)s)
         ORDER BY s.situation IS NULL, s.sequence, s.id
            LIMIT 1""",
        model=model,
        role=role,
        situation=situation,
    )


def _before_closing(model):
    """The status that a closed document ``doc`` had before, where that was an open one and still is
    a status that fits."""
    return SQL(
        """SELECT s.id, s.role
             FROM handling_status_change log
             JOIN handling_status s ON s.id = log.old_status_id AND s.active
            WHERE doc.old_role = 'lost'
              AND log.res_model = %(model)s
              AND log.res_id = doc.id
              AND log.new_role = 'lost'
              AND s.role = ANY(doc.roles)
              AND s.role IN %(open)s
              AND (s.situation IS NULL OR s.situation = doc.situation)
         ORDER BY log.id DESC
            LIMIT 1""",
        model=model,
        open=OPEN_ROLES,
    )


def _target(model, chosen):
    """The status that a document ``doc`` gets: its own while it fits, else, where it was closed, the one
    before, else the default of the first role allowed; or the chosen one."""
    if isinstance(chosen, str):
        return _choice(model, chosen, SQL("doc.situation"))
    if chosen is not None:
        return SQL("SELECT s.id, s.role FROM handling_status s WHERE s.id = %s", chosen)
    fits = SQL("doc.old_role = ANY(doc.roles) AND (doc.old_situation IS NULL OR doc.old_situation = doc.situation)")
    return SQL(
        """SELECT doc.old_id AS id, doc.old_role AS role WHERE %(fits)s
           UNION ALL (SELECT choice.id, choice.role
                        FROM ((%(before)s) UNION ALL (%(default)s)) choice
                       WHERE (%(fits)s) IS NOT TRUE
                       LIMIT 1)""",
        fits=fits,
        before=_before_closing(model),
        default=_choice(model, SQL("doc.roles[1]"), SQL("doc.situation")),
    )


def transition(model, table, rule, where, now, uid, *, chosen=None, log=True):
    """SQL that brings the status of the documents matched by ``where`` in line with
    ``rule``, or sets ``chosen`` (a role, or the id of a status), and writes the log.

    A document that fits its status keeps it; one that is new (without a date of entry)
    gets a first row in the log, unless ``log`` is off: when installing, the past is not
    known. ``table`` is the model's, its row is called ``d``; ``now`` is UTC, ``uid`` who did
    it. Returns a row, as of :class:`Changed`, for each changed document.
    """
    return SQL(
        """
        WITH doc AS MATERIALIZED ( -- else each place that reads the roles gets, and plans, their sub-selects
            SELECT d.id,
                   d.handling_status_since AS since,
                   old.id AS old_id,
                   old.role AS old_role,
                   old.situation AS old_situation,
                   %(roles)s AS roles,
                   %(situation)s AS situation
              FROM %(table)s d
         LEFT JOIN handling_status old ON old.id = d.handling_status_id AND old.res_model = %(model)s
             WHERE %(where)s
        ), change AS (
            SELECT doc.id, doc.since, doc.old_id, doc.old_role, target.id AS new_id, target.role AS new_role
              FROM doc
      JOIN LATERAL (%(target)s) target ON TRUE
             WHERE doc.since IS NULL OR target.id IS DISTINCT FROM doc.old_id
        ), log AS (
            INSERT INTO handling_status_change
                        (res_model, res_id, old_status_id, old_role, new_status_id, new_role,
                         user_id, date, hours_in_old_status, create_uid, create_date, write_uid, write_date)
            SELECT %(model)s, id, CASE WHEN since IS NOT NULL THEN old_id END,
                   CASE WHEN since IS NOT NULL THEN old_role END, new_id, new_role,
                   %(uid)s, %(now)s, EXTRACT(EPOCH FROM %(now)s - since) / 3600,
                   %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM change
             WHERE %(log)s
        )
        UPDATE %(table)s d
           SET handling_status_id = change.new_id,
               handling_role = change.new_role,
               handling_status_since = %(now)s
          FROM change
         WHERE change.id = d.id
     RETURNING d.id, d.handling_role, d.handling_status_id,
               d.next_action_date IS NOT NULL, d.closure_date IS NOT NULL
        """,
        table=table,
        model=model,
        where=where,
        target=_target(model, chosen),
        roles=rule.roles,
        situation=rule.situation,
        uid=uid,
        now=SQL("%s::timestamp", now),
        log=log,
    )


def choices(model, table, rule, where):
    """SQL for (document id, status id) of every active status that fits a document's state."""
    return SQL(
        """SELECT d.id, s.id
             FROM %(table)s d
             JOIN handling_status s
               ON s.res_model = %(model)s
              AND s.role = ANY(%(roles)s)
              AND s.active
              AND (s.situation IS NULL OR s.situation = %(situation)s)
            WHERE %(where)s""",
        table=table,
        model=model,
        roles=rule.roles,
        situation=rule.situation,
        where=where,
    )
