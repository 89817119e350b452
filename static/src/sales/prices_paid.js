import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Of a many2one on the screen: its id, or false. */
const idOf = (value) => (value && (value.id || value[0])) || false;

/** What the quotation asks about: all its lines with a product, this one among them. */
export function question(line) {
    const order = line.model.root;
    const rows = (order.data.order_line?.records || []).filter((record) => idOf(record.data.product_id));
    const lines = rows.includes(line) ? rows : [...rows, line];
    return {
        index: lines.indexOf(line),
        args: [
            lines.map(({ data }) => [
                idOf(data.product_id),
                data.product_uom_qty,
                idOf(data.product_uom_id),
                data.price_subtotal || 0,
            ]),
        ],
        kwargs: {
            company_id: idOf(order.data.company_id),
            partner_id: idOf(order.data.partner_id),
            currency_id: idOf(order.data.currency_id),
            order_id: order.resId || false,
        },
    };
}

/** The answers for the documents on the screen: another line of the same asks for nothing. */
const answers = new WeakMap();

export class PricesPaidPopover extends Component {
    static template = "lead_to_cash.PricesPaidPopover";
    static props = { facts: Object, close: Function };
}

/** At a line of a quotation: what this customer paid last for its product, and what others did. */
export class PricesPaid extends Component {
    static template = "lead_to_cash.PricesPaid";
    static props = { ...standardWidgetProps, withLabel: { type: Boolean, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.popover = usePopover(PricesPaidPopover, { position: "bottom" });
        this.title = _t("What others paid");
    }

    get isShown() {
        const { display_type, product_id } = this.props.record.data;
        return !display_type && idOf(product_id);
    }

    async open(ev) {
        const target = ev.currentTarget;
        const { index, args, kwargs } = question(this.props.record);
        const { root } = this.props.record.model;
        const key = JSON.stringify([args, kwargs]);
        if (answers.get(root)?.key !== key) {
            answers.set(root, { key, facts: await this.orm.call("sale.order", "get_prices_paid", args, kwargs) });
        }
        this.popover.open(target, { facts: answers.get(root).facts[index] });
    }
}

registry.category("view_widgets").add("l2c_prices_paid", {
    component: PricesPaid,
    extractProps: ({ attrs }) => ({ withLabel: Boolean(attrs.with_label) }),
});
