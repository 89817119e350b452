import { registry } from "@web/core/registry";

// On a desk the lines are rows, on a phone cards; names are those of the data, so that every language does.
const row = (name) => `.o_data_row:contains(${name})`;
const card = (name) => `.o_kanban_record:contains(${name})`;
const list = ".o_renderer";
const undo = (name) => `.o_notification:contains(${name}) .o_notification_buttons button`;

/** An outcome's button: on a phone each is on the card, at a desk all but the first are behind ⋯. */
function outcome(name, method, isPhone) {
    if (isPhone) {
        return [
            {
                content: `${name}: ${method}`,
                trigger: `${card(name)} button[name=${method}]`,
                run: "click",
            },
        ];
    }
    return [
        {
            content: `What else can come of ${name}`,
            trigger: `${row(name)} .o_more_outcomes`,
            run: "click",
        },
        {
            content: `${name}: ${method}`,
            trigger: `.o-dropdown-item[name=${method}]`,
            run: "click",
        },
    ];
}

const gone = (name) => ({
    content: `${name} is done with`,
    trigger: `body:not(:has(.modal)) .o_renderer:not(:contains(${name}))`,
});

const log = {
    content: "Log it",
    trigger: ".modal button[name=action_log]",
    run: "click",
};

const nextPage = {
    content: "The next page",
    trigger: ".o_pager_next",
    run: "click",
};

/** Steps that wait for a server that is busy with other tests, too. */
const patient = (steps) => steps.map((step) => ({ timeout: 60000, ...step }));

/** At a desk there are two pages of lines. */
function monday(isPhone) {
    const line = isPhone ? card : row;
    const result = (name, method) => outcome(name, method, isPhone);
    return [
        {
            content: "Who has just written stands first",
            trigger: isPhone
                ? `.o_kanban_record:first:contains(Enquiry 20):has(.o_l2c_countdown)`
                : `.o_data_row:first:contains(Enquiry 20):has(.o_l2c_countdown)`,
        },
        {
            content: "They answer",
            trigger: `${line("Enquiry 20")} button[name=action_reached]`,
            run: "click",
        },
        {
            content: "Note what is needed",
            trigger: ".modal .o_field_widget[name=need] input",
            run: "edit Tills for three shops",
        },
        {
            content: "A demonstration comes next",
            trigger: ".modal button[name=action_demo]",
            run: "click",
        },
        gone("Enquiry 20"),
        {
            content: "Open the next",
            trigger: isPhone ? `${card("Enquiry 19")} .fw-bold` : `${row("Enquiry 19")} [name=partner_name]`,
            run: "click",
        },
        {
            content: "Nobody answers: a note of it",
            trigger: ".o_form_view:contains(Enquiry 19) .o_call_note",
            run: "edit Nobody there before noon",
        },
        ...(isPhone
            ? []
            : [
                  {
                      content: "What else can come of it",
                      trigger: ".o_form_view .o_more_outcomes",
                      run: "click",
                  },
              ]),
        {
            content: "Nobody answers",
            trigger: ".o-dropdown-item[name=action_no_answer], .o_form_view button[name=action_no_answer]",
            run: "click",
        },
        {
            content: "The next one has opened by itself",
            trigger: ".o_form_view h1:contains(Enquiry 18)",
        },
        {
            content: "Back to the list",
            trigger: ".o_back_button, .o_breadcrumb .o_back_button a, .breadcrumb-item a",
            run: "click",
        },
        { trigger: list },
        ...result("First 20", "action_no_answer"),
        gone("First 20"),
        {
            content: "A slip: take it back",
            trigger: undo("First 20"),
            run: "click",
        },
        {
            content: "It is to be called again",
            trigger: line("First 20"),
        },
        ...result("First 20", "action_no_answer"),
        gone("First 20"),
        ...result("Follow-up 20", "action_call_back"),
        {
            content: "They want to be called in three hours",
            trigger: ".modal .o_field_widget[name=callback_at] .o_input",
            run: "click",
        },
        {
            content: "Say so",
            trigger: ".modal .o_field_widget[name=callback_at] input",
            run: "edit +3H",
        },
        log,
        gone("Follow-up 20"),
        ...result("Buyer 20", "action_not_interested"),
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Has bought elsewhere",
        },
        log,
        gone("Buyer 20"),
        ...result("Buyer 19", "action_no_answer"),
        gone("Buyer 19"),
        ...(isPhone ? [] : [nextPage]),
        ...result("Silent 20", "action_wrong_number"),
        gone("Silent 20"),
        {
            content: "Who was closed is asked again",
            trigger: `${line("Closed 20")} button[name=action_reached]`,
            run: "click",
        },
        {
            content: "They want a quotation: it is open again",
            trigger: ".modal button[name=action_call]",
            run: "click",
        },
        gone("Closed 20"),
        ...result("Earlier 20", "action_left_message"),
        gone("Earlier 20"),
    ];
}

registry.category("web_tour.tours").add("l2c_sales_monday", { steps: () => patient(monday(false)) });
registry.category("web_tour.tours").add("l2c_sales_monday_phone", { steps: () => patient(monday(true)) });

registry.category("web_tour.tours").add("l2c_sales_again", {
    steps: () => [
        {
            content: "Whose time has come is there again",
            trigger: `${list}:contains(First 20)`,
        },
    ],
});
