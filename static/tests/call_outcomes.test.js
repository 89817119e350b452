import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Line extends models.Model {
    _name = "call.list.line";
    res_model = fields.Char();
    claimed_by_id = fields.Many2one({ relation: "res.users" });
    _records = [{ id: 1, res_model: "crm.lead" }];
}

defineMailModels();
defineModels([Line]);
onRpc("has_group", () => true);

const logged = (method) =>
    onRpc("call.list.line", method, ({ kwargs }) => {
        const { l2c_note, l2c_open_next } = kwargs.context;
        expect.step([method, l2c_note, l2c_open_next]);
        return true;
    });

test("in the form a note and the next line go with each outcome, and each has a key", async () => {
    logged("action_no_answer");
    logged("action_reached");
    await mountView({
        resModel: "call.list.line",
        type: "form",
        resId: 1,
        arch: `<form edit="0"><widget name="l2c_call_outcomes" with_note="1"/></form>`,
    });
    await contains(".o_call_note").edit("Busy");
    await press(["alt", "g"]);
    await animationFrame();
    await contains("button[name=action_reached]").click();
    expect.verifySteps([
        ["action_no_answer", "Busy", 1],
        ["action_reached", "Busy", 1],
    ]);
});

test("in the list one is a button, the others are behind it", async () => {
    logged("action_wrong_number");
    await mountView({
        resModel: "call.list.line",
        type: "list",
        arch: `<list><field name="res_model"/><widget name="l2c_call_outcomes"/></list>`,
    });
    expect(".o_call_outcomes button").toHaveCount(2);
    await contains(".o_more_outcomes").click();
    expect(queryAllTexts(".o-dropdown-item").at(-1)).toBe("Take");
    await contains(".o-dropdown-item[name=action_wrong_number]").click();
    expect.verifySteps([["action_wrong_number", undefined, undefined]]);
});
