import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("l2c_first_contact", {
    steps: () => [
        {
            content: "The lead stands in the column New",
            trigger: ".o_kanban_group:has(.o_column_title:contains(New)) .o_kanban_record:contains(A lead to call)",
            run: "click",
        },
        {
            content: "New is its status",
            trigger: ".o_handling_status [aria-checked=true]:contains(New)",
        },
        {
            content: "Inactive customer isn't offered before the lead is won",
            trigger: ".o_handling_status:not(:contains(Inactive))",
        },
        {
            content: "Choose First contact",
            trigger: ".o_handling_status button:contains(First contact)",
            run: "click",
        },
        {
            content: "It is saved at once",
            trigger: ".o_handling_status [aria-checked=true]:contains(First contact)",
        },
        {
            content: "Open the timeline",
            trigger: ".nav-link[name=contact_attempts]",
            run: "click",
        },
        {
            content: "The change is logged",
            trigger: ".o_handling_timeline li:contains(New → First contact)",
        },
    ],
});

registry.category("web_tour.tours").add("l2c_open_invoices", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open Invoicing",
            trigger: '.o_app[data-menu-xmlid="account.menu_finance"]',
            run: "click",
        },
        {
            content: "Open the menu Collections",
            trigger: 'button[data-menu-xmlid="lead_to_cash.menu_collections"]',
            run: "click",
        },
        {
            content: "Open the open invoices",
            trigger: '[data-menu-xmlid="lead_to_cash.menu_open_invoices"]',
            run: "click",
        },
        {
            content: "They are grouped by handling status",
            trigger: ".o_searchview_facet:contains(Handling Status)",
        },
        {
            content: "Open the configuration",
            trigger: 'button[data-menu-xmlid="account.menu_finance_configuration"]',
            run: "click",
        },
        {
            content: "Open the scheme",
            trigger: '[data-menu-xmlid="lead_to_cash.menu_handling_status_account"]',
            run: "click",
        },
        {
            content: "Add a status there",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Name it",
            trigger: ".o_form_view [name=name] input",
            run: "edit Waiting for the order number",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is saved",
            trigger: ".o_form_view .o_form_saved",
        },
    ],
});
