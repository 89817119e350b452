import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/** Columns in which nothing stands leave their place to those that say something. */
export class FilledColumnsRenderer extends ListRenderer {
    getActiveColumns() {
        const columns = super.getActiveColumns();
        const { isGrouped, records } = this.props.list;
        if (isGrouped || !records.length) {
            return columns;
        }
        return columns.filter(({ type, name }) => type !== "field" || records.some(({ data }) => data[name]));
    }
}

registry.category("views").add("l2c_filled_list", { ...listView, Renderer: FilledColumnsRenderer });
