import { Component, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { pick } from "@web/core/utils/objects";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** What can come of a call: the model's method, its name, and its key in the form (with Alt). */
const OUTCOMES = [
    { name: "action_reached", label: _t("Reached"), icon: "fa-phone", key: "r" },
    { name: "action_no_answer", label: _t("No answer"), icon: "fa-bell-slash-o", key: "g" },
    { name: "action_left_message", label: _t("Left a message"), icon: "fa-commenting-o", key: "l" },
    { name: "action_call_back", label: _t("Call back"), icon: "fa-history", key: "b" },
    { name: "action_not_interested", label: _t("Not interested"), icon: "fa-thumbs-o-down", key: "i" },
    { name: "action_wrong_number", label: _t("Wrong number"), icon: "fa-chain-broken", key: "w" },
    { name: "action_whatsapp", label: _t("WhatsApp"), icon: "fa-whatsapp", key: "o", stays: true },
];
const TAKE = { name: "action_take", label: _t("Take"), icon: "fa-hand-paper-o", stays: true };

/**
 * The outcomes of a line of the call list: one button, the others behind it; on a phone all as buttons. In the
 * form there is a note for each of them, one key, and the next line follows.
 */
export class CallOutcomes extends Component {
    static template = "lead_to_cash.CallOutcomes";
    static components = { Dropdown, DropdownItem };
    static props = { ...standardWidgetProps, withNote: { type: Boolean, optional: true } };

    setup() {
        this.ui = useService("ui");
        this.state = useState({ note: "" });
        this.first = OUTCOMES[0];
        this.moreLabel = _t("More outcomes");
        this.noteLabel = _t("Note");
        this.notePlaceholder = _t("What was said; it goes with the outcome");
        if (this.props.withNote) {
            for (const outcome of OUTCOMES) {
                useHotkey(`alt+${outcome.key}`, () => this.log(outcome), { bypassEditableProtection: true });
            }
        }
    }

    get others() {
        const { res_model, claimed_by_id } = this.props.record.data;
        const takes = !this.props.withNote && res_model === "crm.lead" && !claimed_by_id;
        return takes ? [...OUTCOMES.slice(1), TAKE] : OUTCOMES.slice(1);
    }

    title({ label, key }) {
        return this.props.withNote && key ? `${label} (Alt+${key.toUpperCase()})` : label;
    }

    log({ name, stays }) {
        const buttonContext = this.props.withNote ? { l2c_note: this.state.note } : {};
        if (this.props.withNote && !stays) {
            buttonContext.l2c_open_next = 1;
        }
        return this.env.onClickViewButton({
            clickParams: { type: "object", name, buttonContext },
            getResParams: () => pick(this.props.record, "context", "evalContext", "resModel", "resId", "resIds"),
        });
    }
}

registry.category("view_widgets").add("l2c_call_outcomes", {
    component: CallOutcomes,
    extractProps: ({ attrs }) => ({ withNote: Boolean(attrs.with_note) }),
    fieldDependencies: [
        { name: "res_model", type: "char" },
        { name: "claimed_by_id", type: "many2one", relation: "res.users" },
    ],
});
