from markupsafe import Markup
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ...engine.handling.contact import FOLLOW_UP_DAYS
from ...engine.handling.own import Own, own


class SaleOrder(models.Model):
    """A quotation that has expired is renewed: a new validity, today's prices, and what it said before is kept."""

    _inherit = "sale.order"

    revision = fields.Integer(
        default=1, copy=False, readonly=True, help="1, and one more for each renewal.", groups="base.group_user"
    )

    def action_renew_dialog(self):
        """Ask until when, and whether at today's prices."""
        self.ensure_one()
        self.check_access("write")
        self._check_renewable()
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.quotation_renew_action")
        return action | {"context": {"default_order_id": self.id}}

    def action_renew(self, validity_date, *, updates_prices=False):
        """A new revision of the expired quotation, to be sent again; what the last one said stays in the chatter.

        :param validity_date: its last day
        :param updates_prices: take today's prices, but for those that were agreed
        :raise UserError: when it hasn't expired, or for a day of the past
        """
        self.ensure_one()
        self.check_access("write")
        self._check_renewable()
        try:
            day = fields.Date.to_date(validity_date)
        except (TypeError, ValueError):
            day = None
        if not day or day < self._today():
            raise UserError(self.env._("Choose until when the quotation is valid: today or later."))
        self._log_revision()
        if updates_prices:
            for line in self._price_changes():
                if not line._is_price_agreed():
                    line._at_todays_price()._reset_price_unit()
        self._drop_automated_activities()
        self.action_draft()
        self.write({"validity_date": day, "date_order": self._now()})
        self._stamp(revision=(self.revision or 1) + 1, viewed_date=None, last_viewed_date=None, reminded_date=None)
        self._plan_renewed()
        return True

    def _plan_renewed(self):
        """It is followed up as if it were sent, also while nobody sends it; sending it begins anew."""
        sent = self.env["handling.status"].search([("res_model", "=", self._name), ("role", "=", "contacted")], limit=1)
        self._plan_follow_up(sent, least=FOLLOW_UP_DAYS)

    def _check_renewable(self):
        if self.handling_role != "dormant" or self.state not in ("draft", "sent"):
            raise UserError(self.env._("%s has not expired: there is nothing to renew.", self.display_name))

    def _price_changes(self):
        """{line: the price of its product today}, where the list price has changed since."""
        found = {}
        lines = self._get_update_prices_lines().filtered(lambda line: line.product_id and not line.is_downpayment)
        lines.invalidate_recordset(["pricelist_item_id"])
        for line in lines:
            price = line._todays_price()
            if line.currency_id.compare_amounts(price, line.technical_price_unit):
                found[line] = price
        lines.invalidate_recordset(["pricelist_item_id"])
        return found

    def _log_revision(self):
        """What the customer was offered so far."""
        said = self.env.user._reading(self)
        head = said.env._(
            "Revision %(number)s, valid until %(day)s: %(amount)s",
            number=self.revision or 1,
            day=format_date(said.env, self.validity_date),
            amount=format_amount(said.env, self.amount_total, self.currency_id),
        )
        rows = Markup().join(
            Markup("<li>%s: %s \u00d7 %s</li>")
            % (line.name, line.product_uom_qty, format_amount(said.env, line.price_unit, self.currency_id))
            for line in self.order_line
            if not line.display_type
        )
        self._message_log(body=Markup("<b>%s</b><ul>%s</ul>") % (head, rows))


class SaleOrderLine(models.Model):
    """What the product of the line costs today."""

    _inherit = "sale.order.line"

    def _at_todays_price(self):
        return self.with_context(l2c_price_date=Own(self.order_id._now()))

    def _get_order_date(self):
        return own(self.env, "l2c_price_date") or super()._get_order_date()

    def _todays_price(self):
        self.ensure_one()
        line = self.with_company(self.company_id)._at_todays_price()
        return line.product_id._get_tax_included_unit_price_from_price(
            line._get_display_price(),
            product_taxes=line.product_id.taxes_id._filter_taxes_by_company(line.company_id),
            fiscal_position=line.order_id.fiscal_position_id,
        )

    def _is_price_agreed(self):
        """Whether somebody has written another price than the list's."""
        return bool(self.currency_id.compare_amounts(self.price_unit, self.technical_price_unit))
