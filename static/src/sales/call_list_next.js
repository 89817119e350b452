import { registry } from "@web/core/registry";

/** Opens the next line of the call list in the place of the one that is open: the way back
 *  leads to the list, not through all the lines. */
export function callListNext(env, { params }) {
    return env.services.action.doAction(params.action, {
        stackPosition: "replaceCurrentAction",
    });
}

registry.category("actions").add("l2c_call_list_next", callListNext);
