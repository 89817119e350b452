from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """No way of sending takes an invoice that lacks what is compulsory for that; what the background can't send has a
    task."""

    _inherit = "account.move.send"

    @api.model
    def _get_move_constraints(self, move):
        constraints = super()._get_move_constraints(move)
        return constraints | {f"lead_to_cash_{row.id}": why for row, why in move._withheld().items()}

    @api.model
    def _hook_if_errors(self, moves_data, allow_raising=True):
        """Who is responsible for an invoice that didn't leave in the background has a task that says why: a line in its
        chatter nobody need see."""
        result = super()._hook_if_errors(moves_data, allow_raising=allow_raising)
        for move, move_data in moves_data.items():
            if move.sending_data:  # else somebody stands before it
                reason = self._format_error_html(move_data["error"])
                move._plan_once("lead_to_cash.mail_activity_type_send_invoice", lambda _move, why=reason: why)
        return result

    @api.model
    def _end_tasks_to_send(self, moves):
        """They have left: the tasks to send them are done, whosever they are."""
        moves.sudo().activity_feedback(["lead_to_cash.mail_activity_type_send_invoice"])  # tasks of colleagues, too
