from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import formatLang

from ...engine.foresight import loyalty as engine
from .payment_loyalty import REWARDS

#: Who grants rewards.
GRANTERS = ("lead_to_cash.group_collections_manager", "sales_team.group_sale_manager")


class PaymentLoyaltyGrant(models.Model):
    """A reward that a customer has earned: proposed by the night, granted by a person, taken back by the rule."""

    _name = "payment.loyalty.grant"
    _inherit = ["l2c.state.mixin", "l2c.clock.mixin", "mail.thread"]
    _description = "Reward of a Customer"
    _order = "proposed_date desc, id desc"
    _rec_name = "partner_id"

    _written_by = "Grant, Refuse or Take Back"
    _has_directed_mails = True
    _transitions = {
        "proposed": {"granted", "refused", "ended"},
        "granted": {"ended"},
        "refused": set(),
        "ended": set(),
    }

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    loyalty_id = fields.Many2one("payment.loyalty", "Reward", required=True, readonly=True, ondelete="restrict")
    state = fields.Selection(
        [("proposed", "Proposed"), ("granted", "Granted"), ("refused", "Refused"), ("ended", "Ended")],
        required=True,
        readonly=True,
        default="proposed",
        copy=False,
    )
    proposed_date = fields.Date("Proposed on", readonly=True)
    granted_date = fields.Date("Granted on", readonly=True)
    ended_date = fields.Date("Ended on", readonly=True, help="Or refused on.")
    user_id = fields.Many2one("res.users", "By", readonly=True)

    # As it was granted: the rule may change.
    reward = fields.Selection(REWARDS, "Kind of Reward", readonly=True)
    payment_term_id = fields.Many2one("account.payment.term", readonly=True)
    former_term_id = fields.Many2one("account.payment.term", readonly=True)
    discount = fields.Float("Discount (%)", digits=(5, 2), readonly=True)
    days_before = fields.Float("Days Late Before", digits=(16, 1), readonly=True, aggregator="avg")

    currency_id = fields.Many2one(related="company_id.currency_id")
    order_count = fields.Integer("Orders since", compute="_compute_effect", compute_sudo=True)
    order_amount = fields.Monetary("Sold since", compute="_compute_effect", compute_sudo=True)
    discount_amount = fields.Monetary(
        "Discount Given",
        compute="_compute_effect",
        compute_sudo=True,
        help="By the lines of discounts on orders to which it was applied.",
    )
    days_earlier = fields.Float(
        "Days Paid Earlier",
        compute="_compute_effect",
        compute_sudo=True,
        digits=(16, 1),
        help="Days late that were expected when it was granted, less those that are expected now.",
    )

    # A customer has one reward at a time; serves looking it up.
    _open_uniq = models.UniqueIndex(
        "(company_id, partner_id) WHERE state IN ('proposed', 'granted')", "A customer has one reward at a time."
    )

    @api.depends("state", "granted_date")
    def _compute_effect(self):
        granted = self.filtered("granted_date")
        self.env.flush_all()
        rows = self.env.execute_query(engine.effect(granted._origin.ids))
        found = {row[0]: row[1:] for row in rows}
        for grant in self:
            count, amount, discount, days = found.get(grant._origin.id, (0, 0.0, 0.0, None))
            grant.order_count, grant.order_amount, grant.discount_amount = count, amount, discount
            grant.days_earlier = 0.0 if days is None else grant.days_before - float(days)

    # What people decide ---------------------------------------------------------------

    def _check_may_grant(self):
        """
        :raise AccessError: for anybody but managers of collections and of sales
        """
        if not (self.env.su or any(self.env.user.has_group(group) for group in GRANTERS)):
            raise AccessError(
                self.env._("Rewards are decided by managers of collections or of sales. Ask one of them.")
            )
        self.check_access("write")

    def action_grant(self):
        """Grant what is proposed: the customer has it from now on. Of one, an e-mail that tells the customer opens; it
        leaves when it is sent there."""
        self._check_may_grant()
        for grant in self:
            loyalty_sudo = grant.loyalty_id.sudo()  # who may grant need not see the rules
            grant._set_state(
                "granted",
                reward=loyalty_sudo.reward,
                payment_term_id=loyalty_sudo.payment_term_id.id if loyalty_sudo.reward == "term" else False,
                discount=loyalty_sudo.discount if loyalty_sudo.reward == "discount" else 0,
                **grant._before(),
            )
            if loyalty_sudo.reward == "term":
                grant._customer_sudo().property_payment_term_id = loyalty_sudo.payment_term_id
        return self.action_tell() if len(self) == 1 else True

    def _customer_sudo(self):
        """The customer in the company of the reward: who may grant need not see its accounting."""
        return self.partner_id.sudo().with_company(self.company_id)  # as said above

    def _before(self):
        """What was before, to be as before again, and to be compared with."""
        customer_sudo = self._customer_sudo()
        return {
            "former_term_id": customer_sudo.property_payment_term_id.id,
            "days_before": customer_sudo.payment_grade_id.expected_days_late,
        }

    def action_refuse(self):
        """Don't grant it; it isn't proposed again for the months of its rule."""
        self._check_may_grant()
        self._set_state("refused")
        return True

    def action_take_back(self):
        """As before, whatever the rule says, and for the months of its rule; an e-mail that tells the customer opens."""
        self._check_may_grant()
        self._end()
        return self.action_tell() if len(self) == 1 else True

    def _end(self, **values):
        """They end, and terms are as before, where nobody has changed them since; of what the customers had, their
        salespeople get a task."""
        granted = self.filtered(lambda grant: grant.state == "granted")
        for grant in granted.filtered(lambda grant: grant.reward == "term"):
            customer_sudo = grant._customer_sudo()
            if customer_sudo.property_payment_term_id == grant.payment_term_id:
                customer_sudo.property_payment_term_id = grant.former_term_id
        self._set_state("ended", **values)
        granted._tell_salespeople()

    def _tell_salespeople(self):
        """A task on each customer for its salesperson, in that one's language: who sells knows what isn't given any
        more."""
        taken = self.grouped(lambda grant: (grant._customer_sudo().user_id, grant.loyalty_id, grant.company_id))
        for (user, loyalty, company), grants in taken.items():
            if not user.active:
                continue
            # Who takes it back may change no customer; planning is no change.
            customers_sudo = user._reading(grants.partner_id.sudo().with_company(company))
            customers_sudo.activity_schedule(
                "mail.mail_activity_data_todo",
                self.env.company._today(),
                summary=customers_sudo.env._(
                    "“%(reward)s” was taken back: look at the open quotations, and tell the customer",
                    reward=loyalty.sudo().with_context(lang=customers_sudo.env.lang).name,  # as it says to everybody
                ),
                user_id=user.id,
            )

    def _end_by_rule(self):
        """As :meth:`_end`; by nobody, so that it can be earned again."""
        self._end(user_id=False)

    def _stamp(self, target):
        today = self.env.company._today()
        if target == "granted":
            return {"granted_date": today, "user_id": self.env.uid}
        return {"ended_date": today, "user_id": self.env.uid}

    def action_tell(self):
        """Write to the customer what it has earned, or that it is as before: opens the e-mail."""
        self._check_may_grant()
        self.ensure_one()
        name = "mail_template_loyalty_granted" if self.state == "granted" else "mail_template_loyalty_ended"
        template = self.env.ref(f"lead_to_cash.{name}", raise_if_not_found=False)
        context = {
            "default_model": self._name,
            "default_res_ids": self.ids,
            "default_template_id": template and template.id,
            "default_composition_mode": "comment",
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Customer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    def _discount_text(self):
        """The discount as the reader writes numbers, with as many decimals as it has."""
        digits = next((digits for digits in (0, 1) if round(self.discount, digits) == round(self.discount, 2)), 2)
        return formatLang(self.env, self.discount, digits=digits)

    # Merging --------------------------------------------------------------------------

    @api.model
    def _merge_grants(self, partners, kept):
        """Of customers that become one, the reward of the one that stays goes on, else one that was granted; the
        others end."""
        grants = self.search([("partner_id", "in", partners.ids), ("state", "in", ("proposed", "granted"))])
        for rows in grants.grouped("company_id").values():
            first = rows.sorted(lambda grant: (grant.state != "granted", grant.partner_id != kept, grant.id))
            first[1:]._set_state("ended", user_id=False)
        self.env.flush_all()
