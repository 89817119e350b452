import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Tries and changes of the status of a document in one list, the latest first; the last try can be taken
 *  back for some minutes. */
export class TimelineField extends Component {
    static template = "lead_to_cash.Timeline";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.undoLabel = _t("Undo");
    }

    get rows() {
        const rows = this.props.record.data[this.props.name] || [];
        return rows.map((row) => ({ ...row, date: formatDateTime(deserializeDateTime(row.date)) }));
    }

    async undo(id) {
        await this.orm.call("contact.attempt", "action_undo", [[id]]);
        await this.props.record.model.root.load();
    }
}

registry.category("fields").add("handling_timeline", {
    component: TimelineField,
    displayName: _t("Timeline"),
    supportedTypes: ["json"],
});
