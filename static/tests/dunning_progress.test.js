import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-dom";
import { advanceTime } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    MockServer,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Run extends models.Model {
    _name = "dunning.run";
    name = fields.Char();
    progress = fields.Float();
    is_working = fields.Boolean();
    _records = [
        { id: 1, name: "Today", progress: 20, is_working: true },
        { id: 2, name: "Yesterday", progress: 100, is_working: false },
    ];
}

defineMailModels();
defineModels([Run]);
onRpc("has_group", () => true);

const form = (resId = 1) =>
    mountView({
        resModel: "dunning.run",
        type: "form",
        resId,
        resIds: [1, 2],
        arch: `
            <form>
                <field name="name"/>
                <notebook>
                    <page string="Progress">
                        <field name="progress" widget="dunning_progress" options="{'editable': true}"/>
                    </page>
                    <page string="Other"/>
                </notebook>
            </form>`,
    });

async function pass(milliseconds) {
    await advanceTime(milliseconds);
    await animationFrame();
}

const stepReads = () =>
    onRpc("dunning.run", "web_read", () => {
        expect.step("read");
    });

test("follows the work until it is done", async () => {
    stepReads();
    await form();
    expect(".o_progressbar_value").toHaveText("20\n%");
    expect.verifySteps(["read"]);

    MockServer.env["dunning.run"].write([1], { progress: 60 });
    await pass(1900);
    expect.verifySteps([]);
    await pass(200);
    expect.verifySteps(["read"]);
    expect(".o_progressbar_value").toHaveText("60\n%");

    MockServer.env["dunning.run"].write([1], { progress: 100, is_working: false });
    await pass(2000);
    expect.verifySteps(["read"]);
    expect(".o_progressbar_value").toHaveText("100\n%");
    await pass(10000);
    expect.verifySteps([]);
});

test("can't be edited, whatever the options say", async () => {
    await form();
    expect("[name=progress] input").toHaveCount(0);
});

test("doesn't read a record on which nothing works, nor one that was left", async () => {
    stepReads();
    await form(2);
    await pass(10000);
    expect.verifySteps(["read"]);
    await contains(".o_pager_previous").click();
    expect.verifySteps(["read"]);
    await pass(2000);
    expect.verifySteps(["read"]);
    await contains(".o_pager_next").click();
    expect.verifySteps(["read"]);
    await pass(10000);
    expect.verifySteps([]);
});

test("waits for a slow answer, and for no other when it isn't shown any more", async () => {
    const { promise, resolve } = Promise.withResolvers();
    await form();
    onRpc("dunning.run", "web_read", async () => {
        expect.step("read");
        await promise;
    });
    await pass(10000);
    expect.verifySteps(["read"]);
    await contains(".o_notebook .nav-link:contains(Other)").click();
    expect("[name=progress]").toHaveCount(0);
    resolve();
    await pass(10000);
    expect.verifySteps([]);
    await contains(".o_notebook .nav-link:contains(Progress)").click();
    await pass(2000);
    expect.verifySteps(["read"]);
});

test("keeps edits that aren't saved", async () => {
    stepReads();
    await form();
    await contains("[name=name] input").edit("Today, once more");
    await pass(10000);
    expect("[name=name] input").toHaveValue("Today, once more");
    expect.verifySteps(["read"]);
});

test("tries again when the connection was lost", async () => {
    await form();
    let isLost = true;
    onRpc("dunning.run", "web_read", () => {
        expect.step(isLost ? "lost" : "read");
        return isLost ? new Response("", { status: 502 }) : undefined;
    });
    await pass(2000);
    isLost = false;
    await pass(2000);
    expect.verifySteps(["lost", "read"]);
});
