import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** What the server says, and what open lists hear. */
export const NEW_ENQUIRY = "lead_to_cash.new_enquiry";
export const TAKEN_ENQUIRY = "lead_to_cash.taken_enquiry";
export const ENQUIRIES_CHANGED = "lead_to_cash.enquiries_changed";
const MINUTE = 60 * 1000;

/**
 * Shows a salesperson the enquiries that have just come: at most one message a minute, of all of them;
 * none while they are calling somebody, then it waits.
 */
export const newEnquiries = {
    dependencies: ["action", "bus_service", "mail.sound_effects", "multi_tab", "notification", "orm"],

    start(env, { action, bus_service: bus, "mail.sound_effects": sounds, multi_tab: tabs, notification, orm }) {
        const waiting = new Set();
        let timer = null;
        let lastTold = -Infinity;

        const tellLater = (wait) => {
            timer ??= browser.setTimeout(tell, wait);
        };

        async function tell() {
            timer = null;
            const ids = [...waiting];
            const news = await orm.silent.call("call.list.line", "get_new_enquiries", [ids]);
            if (news.on_call) {
                tellLater(MINUTE);
                return;
            }
            ids.forEach((id) => waiting.delete(id));
            if (!news.message) {
                return;
            }
            lastTold = Date.now();
            const close = notification.add(news.message, {
                type: "warning",
                buttons: [
                    {
                        name: _t("Call List"),
                        primary: true,
                        onClick: () => {
                            close();
                            // What nobody has yet isn't among “mine”.
                            const additionalContext = news.unassigned ? { search_default_unassigned: 1 } : {};
                            action.doAction("lead_to_cash.call_list_line_action", { additionalContext });
                        },
                    },
                ],
            });
            if (await tabs.isOnMainTab()) {
                sounds.play("new-message"); // as far as the browser lets it
            }
        }

        bus.subscribe(NEW_ENQUIRY, ({ ids }) => {
            ids.forEach((id) => waiting.add(id));
            env.bus.trigger(NEW_ENQUIRY);
            tellLater(Math.max(0, lastTold + MINUTE - Date.now()));
        });
        for (const news of [TAKEN_ENQUIRY, ENQUIRIES_CHANGED]) {
            bus.subscribe(news, () => env.bus.trigger(news));
        }
        bus.start();
    },
};

registry.category("services").add("lead_to_cash.new_enquiries", newEnquiries);
