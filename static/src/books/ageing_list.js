import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";

/**
 * The day of an ageing as at another day than today: the page's address has it as a number, 20260228.
 *
 * @returns {import("luxon").DateTime|undefined}
 */
export function dayOf({ active_id: number }) {
    const [, ...parts] = /^(\d{4})(\d{2})(\d{2})$/.exec(number || "") || [];
    const day = parts.length ? deserializeDate(parts.join("-")) : undefined;
    return day?.isValid ? day : undefined;
}

/** A view of the ageing is called by its day, also where its address was kept and is opened again. */
export function calledByItsDay(Controller) {
    return class extends Controller {
        setup() {
            super.setup();
            const day = dayOf(this.props.context || {});
            if (day) {
                this.env.config.setDisplayName(_t("Ageing as at %s", formatDate(day)));
            }
        }
    };
}

/**
 * Of a group, too, only what isn't zero is written. Where something is disputed, its column takes the place of the days past
 * due, which the ages and the due date tell as well: both don't fit on a small screen.
 */
export class AgeingListRenderer extends listView.Renderer {
    getActiveColumns() {
        const { list } = this.props;
        const isDisputed = list.isGrouped
            ? list.groups.some((group) => group.aggregates.disputed)
            : list.records.some((record) => record.data.disputed);
        const without = isDisputed ? "days_overdue" : "disputed";
        return super.getActiveColumns().filter(({ name }) => name !== without);
    }

    formatGroupAggregate(group, column) {
        const isAmount = this.props.list.fields[column.name].type === "monetary";
        return isAmount && !group.aggregates[column.name] ? { value: "" } : super.formatGroupAggregate(group, column);
    }
}

registry.category("views").add("ageing_list", {
    ...listView,
    Renderer: AgeingListRenderer,
    Controller: calledByItsDay(listView.Controller),
});
