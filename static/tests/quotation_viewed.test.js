import { expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { quotationViewedService } from "@lead_to_cash/sales/quotation_viewed";

test("who looks at a quotation is told, with ways to call and to open it", async () => {
    allowTranslations();
    const told = [];
    const done = [];
    const listeners = {};
    const services = {
        action: { doAction: (action) => done.push(action.res_id) },
        bus_service: { subscribe: (type, listener) => (listeners[type] = listener) },
        notification: { add: (message, options) => told.push({ message, ...options }) },
        orm: {
            silent: {
                call: async (model, method, [ids]) =>
                    ids.map((id) => ({ id, message: `Somebody looks at ${id}`, phone: id === 7 && "+40215550120" })),
            },
        },
    };
    quotationViewedService.start({}, services);
    await listeners["lead_to_cash.quotation_viewed"]({ ids: [7, 8] });
    expect(told.map((one) => one.message)).toEqual(["Somebody looks at 7", "Somebody looks at 8"]);
    expect(told.map((one) => one.buttons.map((button) => String(button.name)))).toEqual([["Call", "Open"], ["Open"]]);
    told[1].buttons[0].onClick();
    expect(done).toEqual([8]);
});
