from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.handling.own import own
from .searching import check_searched


class HandlingMixin(models.AbstractModel):
    """Closing a document with a reason, and opening it again."""

    _inherit = "handling.mixin"

    #: Whether closing asks people why: where nobody could be asked, the reason is *Not stated*, and who opens
    #: it again has something to do. On an invoice a reason ends its collection: nobody else sets one.
    _asks_why = False

    closure_reason_id = fields.Many2one(
        "crm.lost.reason",
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        groups="base.group_user",
    )
    closure_note = fields.Text(copy=False, readonly=True, groups="base.group_user")
    closure_date = fields.Datetime("Closed on", copy=False, readonly=True, groups="base.group_user")
    reopened_date = fields.Datetime(
        "Opened Again on",
        copy=False,
        readonly=True,
        help="Tries before it no longer count towards giving up.",
        groups="base.group_user",
    )
    is_reason_unstated = fields.Boolean(
        "Reason Not Stated",
        compute="_compute_is_reason_unstated",
        search="_search_is_reason_unstated",
        help="It was closed where nobody could be asked why.",
        groups="base.group_user",
    )

    @api.depends(lambda self: ["handling_role", self._closure_column()])
    def _compute_is_reason_unstated(self):
        nothing = self._unstated_reason() | self.env["crm.lost.reason"]
        for document in self:
            reason = document[self._closure_column()]
            document.is_reason_unstated = self._asks_why and document.handling_role == "lost" and reason <= nothing

    def _search_is_reason_unstated(self, operator, value):
        check_searched(self, "is_reason_unstated")
        if operator != "in":
            return NotImplemented
        if not self._asks_why:
            return Domain.FALSE
        unstated = Domain(self._closure_column(), "in", [False, *self._unstated_reason().ids])
        return Domain("handling_role", "=", "lost") & unstated

    @api.model
    def _unstated_reason(self):
        """The reason of what was closed where nobody could be asked; none where somebody has deleted it."""
        reasons = self.env["crm.lost.reason"]
        return (self._asks_why and self.env.ref("lead_to_cash.lost_reason_not_stated", False)) or reasons

    def action_close_dialog(self):
        """Ask for the reason, then close."""
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.handling_close_action")
        context = {"default_res_model": self._name, "default_res_ids": self.ids}
        if len(self) == 1 and self.closure_note:  # who says the reason later keeps what was noted
            context["default_note"] = self.closure_note
        return action | {"context": context}

    def action_close(self, reason, note=None):
        """Close with a reason: the lead is lost, the quotation cancelled, the invoice no
        longer collected.

        :param reason: a ``crm.lost.reason``, or its id
        :param note: what else is to be known
        :raise UserError: without a reason
        """
        self.check_access("write")
        if isinstance(reason, int):
            reason = self.env["crm.lost.reason"].browse(reason)
        if not reason:
            raise UserError(self.env._("Choose a reason for closing."))
        closed_on = self.grouped("closure_date")
        self._close(reason)
        for date, documents in closed_on.items():  # who says the reason later doesn't change the day
            documents._write_closure(reason.id, note, date or self._now())
        self._drop_automated_activities()
        return True

    def action_reopen(self):
        """Undo the closing."""
        self.check_access("write")
        self._reopen()
        self._write_closure(None, None, None)
        return True

    def _close(self, reason):
        """What closing does to the document itself."""

    def _reopen(self):
        """What opening again does to the document itself."""

    def _write_closure(self, reason_id, note, date):
        """Written by SQL, like the status: on an invoice it is no accounting. Without a ``date``
        the documents are opened again."""
        if not self.ids:
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s, closure_note = %s, closure_date = %s, reopened_date = %s WHERE id IN %s",
                SQL.identifier(self._table),
                SQL("%s = %s", SQL.identifier(self._closure_column()), reason_id),
                note or None,
                date,
                SQL("reopened_date") if date else self._now(),
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(flush=False)

    def _closure_column(self):
        return "closure_reason_id"

    def _stamp_closing(self, changed):
        """When a document was closed by its own button; what goes on is closed no more."""
        closed = self.browse(row.id for row in changed if row.role == "lost" and not row.was_closed)
        if closed:  # by the document's own button
            column = self._closure_column()
            # Whoever says the reason writes it next.
            unstated = None if own(self.env, "l2c_closure_reason") else self._unstated_reason().id or None
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET closure_date = %(now)s, %(reason)s = COALESCE(%(reason)s, %(unstated)s::integer)"
                    " WHERE id IN %(ids)s",
                    table=SQL.identifier(self._table),
                    now=self._now(),
                    reason=SQL.identifier(column),
                    unstated=unstated,
                    ids=closed._ids,
                )
            )
            names = ["closure_date", "closure_reason_id", column]
            closed.invalidate_recordset(names, flush=False)
            closed.modified(names)
        reopened = [row.id for row in changed if row.was_closed and row.role != "lost"]
        self.browse(reopened)._end_closure()

    def _end_closure(self):
        """The documents went on by themselves: they are no longer closed."""
        self._write_closure(None, None, None)

    @api.model
    def _lost_status(self):
        """The status that the document's own button for losing it leads to."""
        return self.env["handling.status"].search([("res_model", "=", self._name), ("role", "=", "lost")], limit=1)

    @api.model
    def _required_reason(self, status):
        """Refuse a closing without a reason, where the status asks for one."""
        if status.requires_closure_reason and not own(self.env, "l2c_closure_reason"):
            raise UserError(
                self.env._(
                    "“%(status)s” needs a reason. Use the button or the action Close, which asks for it.",
                    status=status.name,
                )
            )
