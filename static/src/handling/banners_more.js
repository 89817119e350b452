import { Component, onMounted, onPatched, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Of the banners above a document the first is shown; the others are behind one link. */
export class BannersMore extends Component {
    static template = "lead_to_cash.BannersMore";
    static props = { ...standardWidgetProps };

    setup() {
        this.root = useRef("root");
        this.state = useState({ count: 0, isOpen: false });
        onMounted(() => this.count());
        onPatched(() => this.count());
    }

    get banners() {
        return this.root.el.closest(".o_l2c_banners");
    }

    /** What is hidden changes with the document. */
    count() {
        this.state.count = Math.max(this.banners.querySelectorAll(":scope > .alert").length - 1, 0);
        this.banners.classList.toggle("o_l2c_open", this.state.isOpen);
    }

    get label() {
        return this.state.isOpen ? _t("Show the first alone") : _t("and %s more", this.state.count);
    }

    toggle() {
        this.state.isOpen = !this.state.isOpen;
    }
}

registry.category("view_widgets").add("l2c_banners_more", { component: BannersMore });
