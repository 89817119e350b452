from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

#: Names of sales managers in a message.
NAMES = 3
#: The step of an activity that asks a sales manager to release, whatever its language.
RELEASE = -3


class SaleOrder(models.Model):
    """Orders of customers whose debts have gone too far need a sales manager."""

    _name = "sale.order"
    _inherit = ["sale.order", "collection.banner.mixin"]

    def _shows_debts(self):
        return super()._shows_debts().filtered(lambda order: order.state != "cancel")

    @api.depends("collection_warning")
    def _compute_partner_credit_warning(self):
        """One banner: Odoo's own about the credit limit, and ours below it."""
        result = super()._compute_partner_credit_warning()
        if not self._has_field_access(self._fields["collection_warning"], "read"):
            return result  # the customer, who may read Odoo's own
        for order in self.filtered("collection_warning"):
            order.partner_credit_warning = "\n".join(
                filter(None, (order.partner_credit_warning, order.collection_warning))
            )
        return result

    def action_confirm(self):
        """Orders that are held are not confirmed.

        :raise UserError: to a person; a customer who signs or pays is not bothered with it: the
            order waits, and a sales manager is asked
        """
        self.check_access("write")
        held = self._held_orders()
        if not held:
            return super().action_confirm()
        orders = self.browse(order.id for order in held)
        if not self.env.su:
            raise UserError(self._hold_message(held))
        orders._wait_for_release()
        return super(SaleOrder, self - orders).action_confirm() if self - orders else True

    def _held_orders(self):
        """``{order: facts}`` of those that need a sales manager."""
        orders = self.filtered(lambda order: order.state in ("draft", "sent"))
        facts = self.env["res.partner"]._collection_facts([order._debtor() for order in orders])
        held = {}
        for order in orders if facts else ():
            found = facts.get((order.company_id.id, order.partner_id.commercial_partner_id.id))
            if found and order._is_held_by(found):
                held[order] = found
        return held

    def _is_held_by(self, facts):
        """What the customer has paid in full adds to no debt: it is never held."""
        return super()._is_held_by(facts) and not (self.amount_paid > 0 and self._is_paid())

    def _hold_message(self, held):
        shown = self._shows_debts()
        lines = [order._held_sentence(facts if order in shown else None) for order, facts in held.items()]
        managers = self._sales_managers()[:NAMES].mapped("name")
        lines.append(
            self.env._(
                "A sales manager (%(names)s) can release sales to the customer, with the button Release Sales.",
                names=", ".join(managers) or self.env._("nobody yet"),
            )
        )
        return "\n".join(lines)

    def _held_sentence(self, facts):
        """Why the order is held; ``facts`` are of its customer, None for who isn't told of them."""
        values = {"order": self.name, "customer": self.partner_id.commercial_partner_id.name}
        if not facts:
            return self.env._("%(order)s of %(customer)s waits for a sales manager.", **values)
        # The level is a fact, whoever asks.
        values["level"] = self.env["dunning.level"].sudo().browse(facts["hold_level_id"]).name
        values["amount"] = format_amount(self.env, facts["overdue"], self.company_id.currency_id)
        return self.env._(
            "%(order)s of %(customer)s: %(amount)s is past due, and the level %(level)s was reached.", **values
        )

    def _sales_managers(self):
        """The people who may release these orders, the team's leader first."""
        group = self.env.ref("sales_team.group_sale_manager")
        managers_sudo = self.env["res.users"].sudo()  # Who are sales managers is a fact, whoever asks.
        managers_sudo = managers_sudo.search(
            [("all_group_ids", "in", group.ids), ("company_ids", "in", self.company_id.ids), ("share", "=", False)],
            order="id",
        )
        return managers_sudo.sorted(lambda user: user not in self.team_id.user_id)

    def _wait_for_release(self):
        """The quotation stays as the customer left it; a sales manager is asked, once. What is owed
        stands above the quotation, for those who are told of it."""
        orders_sudo = self.sudo()  # a customer confirmed
        orders_sudo.filtered(lambda order: order.state == "draft").action_quotation_sent()
        asked = orders_sudo.activity_ids.filtered(lambda activity: activity.handling_step == RELEASE).mapped("res_id")
        for order in orders_sudo.filtered(lambda order: order.id not in asked):
            user = order._sales_managers()[:1] or order.user_id
            theirs = user._reading(order)
            theirs.activity_schedule(
                "mail.mail_activity_data_todo",
                self.env["res.company"]._today(),
                summary=theirs.env._("Release sales, then confirm: the customer has accepted"),
                user_id=user.id,
                handling_step=RELEASE,
            )

    def action_release_sales(self):
        """Open the dialog in which a sales manager releases sales to the customer."""
        self.ensure_one()
        self.check_access("read")
        self.env["dunning.sales.release"].check_access("create")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_sales_release_action")
        context = {
            "default_partner_id": self.partner_id.commercial_partner_id.id,
            "default_company_id": self.company_id.id,
            "default_order_id": self.id,
        }
        return action | {"context": context}
