import { Component, onWillDestroy, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { ENQUIRIES_CHANGED, NEW_ENQUIRY, TAKEN_ENQUIRY } from "./new_enquiries";

/** Milliseconds in which what is told several times is asked about once. */
const TOGETHER = 300;
const SECOND = 1000;

/** In the top menu of salespeople: how many enquiries within their goal wait for them; a click opens the call list. */
export class EnquiryCounter extends Component {
    static template = "lead_to_cash.EnquiryCounter";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ count: 0 });
        this.unassigned = false;
        this.timer = null;
        this.askLater(0); // the menu doesn't wait for it
        for (const news of [NEW_ENQUIRY, TAKEN_ENQUIRY, ENQUIRIES_CHANGED]) {
            useBus(this.env.bus, news, () => this.askLater(TOGETHER));
        }
        onWillDestroy(() => browser.clearTimeout(this.timer));
    }

    get title() {
        return _t("New enquiries: %s", this.state.count);
    }

    askLater(wait) {
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => this.ask(), wait);
    }

    async ask() {
        const { count, unassigned, seconds } = await this.orm.silent.call("call.list.line", "get_enquiry_count", []);
        Object.assign(this.state, { count });
        this.unassigned = unassigned;
        if (count) {
            this.askLater((seconds + 1) * SECOND); // then one goal is over
        }
    }

    open() {
        // What nobody has yet isn't among “mine”.
        const additionalContext = this.unassigned ? { search_default_unassigned: 1 } : {};
        return this.action.doAction("lead_to_cash.call_list_line_action", { additionalContext, clearBreadcrumbs: true });
    }
}

registry
    .category("systray")
    .add("lead_to_cash.EnquiryCounter", { Component: EnquiryCounter, isDisplayed: () => Boolean(session.l2c_sells) }, { sequence: 26 });
