from odoo import api, fields, models

from ...engine.sales.qualification import qualify

#: What can be asked for.
QUESTIONS = [
    ("need", "Need"),
    ("interest_level", "Interest Level"),
    ("budget", "Budget"),
    ("decision_maker", "Decision Maker"),
    ("decision_when", "Decides When"),
    ("tag_ids", "Segment (Tags)"),
]


class LeadQualification(models.Model):
    """What makes a lead qualified: a short list that marketing and sales agree on."""

    _name = "lead.qualification"
    _inherit = ["l2c.clock.mixin"]
    _description = "What Makes a Lead Qualified"
    _order = "sequence, id"
    _rec_name = "question"

    sequence = fields.Integer(default=10)
    question = fields.Selection(QUESTIONS, "What Has to Be Known", required=True)

    _question_uniq = models.Constraint("UNIQUE(question)", "This is on the list already.")

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._changed()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if "question" in vals:
            self._changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._changed()
        return result

    @api.model
    def _asked(self):
        """The names of the fields of a lead that the list asks for, in its order."""
        # Whoever works with leads, and what makes them.
        return self.sudo().search([]).mapped("question")

    def _changed(self):
        """Open leads follow the list; who was qualified and still is keeps its day."""
        self.env.flush_all()
        self.env.execute_query(qualify(self._asked(), self._today()))
        self.env["crm.lead"].invalidate_model(["qualified_date"], flush=False)
