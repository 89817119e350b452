import { waitForChannels, waitNotifications } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { Deferred, expect, test } from "@odoo/hoot";
import { queryAllTexts, waitFor } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import {
    MockServer,
    asyncStep,
    defineModels,
    fields,
    getMockEnv,
    getService,
    models,
    mountView,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import { NEW_ENQUIRY, TAKEN_ENQUIRY } from "@lead_to_cash/sales/new_enquiries";
import { clock } from "@lead_to_cash/sales/countdown_field";

class Line extends models.Model {
    _name = "call.list.line";
    name = fields.Char();
    goal = fields.Datetime();
    _records = [
        { id: 1, name: "Left", goal: "2026-03-10 11:05:00" },
        { id: 2, name: "Over", goal: "2026-03-10 10:58:30" },
        { id: 3, name: "None", goal: false },
    ];
    _views = {
        list: `<list js_class="l2c_call_list"><field name="name"/><field name="goal" widget="l2c_countdown"/></list>`,
    };
}

defineMailModels();
defineModels([Line]);

const texts = () => queryAllTexts(".o_l2c_countdown");

test("the time that is left, and for how long it is over", async () => {
    mockDate("2026-03-10 11:00:00", 0);
    await mountView({ resModel: "call.list.line", type: "list" });
    expect(texts()).toEqual(["5:00", "+1:30"]);
    expect(".o_l2c_countdown.text-danger").toHaveCount(1);
    await advanceTime(2000);
    await animationFrame();
    expect(texts()).toEqual(["4:58", "+1:32"]);
});

test("hours stand before the minutes", () => {
    expect([0, 59, 60, 3599, 3600, 86399].map(clock)).toEqual(["0:00", "0:59", "1:00", "59:59", "1:00:00", "23:59:59"]);
});

/** The screen of a salesperson who hears of enquiries; ``answers`` is what the server says of them. */
async function listen(answers) {
    onRpc("call.list.line", "get_new_enquiries", ({ args }) => {
        asyncStep(`asked of ${args[0]}`);
        return answers.shift();
    });
    onRpc("call.list.line", "web_search_read", () => {
        asyncStep("read");
    });
    await mountView({ resModel: "call.list.line", type: "list" });
    await waitForSteps(["read"]);
    getService("bus_service").addChannel("salesperson");
    await waitForChannels(["salesperson"]);
    return async (...ids) => {
        MockServer.env["bus.bus"]._sendone("salesperson", NEW_ENQUIRY, { ids });
        await waitNotifications([NEW_ENQUIRY, { ids }]);
        await advanceTime(1);
    };
}

test("one message a minute, of all that came; the open list is read again", async () => {
    const say = await listen([
        { on_call: false, message: "New enquiry: Noa" },
        { on_call: false, message: "New enquiries: 2" },
    ]);
    await say(1);
    await waitForSteps(["read", "asked of 1"]);
    await waitFor(".o_notification:contains(New enquiry: Noa)");
    await say(2);
    await waitForSteps(["read"]);
    await say(3);
    await waitForSteps(["read"]);
    await advanceTime(60000);
    await waitForSteps(["asked of 2,3"]);
    await waitFor(".o_notification:contains(New enquiries: 2)");
});

test("nothing is said during a call, and afterwards what still waits", async () => {
    const say = await listen([
        { on_call: true, message: "New enquiry: Noa" },
        { on_call: false, message: "New enquiry: Noa" },
    ]);
    await say(1);
    await waitForSteps(["read", "asked of 1"]);
    await animationFrame();
    expect(".o_notification").toHaveCount(0);
    await advanceTime(60000);
    await waitForSteps(["asked of 1"]);
    await waitFor(".o_notification:contains(New enquiry: Noa)");
});

test("what was called meanwhile isn't told", async () => {
    const say = await listen([{ on_call: false, message: "" }]);
    await say(1);
    await waitForSteps(["read", "asked of 1"]);
    await animationFrame();
    expect(".o_notification").toHaveCount(0);
});

test("the open list is read again when a colleague takes an enquiry; nothing is told", async () => {
    await listen([]);
    MockServer.env["bus.bus"]._sendone("salesperson", TAKEN_ENQUIRY, { ids: [1] });
    await waitNotifications([TAKEN_ENQUIRY, { ids: [1] }]);
    await waitForSteps(["read"]);
    expect(".o_notification").toHaveCount(0);
});

test("one that comes while the list is read for the first time", async () => {
    const first = new Deferred();
    onRpc("call.list.line", "get_new_enquiries", () => ({}));
    onRpc("call.list.line", "web_search_read", () => first);
    await mountView({ resModel: "call.list.line", type: "list" });
    getMockEnv().bus.trigger(NEW_ENQUIRY);
    await animationFrame();
    first.resolve();
    await waitFor(".o_data_row");
    expect(".o_data_row").toHaveCount(3);
});
