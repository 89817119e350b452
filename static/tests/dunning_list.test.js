import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { animationFrame, queryAllTexts, waitFor } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    getService,
    MockServer,
    mockService,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { useServiceProtectMethodHandling } from "@web/core/utils/hooks";
import { WebClient } from "@web/webclient/webclient";

class Notice extends models.Model {
    _name = "dunning.notice";
    name = fields.Char();
    _records = [
        { id: 1, name: "First" },
        { id: 2, name: "Second" },
    ];
}

defineMailModels();
defineModels([Notice]);
onRpc("has_group", () => true);

const WARNING = {
    kind: "warning",
    text: "No <b>mail</b> server",
    action: "action_set_up",
    label: "Set Up",
};
const INFO = { kind: "info", text: "Two wait", action: false, label: false };

/** The alerts are what the server says at the time; it counts how often it is asked. */
function serve(banners) {
    const server = { banners, count: 0 };
    onRpc("dunning.notice", "get_dunning_banners", ({ args, kwargs }) => {
        server.count++;
        server.asked = [args, kwargs.context.company];
        return server.banners;
    });
    return server;
}

const LIST = `<list js_class="dunning_list"><field name="name"/></list>`;

async function list() {
    await mountView({
        resModel: "dunning.notice",
        type: "list",
        arch: LIST,
        context: { company: 7 },
    });
    await animationFrame();
}

test("shows the alerts of the server above the list", async () => {
    const server = serve([WARNING, INFO]);
    await list();
    expect(server).toMatchObject({ count: 1, asked: [[], 7] });
    expect(".o_content .o_dunning_banner + .o_dunning_banner + .o_list_renderer").toHaveCount(1);
    expect(".o_dunning_banner:eq(0)").toHaveClass(["alert", "alert-warning"]);
    expect(".o_dunning_banner:eq(1)").toHaveClass(["alert", "alert-info"]);
    expect(queryAllTexts(".o_dunning_banner button")).toEqual(["Set Up"]);
    expect(".o_data_row").toHaveCount(2);
});

test("shows markup in an alert literally", async () => {
    serve([WARNING]);
    await list();
    expect(".o_dunning_banner span").toHaveText("No <b>mail</b> server");
    expect(".o_dunning_banner b").toHaveCount(0);
});

test("shows no alert when there is none", async () => {
    serve([]);
    await list();
    expect(".o_data_row").toHaveCount(2);
    expect(".alert").toHaveCount(0);
});

test("the button calls its method, then alerts and list are read anew", async () => {
    const server = serve([WARNING, INFO]);
    onRpc("dunning.notice", "action_set_up", ({ args, kwargs }) => {
        expect.step(["action_set_up", args, kwargs.context.company]);
        MockServer.env["dunning.notice"].create({ name: "Third" });
        server.banners = [INFO];
        return false;
    });
    mockService("action", {
        doAction() {
            expect.step("action done");
        },
    });
    await list();
    await contains(".o_dunning_banner button").click();
    await animationFrame();
    expect.verifySteps([["action_set_up", [], 7]]);
    expect(server.count).toBe(2);
    expect(queryAllTexts(".o_dunning_banner")).toEqual(["Two wait"]);
    expect(".o_data_row").toHaveCount(3);
});

test("does the action that the method returns, and reads anew when its dialog closes", async () => {
    const server = serve([WARNING]);
    const wizard = {
        type: "ir.actions.act_window",
        res_model: "wizard",
        target: "new",
        views: [[false, "form"]],
    };
    onRpc("dunning.notice", "action_set_up", () => wizard);
    let closeDialog;
    mockService("action", {
        doAction(action, { onClose }) {
            expect.step(action);
            closeDialog = onClose;
        },
    });
    await list();
    await contains(".o_dunning_banner button").click();
    await animationFrame();
    expect.verifySteps([wizard]);
    expect(server.count).toBe(2);
    MockServer.env["dunning.notice"].unlink([2]);
    await closeDialog();
    await animationFrame();
    expect(server.count).toBe(3);
    expect(".o_data_row").toHaveCount(1);
});

test("asks for nothing more when the action has left the list", async () => {
    patchWithCleanup(useServiceProtectMethodHandling, {
        fn: useServiceProtectMethodHandling.original, // raises, as in production
    });
    const server = serve([WARNING]);
    const action = { type: "ir.actions.act_window", res_model: "dunning.notice" };
    onRpc("dunning.notice", "action_set_up", () => ({ ...action, views: [[false, "form"]] }));
    Notice._views = { list: LIST, form: `<form><field name="name"/></form>` };
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ ...action, views: [[false, "list"]] });
    await contains(".o_dunning_banner button").click();
    await waitFor(".o_form_view");
    expect(".o_dunning_banner").toHaveCount(0);
    expect(server.count).toBe(1);
});
