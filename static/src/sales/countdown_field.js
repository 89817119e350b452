import { Component, onWillDestroy, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const SECOND = 1000;
const HOUR = 3600;
const DAY = 24 * HOUR;
/** A moment of another day, as short as a column is. */
const SHORT = { day: "numeric", month: "numeric", hour: "2-digit", minute: "2-digit" };

/** So many seconds as 7:05; an hour and more as 1:07:05. */
export function clock(seconds) {
    const parts = [Math.floor(seconds / HOUR), Math.floor(seconds / 60) % 60, seconds % 60];
    const [hours, minutes, rest] = parts.map((part) => String(part).padStart(2, "0"));
    return parts[0] ? `${parts[0]}:${minutes}:${rest}` : `${Number(minutes)}:${rest}`;
}

/** How long there is until a moment, every second anew; afterwards, in red, for how long it is over. */
export class CountdownField extends Component {
    static template = "lead_to_cash.CountdownField";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ now: luxon.DateTime.now() });
        const timer = browser.setInterval(() => {
            this.state.now = luxon.DateTime.now();
        }, SECOND);
        onWillDestroy(() => browser.clearInterval(timer));
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get left() {
        return Math.round((this.value - this.state.now) / SECOND);
    }

    get isOver() {
        return this.left < 0;
    }

    /** What is left; of a moment of another day, when it is. */
    get text() {
        const left = Math.abs(this.left);
        if (left >= DAY) {
            return this.isOver ? _t("Over") : this.value.toLocaleString(SHORT);
        }
        return this.isOver ? `+${clock(left)}` : clock(left);
    }

    get title() {
        return this.isOver
            ? _t("The goal was %s", formatDateTime(this.value))
            : _t("To be called until %s", formatDateTime(this.value));
    }
}

registry.category("fields").add("l2c_countdown", {
    component: CountdownField,
    supportedTypes: ["datetime"],
});
