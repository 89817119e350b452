from base64 import b64encode

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...engine.foresight.backtest import backtest
from ...engine.foresight.picture import calibration

MANAGER = "lead_to_cash.group_collections_manager"
#: (in ``figures``, and as the field's name begins): the model, and the plain rules that it is compared with.
RULES = ("model", "own", "average")
MEASURES = ("auc", "brier", "ece")


class PaymentModel(models.Model):
    """How the forecasts would have done over the last 12 months, on the company's own books."""

    _inherit = "payment.model"

    currently = fields.Char("Verdict", compute="_compute_backtest")
    document_count = fields.Integer("Documents Tried", compute="_compute_backtest")
    late_count = fields.Integer("Of Them Late", compute="_compute_backtest")
    model_auc = fields.Float("Model: AUC", digits=(5, 3), compute="_compute_backtest")
    model_brier = fields.Float("Model: Brier", digits=(5, 3), compute="_compute_backtest")
    model_ece = fields.Float("Model: Calibration Error", digits=(5, 3), compute="_compute_backtest")
    own_auc = fields.Float("Own Rate: AUC", digits=(5, 3), compute="_compute_backtest")
    own_brier = fields.Float("Own Rate: Brier", digits=(5, 3), compute="_compute_backtest")
    own_ece = fields.Float("Own Rate: Calibration Error", digits=(5, 3), compute="_compute_backtest")
    average_auc = fields.Float("Average: AUC", digits=(5, 3), compute="_compute_backtest")
    average_brier = fields.Float("Average: Brier", digits=(5, 3), compute="_compute_backtest")
    average_ece = fields.Float("Average: Calibration Error", digits=(5, 3), compute="_compute_backtest")
    picture = fields.Html(
        "Calibration", compute="_compute_backtest", sanitize=False, help="Predicted against what came, by tenths."
    )

    @api.depends("company_id", "date")
    def _compute_display_name(self):
        for model in self:
            model.display_name = self.env._("Back-test of %(company)s", company=model.company_id.display_name)

    @api.depends("figures", "is_used")
    @api.depends_context("lang")
    def _compute_backtest(self):
        for model in self:
            figures = model.figures or {}
            model.document_count, model.late_count = figures.get("documents") or 0, figures.get("late") or 0
            for rule in RULES:
                for measure in MEASURES:
                    model[f"{rule}_{measure}"] = (figures.get(rule) or {}).get(measure) or 0.0
            model.currently = model._verdict()
            model.picture = model._picture(figures.get("tenths") or [])

    def _verdict(self):
        """Whether the model is in use, and why, in a sentence."""
        figures = self.figures or {}
        if not figures.get("own"):
            return self.env._("Not in use: too little was settled in the last 12 months to try it on.")
        if not figures.get("model"):
            return self.env._("Not in use: too little was settled before the last 12 months to learn from.")
        if not self.is_used:
            return self.env._(
                "Switched off: on your books it doesn't win against the plain rules. Forecasts follow the customer's own "
                "rate instead."
            )
        return self.env._("In use: on your books it tells who pays late better than the plain rules.")

    def _picture(self, tenths):
        if not tenths:
            return False
        drawn = calibration(tenths, self.env._("Predicted to be late"), self.env._("Were late"))
        return Markup('<img alt="" src="data:image/svg+xml;base64,{}"/>').format(b64encode(drawn.encode()).decode())

    @api.model
    def action_open(self):
        """Open the last back-test of the company; where there is none yet, the list that says when it comes."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.backtest_action")
        last = self.search([("company_id", "=", self.env.company.id)], limit=1)
        return action | {"view_mode": "form", "views": [(False, "form")], "res_id": last.id} if last else action

    def action_try_again(self):
        """Do it again on the books as they are now; they are read only. Whether the model is in use follows.

        :raise AccessError: for anybody but managers of collections
        """
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            raise AccessError(self.env._("A manager of collections tries the forecasts. Ask one."))
        for model in self:
            figures = backtest(self.env, model.company_id.id, model.company_id._today())
            # What was tried is written by the night and by this button alone. The night decides whether it is used: it
            # learns anew.
            model.sudo().write({"figures": figures | {"as_of": str(model.company_id._today())}})
        return True
