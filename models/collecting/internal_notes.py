from odoo import fields, models

from ..handling.searching import check_searched

# A portal customer reads the messages of their own documents on the portal's pages, which leave
# internal notes out. These lists don't: their conditions are searched without asking who may read
# a message, so that a customer could guess, word by word, what we wrote about them. Nor does
# searching by the state of the activities, which would tell whether somebody is after them.


class AccountMove(models.Model):
    _inherit = "account.move"

    message_ids = fields.One2many(groups="base.group_user")
    website_message_ids = fields.One2many(groups="base.group_user")

    def _search_activity_state(self, operator, value):
        check_searched(self, "activity_state")
        return super()._search_activity_state(operator, value)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    message_ids = fields.One2many(groups="base.group_user")
    website_message_ids = fields.One2many(groups="base.group_user")

    def _search_activity_state(self, operator, value):
        check_searched(self, "activity_state")
        return super()._search_activity_state(operator, value)


class ResPartner(models.Model):
    _inherit = "res.partner"

    message_ids = fields.One2many(groups="base.group_user")
    website_message_ids = fields.One2many(groups="base.group_user")

    def _search_activity_state(self, operator, value):
        check_searched(self, "activity_state")
        return super()._search_activity_state(operator, value)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    message_ids = fields.One2many(groups="base.group_user")
    website_message_ids = fields.One2many(groups="base.group_user")

    def _search_activity_state(self, operator, value):
        check_searched(self, "activity_state")
        return super()._search_activity_state(operator, value)
