import { registry } from "@web/core/registry";

// On a desk the lines are rows, on a phone cards; the buttons are the same.
const button = (lead, name) =>
    [".o_data_row", ".o_kanban_record"].map((line) => `${line}:contains(${lead}) button[name=${name}]`).join(", ");

// At a desk the other outcomes are behind a button.
const another = (lead, name) => [
    {
        content: "What else can come of it",
        trigger: `.o_data_row:contains(${lead}) .o_more_outcomes, .o_kanban_record:contains(${lead}) button[name=${name}]`,
        run: (helpers) => helpers.anchor.matches(".o_more_outcomes") && helpers.click(),
    },
    {
        content: "Nobody answers",
        trigger: `.o-dropdown-item[name=${name}], .o_kanban_record:contains(${lead}) button[name=${name}]`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("l2c_morning", {
    steps: () => [
        ...another("Missed lead", "action_no_answer"),
        {
            content: "It is no longer to be called now",
            trigger: ".o_renderer:not(:contains(Missed lead))",
        },
        {
            content: "A slip: take it back",
            trigger: ".o_notification:contains(No answer: Missed lead) button:contains(Undo)",
            run: "click",
        },
        {
            content: "It is to be called again",
            trigger: ".o_renderer:contains(Missed lead)",
        },
        ...another("Missed lead", "action_no_answer"),
        {
            content: "It is no longer to be called now",
            trigger: ".o_renderer:not(:contains(Missed lead))",
        },
        {
            content: "The second answers",
            trigger: button("Reached lead", "action_reached"),
            run: "click",
        },
        {
            content: "Note what is needed",
            trigger: ".modal .o_field_widget[name=need] input",
            run: "edit Tills for three shops",
        },
        {
            content: "A meeting comes next",
            trigger: ".modal button[name=action_meeting]",
            run: "click",
        },
        {
            content: "Nobody is left",
            trigger: ".o_view_nocontent",
        },
    ],
});

const closing = (reason) => [
    {
        content: "Close the lead",
        trigger: ".o_handling_status button:contains(Closed)",
        run: "click",
    },
    ...reason,
    {
        content: "Close",
        trigger: ".modal button[name=action_close]",
        run: "click",
    },
    {
        content: "Closed",
        trigger: ".o_handling_status [aria-checked=true]:contains(Closed)",
    },
];

registry.category("web_tour.tours").add("l2c_close", {
    steps: () =>
        closing([
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
        ]),
});

registry.category("web_tour.tours").add("l2c_close_phone", {
    steps: () =>
        closing([
            {
                content: "A reason is asked for",
                trigger: ".modal .o_field_widget[name=reason_id] input",
                run: "click",
            },
            {
                content: "Choose it on a page of its own",
                trigger: ".modal .o_kanban_record:contains(Not interested)",
                run: "click",
            },
            {
                content: "Back in the dialog",
                trigger: ".modal .o_field_widget[name=reason_id] input:value(Not interested)",
            },
        ]),
});
