from odoo import fields, models

COLLECTION_STATES = [
    ("normal", "Normal"),
    ("plan", "Payment plan"),
    ("lawyer", "With the lawyer"),
    ("insolvency", "Insolvency"),
    ("closed", "Closed"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    dunning_policy_id = fields.Many2one(
        "dunning.policy",
        company_dependent=True,
        help="Empty: found by the customers that the running policies are for.",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    dunning_hold_until = fields.Date(
        "Hold until", company_dependent=True, groups="account.group_account_invoice,account.group_account_readonly"
    )
    dunning_hold_reason = fields.Char(
        "Reason for Holding",
        company_dependent=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    collection_state = fields.Selection(
        COLLECTION_STATES,
        company_dependent=True,
        groups="account.group_account_invoice,account.group_account_readonly",
        help="With the lawyer, insolvency and closed stop every reminder.",
    )
