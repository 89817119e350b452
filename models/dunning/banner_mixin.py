from odoo import api, models


class DunningBannerMixin(models.AbstractModel):
    """What a person should know before working on a list of dunning stands above it."""

    _name = "dunning.banner.mixin"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Dunning Banners"

    @api.model
    def get_dunning_banners(self):
        """``[{kind, text, action, label}]``: ``kind`` is info or warning, ``action`` the name of
        a method of the model behind a button called ``label``, or False."""
        self.browse().check_access("read")
        waiting = self._banner_of_waiting_run()
        other = self.env.company._dunning_other_follow_up()
        if not other:
            return waiting
        text = self.env._(
            "%(addon)s follows up customers too. While both run, customers would be reminded twice.", addon=other
        )
        return [{"kind": "warning", "text": text, "action": False, "label": False}, *waiting]

    @api.model
    def _banner_of_waiting_run(self):
        """Why today's run waits."""
        runs = self.env["dunning.run"]
        if not runs.has_access("read"):
            return []
        own = [("company_id", "=", self.env.company.id), ("state", "=", "waiting"), *runs._daily_domain()]
        run = runs.search(own, limit=1)
        return [{"kind": "warning", "text": run.state_reason, "action": False, "label": False}] if run else []
