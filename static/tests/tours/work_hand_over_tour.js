import { registry } from "@web/core/registry";

/** Types a name into a field of people, and takes it. */
const choose = (field, name) => [
    {
        content: `Who: ${name}`,
        trigger: `.modal div[name=${field}] input`,
        run: `edit ${name}`,
    },
    {
        content: `Take ${name}`,
        trigger: `.o-autocomplete--dropdown-item:contains(${name})`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("l2c_hand_over_all", {
    steps: () => [
        {
            content: "What it does is told",
            trigger: ".modal:contains(Hand Over All Work) p:contains(What is won, lost or confirmed stays)",
        },
        ...choose("from_user_id", "Leah Leaves"),
        ...choose("user_ids", "Gil Gets"),
        {
            content: "Hand it over",
            trigger: ".modal div[name=user_ids]:contains(Gil Gets)",
        },
        {
            content: "Now",
            trigger: ".modal button[name=action_hand_over]:contains(Hand over)",
            run: "click",
        },
        {
            content: "What went is told",
            trigger: ".o_notification:contains(Handed over: leads 2, quotations 0, customers 1, planned activities 1.)",
        },
        {
            content: "And the dialog is gone",
            trigger: "body:not(:has(.modal))",
        },
    ],
});
