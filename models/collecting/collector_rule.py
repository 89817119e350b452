from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.collecting import collectors as engine


class DunningCollectorRule(models.Model):
    """Whose customers they are that nobody has yet: of a segment, by letters, in turn."""

    _name = "dunning.collector.rule"
    _inherit = ["dunning.segment.mixin"]
    _description = "Collector Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first rule that fits a customer is taken.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    partner_domain = fields.Char(help="Which customers the rule is for. Empty: all.")
    letter_from = fields.Char("From Letter", size=1, help="Of the customer's name. Empty: from the first.")
    letter_to = fields.Char("To Letter", size=1, help="Of the customer's name. Empty: to the last.")
    user_ids = fields.Many2many(
        "res.users",
        "dunning_collector_rule_user_rel",
        "rule_id",
        "user_id",
        "Collectors",
        required=True,
        domain=[("share", "=", False)],
        help="Several: who has the fewest customers gets the next one.",
    )

    @api.constrains("letter_from", "letter_to")
    def _check_letters(self):
        for rule in self:
            ends = [rule.letter_from, rule.letter_to]
            letters = [engine.first_letter(end) for end in ends if end]
            if not all(letters) or letters != sorted(letters):
                raise ValidationError(
                    self.env._(
                        "The rule %(name)s needs letters or digits, the first before the last. Change or empty them.",
                        name=rule.name,
                    )
                )

    @api.constrains("user_ids")
    def _check_users(self):
        for rule in self:
            self.env["res.users"]._check_colleagues(rule.user_ids)
            if not rule.user_ids:
                raise ValidationError(self.env._("The rule %(name)s has no collector. Add one.", name=rule.name))

    def action_assign_now(self):
        """Give every customer of the company who owes something and has no collector one."""
        self.check_access("write")
        count = sum(self._assign(company) for company in self.env.companies)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("Customers who got a collector: %(count)s", count=count),
                "type": "success" if count else "info",
            },
        }

    @api.model
    def _assign(self, company, partners=None):
        """Assign the customers of a company by its rules; returns how many were assigned.

        :param partners: commercial partners who get a collector anew, whoever they have now;
            None: all who owe something and have none
        """
        # Rules and customers are the engine's, not the reader's; collectors need not be partner managers.
        rules_sudo = self.sudo().with_context(active_test=True).search([("company_id", "=", company.id)])
        partners_sudo = self.env["res.partner"].sudo()  # as the rules
        partners_sudo = partners_sudo.with_company(company).with_context(active_test=False)
        segments = [(rule.id, partners_sudo._search(rule._partner_domain()).subselect()) for rule in rules_sudo]
        collector = partners_sudo._field_to_sql("cp", "collector_id")
        chosen = partners.ids if partners is not None else []
        self.env.flush_all()
        rows = self.env.execute_query(engine.customers(company.id, collector, segments, chosen))
        anew = set(chosen) if partners is not None else {row[0] for row in rows if not row[3]}
        loads = {}
        for partner_id, _name, amount, collector_id, _fitting in rows:
            if collector_id and partner_id not in anew:
                count, owed = loads.get(collector_id, (0, 0))
                loads[collector_id] = (count + 1, owed + amount)
        wanting = [(row[0], row[1], row[2], row[4]) for row in rows if row[0] in anew]
        return partners_sudo._set_collectors(engine.assign(wanting, rules_sudo._prepare_rules(company), loads))

    def _prepare_rules(self, company):
        """What the engine asks of the rules; who left or may not see the company collects nothing."""
        return [
            (
                rule.id,
                rule.letter_from or "",
                rule.letter_to or "",
                tuple(rule.user_ids.filtered(lambda user: user.active and company in user.company_ids).ids),
            )
            for rule in self
        ]
