import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** The morning of a leader: figures, each of which opens what it counts. */
export class Overview extends Component {
    static template = "lead_to_cash.Overview";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        this.state = useState({});
        this.env.config.setDisplayName(this.props.action.name || _t("Overview"));
        onWillStart(() => this.load());
    }

    async load() {
        Object.assign(this.state, await this.orm.call("l2c.overview", "get_overview", []));
    }

    /** The figures of what waits: one of 0 says nothing. */
    get waiting() {
        return this.state.tiles.filter((tile) => tile.count);
    }

    async open(key, recordId = false) {
        this.action.doAction(await this.orm.call("l2c.overview", "action_overview", [key, recordId]));
    }

    /** A number, and the goal where there is one. */
    against(number, goal) {
        return goal ? `${number} / ${goal}` : `${number}`;
    }
}

registry.category("actions").add("l2c_overview", Overview);
