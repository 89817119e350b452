import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Tells a salesperson that a customer is looking at a quotation, while they do. */
export const quotationViewedService = {
    dependencies: ["action", "bus_service", "notification", "orm"],

    start(env, { action, bus_service: bus, notification, orm }) {
        const open = (id) =>
            action.doAction({
                type: "ir.actions.act_window",
                res_model: "sale.order",
                res_id: id,
                views: [[false, "form"]],
            });
        const tell = ({ id, message, phone }) => {
            const buttons = [{ name: _t("Open"), onClick: () => open(id) }];
            if (phone) {
                const call = () => {
                    open(id);
                    browser.location.href = `tel:${phone}`;
                };
                buttons.unshift({ name: _t("Call"), primary: true, onClick: call });
            }
            notification.add(message, { type: "info", sticky: true, buttons });
        };
        bus.subscribe("lead_to_cash.quotation_viewed", async ({ ids }) => {
            // Only ids come over the bus: what the reader may see is asked for.
            for (const viewed of await orm.silent.call("sale.order", "get_viewed", [ids])) {
                tell(viewed);
            }
        });
    },
};

registry.category("services").add("lead_to_cash.quotation_viewed", quotationViewedService);
