from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...engine.privacy.keeping import KINDS


class PrivacyDeletion(models.TransientModel):
    """Shows what of a company has been kept long enough. Nothing is deleted that was there before an
    upgrade until somebody has looked at it here."""

    _name = "privacy.deletion"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Deleting What Was Kept Long Enough"

    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    is_deletion_confirmed = fields.Boolean(related="company_id.is_deletion_confirmed")
    line_ids = fields.One2many("privacy.deletion.line", "deletion_id", readonly=True)

    @api.model
    def action_open(self):
        """Count what would go now."""
        self.check_access("create")
        company = self.env.company
        lines = [(0, 0, values) for values in self._prepare_lines(company)]
        wizard = self.create({"company_id": company.id, "line_ids": lines})
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.privacy_deletion_action")
        return action | {"res_id": wizard.id}

    @api.model
    def _prepare_lines(self, company):
        """What would go of each kind, of the company and, where it is the only one that decides, of none."""
        privacy = self.env["l2c.privacy"]
        labels = self.env["ir.model"].sudo()  # what a kind of record is called is no secret
        lines = []
        for kind, (model, setting, _where) in KINDS.items():
            before = company._kept_since(setting)
            owners = [company, company.browse()] if len(company.sudo().search([])) == 1 else [company]  # how many
            count = before and sum(privacy._count(kind, owner, before) for owner in owners)
            lines.append({"name": labels._get(model).name, "before": before, "count": count or 0})
        return lines

    def action_start(self):
        """From now on what has been kept long enough is deleted, tonight for the first time."""
        self.check_access("write")
        self.ensure_one()
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("This is another company's decision."))
        # Managers of collections need not administer companies.
        self.company_id.sudo().is_deletion_confirmed = True
        return {"type": "ir.actions.act_window_close"}


class PrivacyDeletionLine(models.TransientModel):
    _name = "privacy.deletion.line"
    _description = "What Was Kept Long Enough"

    deletion_id = fields.Many2one("privacy.deletion", required=True, ondelete="cascade")
    name = fields.Char("What", readonly=True)
    before = fields.Date("From Before", readonly=True, help="Empty: kept for ever.")
    count = fields.Integer("Would Go Now", readonly=True)
