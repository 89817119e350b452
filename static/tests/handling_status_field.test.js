import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Status extends models.Model {
    _name = "handling.status";
    name = fields.Char();
    color = fields.Integer();
    role = fields.Char();
    guidance = fields.Text();
    _records = [
        { id: 1, name: "New", color: 4, role: "new", guidance: "Say who you are." },
        { id: 2, name: "First contact", color: 5, role: "contacted" },
        { id: 3, name: "Customer", color: 10, role: "won" },
        { id: 4, name: "Closed", color: 1, role: "lost" },
    ];
}

class Lead extends models.Model {
    _name = "lead";
    handling_status_id = fields.Many2one({ relation: "handling.status" });
    handling_offer_ids = fields.Many2many({ relation: "handling.status" });
    _records = [{ id: 1, handling_status_id: 1, handling_offer_ids: [1, 2] }];
}

defineMailModels();
defineModels([Status, Lead]);
onRpc("has_group", () => true);

const form = (attributes = "") => ({
    resModel: "lead",
    type: "form",
    resId: 1,
    arch: `<form><field name="handling_status_id" widget="handling_status" ${attributes}/></form>`,
});

test("offers the statuses that fit and marks the current one with its colour", async () => {
    await mountView(form());
    expect(".o_handling_status button").toHaveCount(2);
    expect(".o_handling_status [aria-checked=true]").toHaveText("New");
    expect(".o_handling_status [aria-checked=true]").toHaveClass("o_badge_color_4");
    expect(".o_handling_status button:contains(Customer)").toHaveCount(0);
});

test("a status says what it means, where something is written of it", async () => {
    await mountView(form());
    expect(".o_handling_status button:contains(New)").toHaveAttribute("title", "Say who you are.");
    expect(".o_handling_status button:contains(First contact)").not.toHaveAttribute("title");
});

test("one click chooses a status and saves it, and another on the same one changes nothing", async () => {
    onRpc("web_save", ({ args }) => {
        expect.step(args[1].handling_status_id);
    });
    await mountView(form());
    await contains(".o_handling_status button:contains(First contact)").click();
    await contains(".o_handling_status button:contains(First contact)").click();
    expect(".o_handling_status [aria-checked=true]").toHaveText("First contact");
    expect.verifySteps([2]);
});

test("readonly shows the statuses without a way to change them", async () => {
    await mountView(form('readonly="1"'));
    expect(".o_handling_status button:enabled").toHaveCount(0);
    expect(".o_handling_status [aria-checked=true]").toHaveText("New");
});

test("keeps showing a current status that isn't offered any more", async () => {
    Lead._records[0].handling_offer_ids = [2];
    await mountView(form());
    expect(".o_handling_status button").toHaveCount(2);
    expect(".o_handling_status [aria-checked=true]").toHaveText("New");
});

test("closing asks for the reason instead of changing the status", async () => {
    Lead._records[0].handling_offer_ids = [1, 2, 4];
    mockService("action", {
        doActionButton: (params) => expect.step(`${params.name} ${params.resModel} ${params.resId}`),
    });
    await mountView(form());
    await contains(".o_handling_status button:contains(Closed)").click();
    expect.verifySteps(["action_close_dialog lead 1"]);
    expect(".o_handling_status [aria-checked=true]").toHaveText("New");
});
