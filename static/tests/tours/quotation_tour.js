import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("l2c_renew", {
    steps: () => [
        {
            content: "The quotation has expired",
            trigger: "[name=expired] button[name=action_renew_dialog]",
            run: "click",
        },
        {
            content: "A price has changed",
            trigger: ".modal .o_field_widget[name=price_changes]:contains(100.00):contains(120.00)",
        },
        {
            content: "Take today's prices",
            trigger: ".modal .o_field_widget[name=updates_prices] input",
            run: "click",
        },
        {
            content: "Renew it",
            trigger: ".modal button[name=action_renew]:not([disabled])",
            run: "click",
        },
        {
            content: "It is a draft again, as a second revision",
            trigger: "body:not(:has(.modal)) .o_form_view .o_field_widget[name=revision]:contains(2)",
        },
    ],
});

registry.category("web_tour.tours").add("l2c_overview", {
    steps: () => [
        {
            content: "One lead waits",
            trigger: ".o_l2c_overview:not(:has([data-key=expired])) button[data-key=waiting]:contains(1)",
            run: "click",
        },
        {
            content: "The figure opens it, and the way back leads to the overview",
            trigger: ".o_data_row:contains(A lead to call), .o_kanban_record:contains(A lead to call)",
        },
        {
            trigger: ".o_back_button a",
            run: "click",
        },
        {
            content: "Who called",
            trigger: ".o_l2c_overview .o_l2c_people",
        },
    ],
});

registry.category("web_tour.tours").add("l2c_quote", {
    steps: () => [
        {
            content: "The lead has a customer: make a quotation",
            trigger: "button[name=action_sale_quotations_new]",
            run: "click",
        },
        {
            content: "The team's template is there, with the customer's need",
            trigger: ".o_form_view .o_field_widget[name=sale_order_template_id] input:value(Tills)",
        },
        {
            content: "The need can be changed",
            trigger: ".o_field_widget[name=customer_need] textarea:value(Three tills)",
        },
        {
            content: "Send it",
            trigger: "button[name=action_quotation_send]",
            run: "click",
        },
        {
            content: "To the customer",
            trigger: ".modal button[name=action_send_mail]:not([disabled])",
            run: "click",
        },
        {
            content: "It is sent: how it was answered is one click away",
            trigger: "body:not(:has(.modal)) .o_form_view button[name=action_reached]",
        },
    ],
});

registry.category("web_tour.tours").add("l2c_reject", {
    steps: () => [
        {
            content: "The customer doesn't want it",
            trigger: "a[data-bs-target='#modaldecline']",
            run: "click",
        },
        {
            content: "Why",
            trigger: "#modaldecline.show textarea[name=decline_message]",
            run: (helpers) => helpers.edit(new URLSearchParams(location.search).get("l2c_text")),
        },
        {
            content: "Reject it",
            trigger: "#modaldecline.show button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It says so",
            trigger: "body:not(:has(a[data-bs-target='#modaldecline'])) #portal_sale_content",
        },
    ],
});
