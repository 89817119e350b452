{
    "name": "Lead to Cash",
    "summary": "From lead to collected cash: handling statuses on leads, quotations and invoices",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "Lead to Cash contributors",
    "application": True,
    "depends": [
        "sale_crm",
        "sale_management",
        "account_payment",
        "sms",
        "rating",
        "digest",
    ],
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/handling_rules.xml",
        "data/handling_status_data.xml",
        "data/ir_cron_data.xml",
        "views/handling_status_views.xml",
        "views/handling_status_change_views.xml",
        "views/crm_lead_views.xml",
        "views/sale_order_views.xml",
        "views/account_move_views.xml",
        "views/res_config_settings_views.xml",
        "views/menus.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
        "demo/crm_lead_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "lead_to_cash/static/src/**/*",
        ],
        "web.assets_tests": [
            "lead_to_cash/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "lead_to_cash/static/tests/**/*",
            ("remove", "lead_to_cash/static/tests/tours/**/*"),
        ],
    },
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
