import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { getFieldDomain } from "@web/model/relational_model/utils";
import {
    BadgeSelectionField,
    badgeSelectionField,
} from "@web/views/fields/badge_selection/badge_selection_field";
import { useSpecialData } from "@web/views/fields/relational_utils";

/**
 * The statuses of the scheme that fit the document, as coloured badges: one click changes
 * the status. The document's `handling_choice_ids` says which ones fit.
 */
export class HandlingStatusField extends BadgeSelectionField {
    static template = "lead_to_cash.HandlingStatusField";

    setup() {
        this.type = "many2one";
        this.specialData = useSpecialData(async (orm, props) => {
            const { data } = props.record;
            const choices = data.handling_choice_ids?.currentIds || [];
            const current = data[props.name] ? [data[props.name].id] : [];
            const domain = [
                ...getFieldDomain(props.record, props.name, props.domain),
                ["id", "in", [...choices, ...current]],
            ];
            return orm.searchRead("handling.status", domain, ["display_name", "color"]);
        });
    }

    get options() {
        return this.specialData.data.map(({ id, display_name }) => [id, display_name]);
    }

    badgeClass(id) {
        const { color } = this.specialData.data.find((status) => status.id === id);
        return id === this.value ? `o_badge_color_${color}` : "text-bg-light border";
    }

    onChange(id) {
        if (id !== this.value && !this.props.readonly) {
            super.onChange(id);
        }
    }
}

export const handlingStatusField = {
    ...badgeSelectionField,
    component: HandlingStatusField,
    displayName: _t("Handling status"),
    supportedTypes: ["many2one"],
    fieldDependencies: [{ name: "handling_choice_ids", type: "many2many" }],
};

registry.category("fields").add("handling_status", handlingStatusField);
