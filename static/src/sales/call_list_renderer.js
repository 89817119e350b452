import { ListRenderer } from "@web/views/list/list_renderer";

/** Columns in which nothing stands leave their place to those that say something. */
export class CallListRenderer extends ListRenderer {
    getActiveColumns() {
        const columns = super.getActiveColumns();
        const { isGrouped, records } = this.props.list;
        if (isGrouped || !records.length) {
            return columns;
        }
        return columns.filter(({ type, name }) => type !== "field" || records.some(({ data }) => data[name]));
    }
}
