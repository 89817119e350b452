import { registry } from "@web/core/registry";

const card = (name) => `.o_kanban_record:contains(${name})`;
const column = (name) => `.o_kanban_group:has(.o_column_title:contains(${name}))`;

registry.category("web_tour.tours").add("l2c_drag", {
    steps: () => [
        ...["New", "No answer", "First contact", "In progress"].map((name) => ({
            content: `There is the column ${name}`,
            trigger: column(name),
        })),
        {
            content: "There are seven: Closed, Customer and Inactive customer too",
            trigger: ".o_kanban_renderer:has(.o_kanban_group:eq(6))",
        },
        {
            content: "Unfold Closed",
            trigger: ".o_kanban_group.o_column_folded:contains(Closed)",
            run: "click",
        },
        {
            content: "Drop the first card on it",
            trigger: card("Card to close"),
            run: `drag_and_drop(${column("Closed")})`,
        },
        {
            content: "A reason is asked for",
            trigger: ".modal .o_field_widget[name=reason_id] input",
            run: "edit Not interested",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(Not interested)",
            run: "click",
        },
        {
            content: "Close",
            trigger: ".modal button[name=action_close]",
            run: "click",
        },
        {
            content: "It stands under Closed",
            trigger: `${column("Closed")} ${card("Card to close")}`,
        },
        {
            content: "Drop the second on it",
            trigger: card("Card to keep"),
            run: `drag_and_drop(${column("Closed")})`,
        },
        {
            content: "Think better of it",
            trigger: ".modal button[special=cancel], .modal .o_form_button_cancel",
            run: "click",
        },
        {
            content: "It is where it was",
            trigger: `body:not(:has(.modal)) ${column("New")} ${card("Card to keep")}`,
        },
        {
            content: "Win the third",
            trigger: card("Card to win"),
            run: `drag_and_drop(${column("Customer")}:not(.o_column_folded))`,
        },
        {
            content: "It is won",
            trigger: `${column("Customer")} ${card("Card to win")}:not(:has(button[name=action_reached]))`,
        },
    ],
});

registry.category("web_tour.tours").add("l2c_card_buttons", {
    steps: () => [
        {
            content: "The number is one tap to call",
            trigger: `${card("Card to call")} a[href^='tel:']`,
        },
        {
            content: "Nobody answers",
            trigger: `${card("Card to call")} button[name=action_no_answer]`,
            run: "click",
        },
        {
            content: "It stands under No answer",
            trigger: `${column("No answer")} ${card("Card to call")}`,
        },
    ],
});

registry.category("web_tour.tours").add("l2c_hand_over", {
    steps: () => [
        {
            content: "Hand the lead over",
            trigger: "button[name=action_hand_over_dialog]",
            run: "click",
        },
        {
            content: "To a salesperson",
            trigger: ".modal .o_field_widget[name=user_id] input",
            run: "edit tour_salesperson",
        },
        {
            content: "Choose",
            trigger: ".o-autocomplete--dropdown-item:contains(tour_salesperson)",
            run: "click",
        },
        {
            content: "Hand over",
            trigger: ".modal button[name=action_hand_over]",
            run: "click",
        },
        {
            content: "It is gone: back to the pipeline",
            trigger: ".o_opportunity_kanban",
        },
    ],
});

registry.category("web_tour.tours").add("l2c_return", {
    steps: () => [
        {
            content: "Return it",
            trigger: ".alert button[name=action_return_dialog]",
            run: "click",
        },
        {
            content: "With a reason",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit A student",
        },
        {
            content: "Return",
            trigger: ".modal button[name=action_return]",
            run: "click",
        },
        {
            content: "It is gone: back to the pipeline",
            trigger: ".o_opportunity_kanban",
        },
    ],
});
