import { status, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { executeButtonCallback } from "@web/views/view_button/view_button_hook";

/**
 * A list with alerts above it. The model's `get_dunning_banners()` says which, whenever the
 * list is loaded: `{ kind: "warning" | "info", text, action, label }`; `action`, where there
 * is one, is the model's method that the alert's button calls.
 */
export class DunningListController extends ListController {
    static template = "lead_to_cash.DunningListView";

    setup() {
        super.setup();
        this.banners = useState({ list: [] });
    }

    get modelParams() {
        const params = super.modelParams;
        // Returns nothing: the list doesn't wait for the alerts.
        params.hooks.onRootLoaded = () => {
            this.loadBanners();
        };
        return params;
    }

    async loadBanners() {
        this.banners.list = await this.callModel("get_dunning_banners");
    }

    callModel(method) {
        const { resModel, context } = this.props;
        return this.orm.call(resModel, method, [], { context });
    }

    onClickBanner({ action: method }) {
        // The action may leave the list, or open a dialog that changes something when it closes.
        const reload = async () => {
            if (status(this) !== "destroyed") {
                await this.model.load();
            }
        };
        return executeButtonCallback(this.rootRef.el, async () => {
            const action = await this.callModel(method);
            if (action) {
                await this.actionService.doAction(action, { onClose: reload });
            }
            await reload();
        });
    }
}

export const dunningListView = {
    ...listView,
    Controller: DunningListController,
};

registry.category("views").add("dunning_list", dunningListView);
