import { status } from "@odoo/owl";
import { useBus } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { FilledColumnsRenderer } from "@lead_to_cash/handling/filled_columns";
import { NEW_ENQUIRY, TAKEN_ENQUIRY } from "./new_enquiries";

/** The call list: read again when a new enquiry comes, or a colleague takes one. */
const withEnquiries = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            for (const news of [NEW_ENQUIRY, TAKEN_ENQUIRY]) {
                useBus(this.env.bus, news, () => this.readAgain());
            }
        }

        /** Not before the first page is there: reading once more would take its place, and nothing would be drawn. */
        async readAgain() {
            await this.model.whenReady;
            if (status(this) !== "destroyed") {
                await this.model.load();
            }
        }
    };

registry.category("views").add("l2c_call_list", {
    ...listView,
    Controller: withEnquiries(ListController),
    Renderer: FilledColumnsRenderer,
});
registry.category("views").add("l2c_call_kanban", { ...kanbanView, Controller: withEnquiries(KanbanController) });
