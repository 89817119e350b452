import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

class Line extends models.Model {
    _name = "call.list.line";
    name = fields.Char();
    _records = [
        { id: 1, name: "First" },
        { id: 2, name: "Second" },
        { id: 3, name: "Third" },
    ];
    _views = {
        list: `<list><field name="name"/></list>`,
        form: `<form><header><button name="next" type="object" string="Next"/></header><field name="name"/></form>`,
    };
}

defineMailModels();
defineModels([Line]);

const ACTION = { type: "ir.actions.act_window", res_model: "call.list.line" };
const form = (id) => ({ ...ACTION, name: "Call", res_id: id, views: [[false, "form"]] });

test("the next line takes the place of the open one, and the way back leads to the list", async () => {
    onRpc("has_group", () => true);
    onRpc("call.list.line", "next", ({ args }) => ({
        type: "ir.actions.client",
        tag: "l2c_call_list_next",
        params: { action: form(args[0][0] + 1) },
    }));
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ ...ACTION, name: "Calls", views: [[false, "list"]] });
    await getService("action").doAction(form(1));
    for (const name of ["Second", "Third"]) {
        await contains("button[name=next]").click();
        expect(".o_field_widget[name=name] input").toHaveValue(name);
        expect(queryAllTexts(".breadcrumb-item")).toEqual(["Calls"]);
    }
    await contains(".breadcrumb-item a").click();
    expect(".o_list_view .o_data_row").toHaveCount(3);
});
