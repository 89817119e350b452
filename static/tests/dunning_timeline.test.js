import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, getFixture, test } from "@odoo/hoot";
import { queryAll, queryAllTexts, queryOne, queryRect } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { placeLevels } from "@lead_to_cash/dunning/dunning_timeline";

class Level extends models.Model {
    _name = "dunning.level";
    name = fields.Char();
    delay_days = fields.Integer();
    delay_from = fields.Selection({
        selection: ["due", "invoice", "sent", "returned"].map((from) => [from, from]),
        default: "due",
    });
    channel = fields.Selection({
        selection: [
            ["email", "E-mail"],
            ["letter", "Letter"],
            ["registered_letter", "Registered letter"],
            ["call", "Call"],
            ["manual", "Manual"],
        ],
        default: "email",
    });
    requires_approval = fields.Boolean();
    _records = [
        { id: 1, name: "Soon due", delay_days: -5, delay_from: "due", channel: "email" },
        { id: 2, name: "Reminder", delay_days: 5, delay_from: "due", channel: "call" },
        {
            id: 3,
            name: "Last",
            delay_days: 15,
            delay_from: "due",
            channel: "letter",
            requires_approval: true,
        },
        { id: 4, name: "Returned", delay_days: 1, delay_from: "returned", channel: "manual" },
        {
            id: 5,
            name: "Thanks",
            delay_days: 0,
            delay_from: "invoice",
            channel: "registered_letter",
        },
    ];
}

class Policy extends models.Model {
    _name = "dunning.policy";
    level_ids = fields.One2many({ relation: "dunning.level" });
    _records = [{ id: 1, level_ids: [1, 2, 3, 4, 5] }];
}

defineMailModels();
defineModels([Level, Policy]);
onRpc("has_group", () => true);

const form = () =>
    mountView({
        resModel: "dunning.policy",
        type: "form",
        resId: 1,
        arch: `
            <form>
                <widget name="dunning_timeline"/>
                <field name="level_ids">
                    <list editable="bottom">
                        <field name="name"/>
                        <field name="delay_days"/>
                        <field name="delay_from"/>
                        <field name="channel"/>
                        <field name="requires_approval"/>
                    </list>
                </field>
            </form>`,
    });

const line = (from) => `.o_dunning_timeline_line[data-from=${from}]`;
const names = (from) => queryAllTexts(`${line(from)} .o_dunning_timeline_name`);
const places = (from) =>
    queryAll(`${line(from)} .o_dunning_timeline_mark`).map(({ style }) => style.insetInlineStart);

test("places are in proportion when there is room", () => {
    expect(placeLevels([-5, 0, 5, 15], 16)).toEqual([0, 25, 50, 100]);
    expect(placeLevels([0, 30], 16)).toEqual([0, 100]);
    expect(placeLevels([], 16)).toEqual([]);
});

test("places are pushed apart, in order and on the line", () => {
    expect(placeLevels([0, 1, 2, 100], 10)).toEqual([0, 10, 20, 100]);
    expect(placeLevels([0, 98, 99, 100], 10)).toEqual([0, 80, 90, 100]);
    expect(placeLevels([0, 0], 10)).toEqual([0, 10]);
    expect(placeLevels([0, 1, 2, 3, 100], 40)).toEqual([0, 25, 50, 75, 100]);
    const many = placeLevels([0, 0, 0, 1, 1, 90, 90, 91], 16);
    expect(Math.min(...many)).toBe(0);
    expect(Math.max(...many)).toBe(100);
    expect(many).toEqual([...new Set(many)].sort((a, b) => a - b));
});

test("one line for each day that levels count from, with that day among the levels", async () => {
    await form();
    expect(queryAll(".o_dunning_timeline_line").map(({ dataset }) => dataset.from)).toEqual([
        "due",
        "invoice",
        "returned",
    ]);
    expect(names("due")).toEqual(["Soon due", "Due date", "Reminder", "Last"]);
    expect(places("due")).toEqual(["0%", "25%", "50%", "100%"]);
    expect(names("invoice")).toEqual(["Invoice date", "Thanks"]);
    expect(places("invoice")).toEqual(["0%", "16%"]);
    expect(names("returned")).toEqual(["Payment returned", "Returned"]);
});

test("days, channel and approval of each level", async () => {
    await form();
    const days = queryAll(`${line("due")} .o_dunning_timeline_days`).map((el) =>
        el.textContent.trim()
    );
    expect(days).toEqual(["\u200e−5 days", "", "\u200e+5 days", "\u200e+15 days"]);
    expect(`${line("returned")} .o_dunning_timeline_days:last`).toHaveText("\u200e+1 day");
    const icons = ["fa-envelope-o", "fa-calendar-o", "fa-phone", "fa-file-text-o"];
    expect(
        queryAll(`${line("due")} .o_dunning_timeline_icon i`).map((el) => el.classList[1])
    ).toEqual(icons);
    expect(`${line("invoice")} .fa-certificate`).toHaveAttribute("title", "Registered letter");
    expect(`${line("returned")} .fa-hand-paper-o`).toHaveCount(1);
    expect(".o_dunning_timeline .fa-lock").toHaveCount(1);
    expect(".o_dunning_timeline_mark:contains(Last) .fa-lock").toHaveCount(1);
});

test("says the same in words", async () => {
    await form();
    expect("[role=img].o_dunning_timeline").toHaveAttribute(
        "aria-label",
        "Due date: Soon due, \u200e−5 days, E-mail; Reminder, \u200e+5 days, Call; " +
            "Last, \u200e+15 days, Letter, Needs approval. " +
            "Invoice date: Thanks, \u200e0 days, Registered letter. " +
            "Payment returned: Returned, \u200e+1 day, Manual"
    );
});

test("follows the levels while they are edited, before they are saved", async () => {
    onRpc("web_save", () => {
        expect.step("saved");
    });
    await form();
    await contains(".o_data_row:eq(1) [name=name]").click();
    await contains(".o_selected_row [name=name] input").edit("Second", { confirm: "tab" });
    await contains(".o_selected_row [name=delay_days] input").edit("10", { confirm: "tab" });
    expect(names("due")).toEqual(["Soon due", "Due date", "Second", "Last"]);
    expect(places("due")).toEqual(["0%", "25%", "75%", "100%"]);
    await contains(".o_data_row:eq(3) .o_list_record_remove").click();
    expect(line("returned")).toHaveCount(0);
    await contains(".o_field_x2many_list_row_add a").click();
    await contains(".o_selected_row [name=name] input").edit("Court", { confirm: "tab" });
    await contains(".o_selected_row [name=delay_days] input").edit("35", { confirm: "tab" });
    expect(names("due")).toEqual(["Soon due", "Due date", "Second", "Last", "Court"]);
    expect.verifySteps([]);
});

test("without levels it says what to do", async () => {
    Policy._records[0].level_ids = [];
    await form();
    expect(".o_widget_dunning_timeline").toHaveText("Add the first level below.");
    expect(".o_dunning_timeline").toHaveCount(0);
});

test("labels of close levels don't overlap", async () => {
    Level._records[1].delay_days = -4;
    Level._records[2].delay_days = -3;
    await form();
    const rects = queryAll(`${line("due")} .o_dunning_timeline_mark`).map((el) =>
        el.getBoundingClientRect()
    );
    rects.slice(1).forEach((rect, index) => {
        expect(rect.left).toBeGreaterThan(rects[index].right - 1);
    });
});

test("runs from right to left in a right-to-left language", async () => {
    await form();
    for (const el of queryAll(".o_dunning_timeline, .o_dunning_timeline *")) {
        expect(el.getAttribute("style") || "").not.toMatch(/left|right/);
    }
    queryOne(".o_dunning_timeline").style.direction = "rtl";
    const { x: first } = queryRect(`${line("due")} .o_dunning_timeline_mark:first`);
    const { x: last } = queryRect(`${line("due")} .o_dunning_timeline_mark:last`);
    expect(first).toBeGreaterThan(last);
});

test("scrolls where there is little room", async () => {
    await form();
    getFixture().style.width = "360px";
    const { scrollWidth, clientWidth } = queryOne(".o_dunning_timeline");
    expect(scrollWidth).toBeGreaterThan(clientWidth);
});
