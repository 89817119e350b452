import { Component, onMounted, useEffect, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Shows what most companies never change. Searching finds it all the same, and a link to one of these settings
 *  opens them. */
export class AdvancedSettings extends Component {
    static template = "lead_to_cash.AdvancedSettings";
    static props = { ...standardWidgetProps };

    setup() {
        this.root = useRef("root");
        this.state = useState({ isOpen: false, search: this.env.searchState });
        onMounted(() => {
            const id = browser.location.hash.substring(1);
            this.state.isOpen = Boolean(id && this.folded.querySelector(`[id="${id}"]`));
        });
        useEffect(
            (isShown) => {
                this.folded.classList.toggle("d-none", !isShown);
            },
            () => [this.state.isOpen || Boolean(this.state.search.value)]
        );
    }

    /** What is folded: it stands behind the widget. */
    get folded() {
        return this.root.el.closest(".app_settings_block").querySelector(".o_l2c_advanced");
    }

    get label() {
        return this.state.isOpen ? _t("Hide advanced settings") : _t("Advanced settings");
    }

    toggle() {
        this.state.isOpen = !this.state.isOpen;
    }
}

registry.category("view_widgets").add("l2c_advanced", { component: AdvancedSettings });
