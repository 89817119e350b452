import { markup, status, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { FilledColumnsRenderer } from "@lead_to_cash/handling/filled_columns";

/**
 * The collector's desk: counters above the customers, each of which opens what it counts. The
 * model's `get_desk()` gives them, whenever the customers are loaded.
 */
const withCounters = (Controller, template) =>
    class extends Controller {
        static template = template;

        setup() {
            super.setup();
            this.desk = useState({ counters: [], banners: [] });
            this.countersLabel = _t("What waits");
        }

        get modelParams() {
            const params = super.modelParams;
            // Returns nothing: the customers don't wait for the counters.
            params.hooks.onRootLoaded = () => {
                this.loadDesk();
            };
            return params;
        }

        async loadDesk() {
            Object.assign(this.desk, await this.callDesk("get_desk", this.isMine));
        }

        /** The counters of what waits: one of 0 says nothing. */
        get waiting() {
            return this.desk.counters.filter((counter) => counter.count);
        }

        /** The counters are about the same people as the list. */
        get isMine() {
            return this.env.searchModel.getSearchItems((item) => item.name === "mine" && item.isActive).length > 0;
        }

        callDesk(method, ...args) {
            const { resModel, context } = this.props;
            return this.model.orm.call(resModel, method, args, { context });
        }

        async openCounter({ key }) {
            const action = await this.callDesk("action_desk_list", key, this.isMine);
            action.help = markup(action.help || "");
            this.env.services.action.doAction(action);
        }

        async onClickBanner({ action: method }) {
            // The action may leave the desk, or open a dialog that changes something when it closes.
            const reload = async () => {
                if (status(this) !== "destroyed") {
                    await this.model.load();
                }
            };
            const action = await this.callDesk(method);
            if (action) {
                await this.env.services.action.doAction(action, { onClose: reload });
            }
            await reload();
        }
    };

registry.category("views").add("desk_list", {
    ...listView,
    Controller: withCounters(ListController, "lead_to_cash.DeskListView"),
    Renderer: FilledColumnsRenderer,
});

registry.category("views").add("desk_kanban", {
    ...kanbanView,
    Controller: withCounters(KanbanController, "lead_to_cash.DeskKanbanView"),
});
