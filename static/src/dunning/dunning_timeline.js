import { Component } from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The days that levels count from, in the order of the lines. */
const ANCHORS = {
    due: _t("Due date"),
    invoice: _t("Invoice date"),
    sent: _t("Sent"),
    returned: _t("Payment returned"),
};

const ICONS = {
    email: "fa-envelope-o",
    letter: "fa-file-text-o",
    registered_letter: "fa-certificate",
    call: "fa-phone",
    manual: "fa-hand-paper-o",
};

/** The least distance of two marks in percent of the line, and a label's width in rem. */
const MINIMUM_GAP = 16;
const LABEL_WIDTH = 6;

/**
 * Where days, in ascending order, stand on a line: in proportion, but pushed apart to
 * `minimumGap`, or evenly when the line is too short for that.
 *
 * @param {number[]} days
 * @param {number} minimumGap percent
 * @returns {number[]} percent of the line, from 0 to 100
 */
export function placeLevels(days, minimumGap) {
    const last = days.length - 1;
    const gap = Math.min(minimumGap, 100 / Math.max(last, 1));
    const span = days[last] - days[0];
    const places = [];
    for (const day of days) {
        const place = span ? ((day - days[0]) / span) * 100 : 0;
        places.push(places.length ? Math.max(place, places.at(-1) + gap) : place);
    }
    return places.map((place, index) => {
        const inside = Math.min(place, 100 - gap * (last - index));
        return Math.max(0, Math.round(inside * 100) / 100);
    });
}

/** "+4 days". The mark in front keeps the sign before the number in a right-to-left text. */
function formatDays(days) {
    const sign = days > 0 ? "+" : days < 0 ? "−" : "";
    const number = `\u200e${sign}${Math.abs(days)}`;
    const options = { style: "unit", unit: "day", unitDisplay: "long", useGrouping: false };
    // Hebrew has one word for two days, without the number that the sign belongs to.
    const counted = Math.abs(days) === 2 ? 3 : Math.abs(days);
    const text = new Intl.NumberFormat(user.lang, options)
        .formatToParts(counted)
        .map((part) => (part.type === "integer" ? number : part.value))
        .join("");
    return localization.direction === "rtl" ? `\u200f${text}` : text;
}

/**
 * The levels of a dunning policy on a line of days, one line for each day they count from.
 * It shows the levels as they stand in the form, saved or not. The list of `level_ids` in
 * the form must hold the fields that are read here.
 */
export class DunningTimeline extends Component {
    static template = "lead_to_cash.DunningTimeline";
    static props = { ...standardWidgetProps };

    get rows() {
        const { records, fields } = this.props.record.data.level_ids;
        const channels = Object.fromEntries(fields.channel.selection);
        const marks = records.map(({ id, data }) => ({
            id,
            from: data.delay_from,
            name: data.name || "",
            days: data.delay_days || 0,
            daysLabel: formatDays(data.delay_days || 0),
            icon: ICONS[data.channel],
            channel: channels[data.channel],
            requiresApproval: data.requires_approval,
        }));
        return Object.keys(ANCHORS)
            .map((from) =>
                this.getRow(
                    from,
                    marks.filter((mark) => mark.from === from)
                )
            )
            .filter((row) => row.marks.length > 1);
    }

    getRow(from, levels) {
        const anchor = { id: from, name: ANCHORS[from], days: 0, icon: "fa-calendar-o" };
        const marks = [{ ...anchor, isAnchor: true }, ...levels].sort((a, b) => a.days - b.days);
        const days = marks.map((mark) => mark.days);
        const places = placeLevels(days, MINIMUM_GAP);
        return {
            from,
            marks: marks.map((mark, index) => ({ ...mark, place: places[index] })),
            width: LABEL_WIDTH * (1 + Math.max(100 / MINIMUM_GAP, marks.length - 1)),
        };
    }

    /** The same in words. */
    describe(rows) {
        const describeLevel = ({ name, daysLabel, channel, requiresApproval }) =>
            [name, daysLabel, channel, requiresApproval && _t("Needs approval")]
                .filter(Boolean)
                .join(", ");
        return rows
            .map(({ from, marks }) => {
                const levels = marks.filter(({ isAnchor }) => !isAnchor).map(describeLevel);
                return `${ANCHORS[from]}: ${levels.join("; ")}`;
            })
            .join(". ");
    }
}

export const dunningTimeline = { component: DunningTimeline };

registry.category("view_widgets").add("dunning_timeline", dunningTimeline);
