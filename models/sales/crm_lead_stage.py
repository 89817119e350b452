from odoo import api, models
from odoo.tools import SQL

from ...engine.handling.own import Own, own
from ...engine.sales.pipeline import WORKED_ON, untouched


class CrmLead(models.Model):
    """Stage and status of a lead follow each other, as stages and statuses are linked. Who has
    given both gets both; a lead moves at most once for each: the stage it is moved to gives the
    status it has."""

    _inherit = "crm.lead"

    @api.model
    def _with_status_of_stage(self, vals_list):
        """Values of new leads, with the status that their stage gives where none is given."""
        by_stage, default = self.env["crm.stage"]._status_by_stage(), self.env.context.get("default_stage_id")
        return [
            {"handling_status_id": by_stage[vals.get("stage_id", default)], **vals}
            if vals.get("stage_id", default) in by_stage
            else vals
            for vals in vals_list
        ]

    def _with_both(self, vals):
        """The same, where ``vals`` give stage and status: neither follows the other."""
        stage_id = vals.get("stage_id", self.env.context.get("default_stage_id"))
        is_given = stage_id and vals.get("handling_status_id")
        return self.with_context(l2c_stage_given=Own(True)) if is_given else self

    def _moved_by(self, vals):
        """Those to which ``vals`` give another stage, and no status."""
        if "stage_id" not in vals or "handling_status_id" in vals or own(self.env, "l2c_stage_given"):
            return self.browse()
        return self.filtered(lambda lead: lead.stage_id.id != vals["stage_id"])

    def _take_status_of_stage(self):
        """The status that their stage gives, for those that are still open."""
        by_stage = self.env["crm.stage"]._status_by_stage()
        open_leads = self.filtered(lambda lead: lead.won_status == "pending" and lead.stage_id.id in by_stage)
        for status_id, leads in open_leads.grouped(lambda lead: by_stage[lead.stage_id.id]).items():
            leads.filtered(lambda lead: lead.handling_status_id.id != status_id)._handling_update(chosen=status_id)  # noqa: B023

    def _move_on(self, changed):
        """Those whose status moves them to a stage go there."""
        if not own(self.env, "l2c_stage_given"):
            for status, leads in self._by_status(changed, "stage_id").items():
                leads._move_on_to(status.stage_id)

    def _go_to_stage(self):
        """Go to the stages of the statuses they have."""
        for status, leads in self.grouped("handling_status_id").items():
            if status.stage_id:
                leads._move_on_to(status.stage_id)

    def _move_on_to(self, stage):
        """Go to ``stage``: those that are open, before it, and whose team uses it."""
        by_stage = self.env["crm.stage"]._status_by_stage()
        before = self.filtered(
            lambda lead: (
                lead.won_status == "pending"
                and lead.stage_id.sequence < stage.sequence
                and by_stage.get(lead.stage_id.id) != lead.handling_status_id.id
                and (not stage.team_ids or lead.team_id in stage.team_ids)
            )
        )
        before.with_context(l2c_stage_given=Own(True)).stage_id = stage

    # Leads that were there before ----------------------------------------------------------

    @api.model
    def _handling_install(self):
        self.env["crm.stage"]._map_pipeline()
        result = super()._handling_install()
        self._derive_status(SQL("TRUE"))
        return result

    @api.model
    def _derive_status(self, where):
        """The leads of ``where`` that are *New* and were never tried get the status that their stage gives;
        those on which somebody works all the same are in progress. Who was spoken to, and when, isn't
        known: no dates, no log."""
        self.env.flush_all()
        by_stage = self.env["crm.stage"]._status_by_stage()
        where = untouched(where)
        for status_id in set(by_stage.values()):
            stages = tuple(stage for stage, given in by_stage.items() if given == status_id)
            in_stage = SQL("%s AND d.stage_id IN %s", where, stages)
            self._handling_transition(in_stage, chosen=status_id, log=False)
        self._handling_transition(SQL("%s AND %s", where, WORKED_ON), chosen="in_progress", log=False)
        self.invalidate_model()
