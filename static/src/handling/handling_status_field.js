import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { getFieldDomain } from "@web/model/relational_model/utils";
import {
    BadgeSelectionField,
    badgeSelectionField,
} from "@web/views/fields/badge_selection/badge_selection_field";
import { useSpecialData } from "@web/views/fields/relational_utils";

/**
 * The statuses of the scheme that fit the document, as coloured badges: one click changes
 * the status, and saves the document. The document's `handling_offer_ids` says which ones its state allows, and which its own
 * buttons lead to; closing asks for the reason.
 */
export class HandlingStatusField extends BadgeSelectionField {
    static template = "lead_to_cash.HandlingStatusField";

    setup() {
        this.type = "many2one";
        this.action = useService("action");
        this.specialData = useSpecialData(async (orm, props) => {
            const { data } = props.record;
            const choices = data.handling_offer_ids?.currentIds || [];
            const current = data[props.name] ? [data[props.name].id] : [];
            const domain = [
                ...getFieldDomain(props.record, props.name, props.domain),
                ["id", "in", [...choices, ...current]],
            ];
            return orm.searchRead("handling.status", domain, ["display_name", "color", "role", "guidance"]);
        });
    }

    get options() {
        return this.specialData.data.map(({ id, display_name }) => [id, display_name]);
    }

    /** What the status means, and what to do then. */
    guidance(id) {
        return this.specialData.data.find((status) => status.id === id).guidance || undefined;
    }

    badgeClass(id) {
        const { color } = this.specialData.data.find((status) => status.id === id);
        return id === this.value ? `o_badge_color_${color}` : "text-bg-light border";
    }

    onChange(id) {
        if (id === this.value || this.props.readonly) {
            return;
        }
        const { role } = this.specialData.data.find((status) => status.id === id);
        if (role === "lost") {
            return this.closeWithReason();
        }
        return this.choose(id);
    }

    /** At once: what is only chosen would change nothing, and nobody would notice. */
    async choose(id) {
        const { record } = this.props;
        super.onChange(id);
        await record.save();
    }

    /** Closing asks for the reason in a dialog; the document is saved before. */
    async closeWithReason() {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        await this.action.doActionButton({
            type: "object",
            name: "action_close_dialog",
            resModel: record.resModel,
            resId: record.resId,
            context: record.context,
            onClose: () => record.model.root.load(),
        });
    }
}

export const handlingStatusField = {
    ...badgeSelectionField,
    component: HandlingStatusField,
    displayName: _t("Handling status"),
    supportedTypes: ["many2one"],
    fieldDependencies: [{ name: "handling_offer_ids", type: "many2many" }],
};

registry.category("fields").add("handling_status", handlingStatusField);
