import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// On a desk the customers are rows, on a phone cards; the rest is the same.
const line = (text) =>
    [".o_data_row .o_data_cell", ".o_kanban_record"].map((row) => `${row}:contains(${text})`).join(", ");

registry.category("web_tour.tours").add("l2c_monday", {
    steps: () => [
        {
            content: "Two are to be called",
            trigger: ".o_desk_counters [data-key=call]:contains(2)",
        },
        {
            content: "Plain notices to send, one to look at: approve all but that",
            trigger: ".o_dunning_banner:contains(to send; 1 to look at) button",
            run: "click",
        },
        {
            content: "One is left",
            trigger: ".o_dunning_banner:contains(0 to send; 1 to look at)",
        },
        {
            content: "See why",
            trigger: ".o_desk_counters:not(:has([data-key=returned])) [data-key=look]",
            run: "click",
        },
        {
            content: "It is the first reminder ever",
            trigger: ".o_data_row:contains(Customer 02):contains(First reminder ever)",
        },
        {
            content: "Back to the desk",
            trigger: ".o_back_button, .o_breadcrumb a:contains(Desk)",
            run: "click",
        },
        {
            content: "Open the first customer to call",
            trigger: line("Collection call"),
            run: "click",
        },
        {
            content: "Its phone number is there; it promises to pay",
            trigger: ".o_form_view:contains(+40 21 555 0120) button[name=action_promise]",
            run: "click",
        },
        {
            content: "All that is overdue is prefilled, and the hand is on it",
            trigger: ".modal .o_field_widget[name=amount] input:focus, .o_touch_device .modal .o_field_widget[name=amount] input",
        },
        {
            content: "Enter logs it",
            trigger: ".modal .o_field_widget[name=amount] input:value(500.00)",
            run: "click && press Enter",
        },
        {
            content: "The next customer has opened by itself",
            trigger: "body:not(:has(.modal)) .o_form_view:has(h1:contains(Customer 01)) .alert:contains(Collection call)",
        },
        {
            content: "Nobody answers",
            trigger: "button[name=action_no_answer]",
            run: "click",
        },
        {
            content: "Nobody else is to be called; the desk has the one to look at",
            trigger: line("Customer 02"),
        },
    ],
});

registry.category("web_tour.tours").add("l2c_returned_payment", {
    steps: () => [
        {
            content: "One payment came back",
            trigger: ".o_desk_counters [data-key=returned]:contains(1)",
            run: "click",
        },
        {
            content: "The invoice stands there",
            trigger: ".o_data_row:contains(Customer 08)",
        },
        {
            content: "Back to the desk",
            trigger: ".o_back_button, .o_breadcrumb a:contains(Desk)",
            run: "click",
        },
        {
            content: "Its customer is on top",
            trigger: ".o_data_row:first:contains(Customer 08):contains(came back) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "It says it has paid",
            trigger: "button[name=action_says_paid]",
            run: "click",
        },
        {
            content: "Note it",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Paid again yesterday",
        },
        {
            content: "Log it",
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {
            content: "Nobody else is to be called: back at the desk, which says so",
            trigger: "body:not(:has(.modal)) .o_desk_counters:not(:has([data-key=returned]))",
        },
    ],
});

registry.category("web_tour.tours").add("l2c_take_back", {
    steps: () => [
        {
            content: "The invoice is paid: the bank gives the payment back",
            trigger: ".o_form_view:contains(Customer with a cheque) button[name=action_payment_returned]",
            run: "click",
        },
        {
            content: "It says what will happen",
            trigger: ".modal:contains(owed again)",
        },
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit No funds",
        },
        {
            content: "Take it back",
            trigger: ".modal button[name=action_return]",
            run: "click",
        },
        {
            content: "The invoice is owed again, what was promised did not come",
            trigger:
                "body:not(:has(.modal)) [name=collection_badges]:contains(Broken promise):contains(Payment returned on)",
        },
        {
            content: "It can be paid once more",
            trigger: ".o_statusbar_buttons button[name=action_register_payment]",
        },
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
            content: "Open the desk",
            trigger: "[data-menu-xmlid='lead_to_cash.menu_desk']",
            run: "click",
        },
        {
            content: "A payment came back, a promise is broken",
            trigger: ".o_desk_counters:has([data-key=returned]:contains(1)):has([data-key=broken]:contains(1))",
        },
        {
            content: "Its customer is on top, because of the payment",
            trigger: ".o_data_row:first:contains(Customer with a cheque):contains(came back):contains(Returned payment)",
        },
    ],
});
