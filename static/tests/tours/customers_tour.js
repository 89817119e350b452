import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("l2c_customers", {
    steps: () => [
        {
            content: "All that owe are there",
            trigger: ".o_list_view:has(.o_data_row:contains(First Customer)) .o_data_row:contains(Second Customer)",
        },
        {
            content: "One box finds by the number of an invoice",
            trigger: ".o_searchview input",
            run: "edit TOUR/0042",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Its customer alone is left: open it",
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains(First Customer))) .o_data_row:contains(Second Customer) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "Its page has the invoice, with what comes of it",
            trigger: ".o_form_view:has(h1:contains(Second Customer)) [name=collection_item_ids]:contains(TOUR/0042)",
        },
        {
            content: "Call",
            trigger: "button[name=action_collection_call]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Pays on Friday",
        },
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {
            content: "The call stands on the page",
            trigger: "body:not(:has(.modal)) [name=contact_attempt_ids]:contains(Pays on Friday)",
        },
        {
            content: "Back to the customers, found as before",
            trigger: ".o_back_button, .o_breadcrumb a:contains(Customers)",
            run: "click",
        },
        {
            content: "Pause everything: nobody is chosen",
            trigger: ".o_list_view:has(.o_data_row:contains(Second Customer)) button[name=action_pause_everything]",
            run: "click",
        },
        {
            content: "It is about all customers",
            trigger: ".modal .alert:contains(no customer of the company)",
        },
        {
            trigger: ".modal .o_field_widget[name=date] input",
            run: "edit 12/31/2099",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit New bank account",
        },
        {
            trigger: ".modal button[name=action_do]",
            run: "click",
        },
        {
            content: "The customer's page says so",
            trigger: "body:not(:has(.modal)) .o_data_row:contains(Second Customer):contains(hold) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            trigger: ".o_form_view .alert:contains(Nobody is reminded until):contains(New bank account)",
        },
        {
            content: "Open the desk",
            trigger: "button[data-menu-xmlid='lead_to_cash.menu_collections']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='lead_to_cash.menu_desk']",
            run: "click",
        },
        {
            content: "One banner, one button",
            trigger: ".o_dunning_banner:contains(Everything is paused until) button",
            run: "click",
        },
        {
            content: "Reminders go on",
            trigger: "body:has(.o_desk_counters):not(:has(.o_dunning_banner:contains(Everything is paused)))",
        },
    ],
});

registry.category("web_tour.tours").add("l2c_one_look", {
    steps: () => [
        {
            content: "The notice says what would leave",
            trigger: ".o_form_view [name=mail_body]:contains(According to our books)",
        },
        {
            content: "Change its text",
            trigger: "button[name=action_edit_text]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=subject] input",
            run: "edit Your invoice, as we said",
        },
        {
            trigger: ".modal .odoo-editor-editable p:contains(According to our books):last",
            run: "editor As we said on the phone, this is open:",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "It is what leaves; the table is still there",
            trigger:
                "body:not(:has(.modal)) .o_form_view [name=mail_body]:contains(As we said on the phone):contains(TOUR/0042)",
        },
        {
            content: "Approve",
            trigger: ".o_statusbar_buttons button[name=action_approve]",
            run: "click",
        },
        {
            content: "Nothing more is to be approved",
            trigger: ".o_form_view:not(:has(button[name=action_approve])):contains(Your invoice, as we said)",
        },
    ],
});

registry.category("web_tour.tours").add("l2c_banners_invoice", {
    steps: () => [
        {
            content: "One banner, of four that apply: the dispute",
            trigger: ".o_l2c_banners:has(> [name=disputes]:visible):not(:has(> .alert:visible:not([name=disputes])))",
        },
        {
            content: "None stands beside it",
            trigger: ".o_form_view:not(:has(.alert:visible:not([name=disputes]):not(.o_l2c_banners *)))",
        },
        {
            trigger: ".o_l2c_banners_toggle:contains(and 3 more)",
            run: "click",
        },
        {
            content: "All four",
            trigger:
                ".o_l2c_banners:has(> [name=disputes]:visible):has(> [name=paused]:visible):has(> [name=lacks_order_number]:visible) > [name=customer_portal]:visible",
        },
        {
            content: "One of them is dealt with",
            trigger: ".o_l2c_banners > [name=customer_portal] button[name=action_uploaded]",
            run: "click",
        },
        {
            trigger: ".o_l2c_banners > [name=customer_portal]:contains(Uploaded on)",
        },
        {
            trigger: ".o_l2c_banners > [name=paused] button[name=action_end_pause]",
            run: "click",
        },
        {
            trigger: ".o_l2c_banners:not(:has(> [name=paused]))",
        },
        {
            trigger: ".o_l2c_banners_toggle:contains(Show the first alone)",
            run: "click",
        },
        {
            content: "What is counted follows",
            trigger: ".o_l2c_banners_toggle:contains(and 2 more)",
        },
    ],
});
