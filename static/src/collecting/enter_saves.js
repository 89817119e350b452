import { useExternalListener } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/** A small dialog in which Enter, in an amount or a day, is its first button: who types while on the phone doesn't
 *  look for the mouse. Outside of a dialog nothing changes. */
export class EnterSavesController extends FormController {
    setup() {
        super.setup();
        useExternalListener(window, "keydown", this.onEnter.bind(this));
    }

    onEnter(event) {
        const { target, key, defaultPrevented } = event;
        const plain = key === "Enter" && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
        const field = target.closest?.(".o_field_monetary, .o_field_date, .o_field_remaining_days");
        if (!plain || defaultPrevented || !field || !this.rootRef.el?.contains(target)) {
            return;
        }
        const dialog = target.closest(".modal-content");
        const button = dialog?.querySelector("footer .btn-primary:not(.d-none), .o_form_button_save");
        if (button && !target.closest(".o_list_view, .o_list_renderer")) {
            event.preventDefault();
            target.blur(); // what was typed is taken
            button.click();
        }
    }
}

registry.category("views").add("l2c_enter_saves", { ...formView, Controller: EnterSavesController });
