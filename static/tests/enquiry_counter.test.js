import { waitForChannels, waitNotifications } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import {
    MockServer,
    asyncStep,
    getService,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { EnquiryCounter } from "@lead_to_cash/sales/enquiry_counter";
import { ENQUIRIES_CHANGED } from "@lead_to_cash/sales/new_enquiries";

defineMailModels();

const shown = () => queryAllTexts(".o_l2c_enquiries .badge");

/** The menu of a salesperson; ``answers`` is what the server counts. */
async function menu(answers) {
    onRpc("call.list.line", "get_enquiry_count", () => {
        asyncStep("asked");
        return { unassigned: false, seconds: null, ...answers.shift() };
    });
    mockService("action", {
        doAction(action, { additionalContext }) {
            asyncStep(`${action} ${JSON.stringify(additionalContext)}`);
        },
    });
    await mountWithCleanup(EnquiryCounter);
    await advanceTime(1);
    await animationFrame();
}

async function say() {
    getService("bus_service").addChannel("salesperson");
    await waitForChannels(["salesperson"]);
    MockServer.env["bus.bus"]._sendone("salesperson", ENQUIRIES_CHANGED, {});
    await waitNotifications([ENQUIRIES_CHANGED, {}]);
}

test("so many wait; nothing is shown of none", async () => {
    await menu([{ count: 0 }, { count: 2, seconds: 500 }]);
    await waitForSteps(["asked"]);
    expect(".o_l2c_enquiries").toHaveCount(0);
    await say();
    await advanceTime(300);
    await animationFrame();
    await waitForSteps(["asked"]);
    expect(shown()).toEqual(["2"]);
});

test("it is asked again when a goal is over", async () => {
    await menu([{ count: 1, seconds: 60 }, { count: 0 }]);
    await waitForSteps(["asked"]);
    await advanceTime(60000);
    await waitForSteps([]);
    await advanceTime(1000);
    await animationFrame();
    await waitForSteps(["asked"]);
    expect(shown()).toEqual([]);
});

test("a click opens the call list, with what nobody has yet", async () => {
    await menu([{ count: 1, seconds: 60, unassigned: true }]);
    await waitForSteps(["asked"]);
    await click(".o_l2c_enquiries button");
    await waitForSteps([`lead_to_cash.call_list_line_action {"search_default_unassigned":1}`]);
});

test("only in the menu of who sells", () => {
    const { isDisplayed } = registry.category("systray").get("lead_to_cash.EnquiryCounter");
    expect(isDisplayed()).toBe(false);
    patchWithCleanup(session, { l2c_sells: true });
    expect(isDisplayed()).toBe(true);
});
