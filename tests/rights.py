"""Who may do what with the records and fields of this addon, as data."""

SALES = "sales_team.group_sale_salesman"
#: login: groups; nobody is logged in without. The neighbour is a collector of another company alone.
PEOPLE = {
    "public": "",
    "portal": "base.group_portal",
    "employee": "base.group_user",
    "seller": SALES,
    "all_leads": "sales_team.group_sale_salesman_all_leads",
    "sales_manager": "sales_team.group_sale_manager",
    "invoicing": "account.group_account_invoice",
    "readonly": "account.group_account_readonly",
    "collector": "lead_to_cash.group_collections_user",
    "manager": "lead_to_cash.group_collections_manager",
    "accountant": "account.group_account_manager",
    "neighbour": "lead_to_cash.group_collections_user",
}

#: Who has every right of a user, but doesn't administer the system.
ALMIGHTY = {
    "everything": "sales_team.group_sale_manager,account.group_account_manager,lead_to_cash.group_collections_manager"
}
WITHOUT_A_RECORD = {"dunning.watch", "win.rate.report", "handling.attempt.mail"}
MODELS = {}
WRITTEN = {}
