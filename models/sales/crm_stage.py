from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ...engine.handling.status import OPEN_ROLES
from ...engine.sales.pipeline import first_stages


class CrmStage(models.Model):
    """Which status a lead gets when it enters the stage."""

    _name = "crm.stage"
    _inherit = ["crm.stage", "l2c.cached.mixin"]

    handling_status_id = fields.Many2one(
        "handling.status",
        domain=[("res_model", "=", "crm.lead"), ("role", "in", OPEN_ROLES)],
        ondelete="set null",
        index="btree_not_null",
        help="A lead that enters this stage gets this status. Empty: it keeps its own.",
        groups="base.group_user",
    )

    @api.constrains("handling_status_id")
    def _check_handling_status(self):
        for stage in self:
            status = stage.handling_status_id
            if status and (status.res_model != "crm.lead" or status.role not in OPEN_ROLES):
                raise ValidationError(
                    self.env._(
                        "%(status)s is no status of an open lead: choose another for the stage %(stage)s.",
                        status=status.name,
                        stage=stage.name,
                    )
                )

    @api.model
    @ormcache()
    def _status_by_stage(self):
        """{id of a stage: id of the status that it gives}; asked at every change of a lead."""
        stages_sudo = self.sudo()  # the same for everybody
        mapped = stages_sudo.search([("handling_status_id.active", "=", True), ("is_won", "=", False)])
        return {stage.id: stage.handling_status_id.id for stage in mapped}

    @api.model
    def _map_pipeline(self):
        """Link the stages and the statuses of a company that has none linked: leads beyond the stage
        in which they begin are in progress; in Odoo's own *Qualified* they were spoken to, and
        who is in progress is in Odoo's own *Proposition*."""
        stages = self.search([("is_won", "=", False)])
        firsts = first_stages(
            [(stage.id, stage.sequence, stage.team_ids.ids) for stage in stages],
            self.env["crm.team"].with_context(active_test=False).search([]).ids,
        )
        later = stages.filtered(lambda stage: stage.id not in firsts and not stage.handling_status_id)
        statuses = self.env["handling.status"].search([("res_model", "=", "crm.lead"), ("role", "in", OPEN_ROLES)])
        contacted, in_progress = (
            statuses.filtered(lambda status, role=role: status.role == role)[:1]
            for role in ("contacted", "in_progress")
        )
        for xmlid, stage in (("stage_lead2", contacted), ("stage_lead3", in_progress)):
            own = later & (self.env.ref(f"crm.{xmlid}", raise_if_not_found=False) or self)
            own.handling_status_id = stage
            if own and stage == in_progress and not in_progress.stage_id:
                in_progress.stage_id = own
        later.filtered(lambda stage: not stage.handling_status_id).handling_status_id = in_progress


class HandlingStatus(models.Model):
    """To which stage a lead goes that gets the status."""

    _inherit = "handling.status"

    stage_id = fields.Many2one(
        "crm.stage",
        "Moves to Stage",
        domain=[("is_won", "=", False)],
        ondelete="set null",
        index="btree_not_null",
        help="A lead that gets this status goes on to this stage, never back. Empty: it stays in its own.",
    )
    stage_ids = fields.One2many("crm.stage", "handling_status_id", "Given by Stages", readonly=True)

    @api.constrains("stage_id", "res_model", "role")
    def _check_stage(self):
        for status in self:
            stage = status.stage_id
            if stage and (status.res_model != "crm.lead" or status.role not in OPEN_ROLES):
                raise ValidationError(
                    self.env._("Only statuses of open leads move them to a stage, not %s.", status.name)
                )
            if stage.is_won:
                raise ValidationError(
                    self.env._("A lead that reaches %s is won. Choose another stage for the status.", stage.name)
                )
