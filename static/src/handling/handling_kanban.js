import { patch } from "@web/core/utils/patch";
import { DynamicGroupList } from "@web/model/relational_model/dynamic_group_list";

/** A card of any document that is dropped on a status that closes asks for the reason; until then it stays. */
patch(DynamicGroupList.prototype, {
    async moveRecord(dataRecordId, dataGroupId, refId, targetGroupId) {
        const target = this.groups.find((group) => group.id === targetGroupId);
        if (
            dataGroupId === targetGroupId ||
            target.groupByField.name !== "handling_status_id" ||
            !target.value ||
            !(await this.closes(target.value))
        ) {
            return super.moveRecord(...arguments);
        }
        const source = this.groups.find((group) => group.id === dataGroupId);
        const { resId } = source.list.records.find((record) => record.id === dataRecordId);
        await this.model.action.doActionButton({
            type: "object",
            name: "action_close_dialog",
            resModel: this.resModel,
            resId,
            context: this.context,
            onClose: () => this.model.load(),
        });
    },

    async closes(statusId) {
        const [status] = await this.model.orm.read("handling.status", [statusId], ["role"]);
        return status.role === "lost";
    },
});
