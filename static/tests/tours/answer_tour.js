import { registry } from "@web/core/registry";

/** The steps of one answer: open it, fill it in, send it, see what happens now. */
function answer(kind, fill = []) {
    const form = `details[name=${kind}]`;
    return [
        { content: `Open ${kind}`, trigger: `${form} summary`, run: "click" },
        ...fill.map(([field, run]) => ({
            content: `Fill in ${field}`,
            trigger: `${form} [name=${field}]`,
            run,
        })),
        {
            content: `Send ${kind}`,
            trigger: `${form} button[type=submit]`,
            run: "click",
            expectUnloadPage: true,
        },
        { content: "It says what happens now", trigger: "[name=thanks]" },
    ];
}

/** The last day that the field allows: the page says which. */
function lastDay() {
    this.anchor.value = this.anchor.max;
}

registry.category("web_tour.tours").add("l2c_answer_page", {
    steps: () => [
        {
            content: "See how all can be paid",
            trigger: "a:contains(Pay now)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Go back",
            trigger: "a:contains(Back)",
            run: "click",
            expectUnloadPage: true,
        },
        ...answer("paid", [["note", "edit Paid by bank transfer"]]),
        ...answer("promise", [["day", lastDay]]),
        ...answer("dispute", [
            ["items", "click"],
            ["reason", "selectByIndex 2"],
        ]),
        ...answer("plan", [
            ["number", "edit 3"],
            ["day", lastDay],
        ]),
        ...answer("wrong_person"),
        { content: "Nothing is shown any more", trigger: "body:not(:has([name=items]))" },
    ],
});
