from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.dunning.deciding import CODES
from ...engine.dunning.run import decided_now
from ..handling.next_action import PLANNED


class DunningDecision(models.Model):
    """Why an item was or was not reminded: the decision in force, and those before it.

    Written by the run only; a new row when the reason, the level or what it refers to changes.
    """

    _name = "dunning.decision"
    _inherit = ["dunning.explained.mixin"]
    _description = "Dunning Decision"
    _order = "date desc, id desc"
    _rec_name = "move_id"
    _log_access = False  # written by runs, which say when and whose they are

    move_line_id = fields.Many2one(
        "account.move.line", "Item", required=True, ondelete="cascade", index=True, readonly=True
    )
    move_id = fields.Many2one("account.move", "Document", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", ondelete="set null", index=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    current = fields.Boolean("In Force", readonly=True)
    code = fields.Selection(CODES, "Decision", required=True, readonly=True)
    params = fields.Json(readonly=True)
    level_id = fields.Many2one("dunning.level", ondelete="set null", readonly=True)
    next_date = fields.Date("Next Step on", readonly=True)

    # At most one decision in force an item; serves the comparison with the day before.
    _current_uniq = models.UniqueIndex("(move_line_id) WHERE current", "An item has one decision in force.")
    # Serves closing what no longer holds.
    _company_current_idx = models.Index("(company_id) WHERE current")

    # Serves the desk: of whom to ask an address.
    _no_address_idx = models.Index("(company_id) WHERE current AND code = 'no_address'")

    @api.model
    def _now_about(self, company, customers):
        """{journal item: decision}: what would be decided now of all that is open of these customers, as the
        preview says it, by the books of now; not written. The oldest items come first."""
        if not customers:
            return {}
        self.env.flush_all()
        company_sudo = self._at_last(company.sudo().with_company(company), customers)  # the engine's, whoever asks
        # Who gets one of the notices that may still be made today is only known among all.
        asked = None if company_sudo.dunning_daily_limit else customers
        rows = self.env.execute_query_dict(
            decided_now(company_sudo._dunning_question(partners=asked), tuple(customers.ids))
        )
        items = self.env["account.move.line"]
        return {items.browse(row.pop("id")): self.new(self._prepare_values(company, row)) for row in rows}

    @api.model
    def _in_force(self, company, customer, item):
        """What holds of an open item of a customer: the level that it was reminded of until a run goes on to the
        next one; what stands against reminding, at once."""
        now = self._now_about(company, customer).get(item, self.browse())
        last = self.search([("move_line_id", "=", item.id), ("current", "=", True)], limit=1)
        return last if now.code == last.code == "reminded" else now

    @api.model
    def _at_last(self, company_sudo, customers):
        """The company today; where its day has begun before the reader's, and a run has decided, on that day."""
        decided = [("company_id", "=", company_sudo.id), ("partner_id", "in", customers.ids), ("current", "=", True)]
        [[last]] = self.sudo()._read_group(decided, aggregates=["date:max"])  # as the engine
        return company_sudo._at(last) if last and last > company_sudo._today() else company_sudo

    @api.model
    def _prepare_values(self, company, row):
        """Values for the decision that a row of the engine's answer says."""
        named = {name: row.pop(name) for name in ("promise_id", "dispute_id")}
        return {**row, "company_id": company.id, "params": {name: found for name, found in named.items() if found}}

    @api.model
    def _hand_on(self, rows, shares):
        """Decisions about items that are gone stay with the first of those that took their place; in force
        while that one has no other.

        :param rows: {id: values}
        :param shares: {item: {item before: share}}
        """
        kept = set(self.browse(rows).exists().ids)
        takers = {other: item for item in reversed(shares) for other in shares[item]}
        decided = set(self.search([("move_line_id", "in", list(shares)), ("current", "=", True)]).move_line_id.ids)
        new = []
        for row_id, values in sorted(rows.items(), reverse=True):
            if row_id not in kept and (item := takers.get(values["move_line_id"])):
                new.append(values | {"move_line_id": item, "current": values["current"] and item not in decided})
                decided |= {item} if values["current"] else set()
        self.create(new[::-1])

    @api.model
    def _ask_for_certificates(self, company):
        """What customers withheld as tax is in force: a task on each document asks for the certificate, once.
        It goes when the rest is paid, or withheld no longer."""
        in_force = [("company_id", "=", company.id), ("current", "=", True), ("code", "=", "withholding")]
        moves = self.sudo().search(in_force).move_id  # as the engine decided, whoever runs it
        kind = self.env.ref("lead_to_cash.mail_activity_type_withholding")
        tasks_sudo = self.env["mail.activity"].sudo().with_context(active_test=False)  # as above
        ours = Domain("activity_type_id", "=", kind.id) & Domain("res_model", "=", "account.move")
        others_sudo = tasks_sudo.search(
            ours & PLANNED & Domain("active", "=", True) & Domain("res_id", "not in", moves.ids)
        )
        over = self.env["account.move"].sudo().browse(others_sudo.mapped("res_id")).exists()  # as above
        over = over.filtered(lambda move: move.company_id == company)
        others_sudo.filtered(lambda task: task.res_id in over.ids).unlink()
        asked = set(tasks_sudo.search(ours & Domain("res_id", "in", moves.ids)).mapped("res_id"))
        moves.filtered(lambda move: move.id not in asked)._ask_for_certificate(company)

    def _item(self):
        return self.move_line_id

    def _explained(self):
        params = self.params or {}
        return (
            self.env["dunning.promise"].browse(params.get("promise_id")).exists(),
            self.env["dunning.dispute"].browse(params.get("dispute_id")).exists(),
        )
