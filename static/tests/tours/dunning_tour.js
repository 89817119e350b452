import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("l2c_go_live", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open Invoicing",
            trigger: ".o_app[data-menu-xmlid='account.menu_finance']",
            run: "click",
        },
        {
            content: "Open the collections",
            trigger: "button[data-menu-xmlid='lead_to_cash.menu_collections']",
            run: "click",
        },
        {
            content: "Open the policies",
            trigger: "[data-menu-xmlid='lead_to_cash.menu_dunning_policy']",
            run: "click",
        },
        {
            content: "Open the policy of the tour",
            trigger: ".o_data_row:contains(Tour policy) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "Its levels are drawn",
            trigger: ".o_widget_dunning_timeline:contains(Tour level)",
        },
        {
            content: "Start it",
            trigger: "button[name=action_go_live]",
            run: "click",
        },
        {
            content: "Everything needs approval first",
            trigger: ".modal .o_field_widget[name=needs_release] input:checked",
        },
        {
            content: "Go on",
            trigger: ".modal button[name=action_go_live]",
            run: "click",
        },
        {
            content: "The preview says who is reminded",
            trigger: ".o_breadcrumb:contains(Dunning Preview)",
        },
        {
            content: "Open the days",
            trigger: ".o_group_header",
            run: "click",
        },
        {
            content: "And why",
            trigger: ".o_data_row:contains(Tour customer):contains(Reminded)",
        },
    ],
});

registry.category("web_tour.tours").add("l2c_release", {
    steps: () => [
        {
            content: "Open the run",
            trigger: ".o_data_row .o_data_cell[name=date]",
            run: "click",
        },
        {
            content: "It waits for a person",
            trigger: ".alert:contains(look at them, then release the run)",
        },
        {
            content: "Look at its notices",
            trigger: "button[name=action_open_notices]",
            run: "click",
        },
        {
            content: "They are to approve",
            trigger: ".o_group_header:contains(To approve)",
            run: "click",
        },
        {
            content: "See the customer's",
            trigger: ".o_data_row:contains(Tour customer)",
        },
        {
            content: "Back to the run",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "Release it",
            trigger: "button[name=action_ask_start]",
            run: "click",
        },
        {
            content: "How many leave",
            trigger: ".modal:contains(What leaves) button[name=action_start]:visible",
            run: "click",
        },
        {
            content: "Released",
            trigger: ".o_form_view:not(:has(.o_form_statusbar button[name=action_ask_start]:visible))",
        },
    ],
});
