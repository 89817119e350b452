import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Milliseconds for which the way back is on the screen. */
const SHOWN = 15000;

/** Tells what one click has logged, with a button that takes it back, and goes on with `next`. Taken back
 *  from the call list, the line is `back`; elsewhere what is open is read again. */
export function logged(env, { params }) {
    const { notification, orm, action } = env.services;
    const undo = async () => {
        close();
        await orm.call("contact.attempt", "action_undo", [params.attempt_ids]);
        await (params.back
            ? action.doAction(params.back, { stackPosition: "replaceCurrentAction" })
            : action.doAction("soft_reload"));
    };
    const close = notification.add(params.message, {
        type: params.type || "success",
        autocloseDelay: SHOWN,
        buttons: params.attempt_ids.length ? [{ name: _t("Undo"), onClick: undo, primary: true }] : [],
    });
    return params.next;
}

registry.category("actions").add("l2c_logged", logged);
