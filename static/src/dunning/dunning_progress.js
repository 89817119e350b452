import { useEffect } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import {
    ProgressBarField,
    progressBarField,
} from "@web/views/fields/progress_bar/progress_bar_field";

const RELOAD_DELAY = 2000;

/**
 * How far the work on a record has come, in percent. While the record's `is_working` is
 * true, it reads the record anew every two seconds.
 */
export class DunningProgressField extends ProgressBarField {
    setup() {
        super.setup();
        useEffect(
            (record, isWorking) => (isWorking ? this.follow(record) : undefined),
            () => [this.props.record, this.props.record.data.is_working]
        );
    }

    get isEditable() {
        return false;
    }

    /**
     * @returns {Function} stops following
     */
    follow(record) {
        let timer;
        let isFollowing = true;
        const waitAndReload = () => {
            timer = browser.setTimeout(async () => {
                await this.reload(record);
                if (isFollowing) {
                    waitAndReload();
                }
            }, RELOAD_DELAY);
        };
        waitAndReload();
        return () => {
            isFollowing = false;
            browser.clearTimeout(timer);
        };
    }

    /** A lost connection is tried again; edits that aren't saved stay as they are. */
    async reload(record) {
        if (record.dirty) {
            return;
        }
        try {
            await record.load();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
    }
}

export const dunningProgressField = {
    ...progressBarField,
    component: DunningProgressField,
    displayName: _t("Progress of the work"),
    fieldDependencies: [{ name: "is_working", type: "boolean" }],
};

registry.category("fields").add("dunning_progress", dunningProgressField);
