from datetime import timedelta

from odoo import api, models

from ...engine.foresight.backtest import measured
from ...engine.foresight.documents import booked
from ...engine.foresight.events import happened
from ...engine.foresight.model import VERSION, learn, paid_lately, sample, settled_count
from ...engine.foresight.night import forget, store
from ...engine.foresight.states import lay_out
from ..handling.cron_step import cron_step

#: The version where forecasts follow the customer's own rate.
OWN_RATE = "0"
#: Days for which a back-test says whether the model is used.
MEASURED_FOR = timedelta(days=7)
#: How long it is kept what was learnt.
KEPT_FOR = timedelta(days=365)


class PaymentModel(models.Model):
    """Every night: learn, measure, foresee; company by company."""

    _inherit = "payment.model"

    @api.model
    def _cron_foresight(self):
        """Learn from each company's books and write its forecasts and grades; then the watch list, which reads them.
        A company that fails doesn't stop the others."""
        cron = self.env.ref("lead_to_cash.cron_foresight")
        for company in self.env["res.company"].search([]):
            with cron_step(cron, f"Forecasts and grades of {company.name}"):
                self.with_company(company)._foresee(company)
            self.env["ir.cron"]._commit_progress(1)
        self.env.ref("lead_to_cash.cron_watch")._trigger()

    @api.model
    def _foresee(self, company):
        """The night of one company: as of today, from what is booked by then."""
        day = self._today()
        self.env.flush_all()
        self._execute(lay_out(booked(company.id), happened(company.id)))
        model = self._learn(company, day)
        kept = model.weights if model.is_used else model.weights.get("instead", model.weights)
        self._execute([store(company.id, kept, model.version, day, self.env.uid, self._now()), forget(company.id, day)])
        self.env["payment.forecast"].invalidate_model()
        self.search([("company_id", "=", company.id), ("date", "<", day - KEPT_FOR)]).unlink()
        self.env["payment.grade"]._refresh(company, day, is_laid_out=True)

    def _execute(self, statements):
        for statement in statements:
            self.env.cr.execute(statement)

    @api.model
    def _learn(self, company, day):
        """What is learnt as of a day, stored: in use where it wins the back-test. Done again on that day, it takes the
        place of what was learnt before."""
        self.env.cr.execute(sample(day, at="due"))
        rows = self.env.cr.fetchall()
        self.env.cr.execute(paid_lately(day))
        weights, is_learnt = learn(rows, self.env.cr.fetchall())
        figures = self._figures(company, day)
        is_used = is_learnt and figures["wins"]
        values = {
            "version": VERSION if is_used else OWN_RATE,
            "weights": weights,
            "figures": figures,
            "is_used": is_used,
            "settled_count": self._settled_count(day),
        }
        known = self.search([("company_id", "=", company.id), ("date", "=", day)], limit=1)
        known.write(values)
        return known or self.create({"company_id": company.id, "date": day, **values})

    def _settled_count(self, day):
        self.env.cr.execute(settled_count(day))
        return self.env.cr.fetchone()[0]

    def _figures(self, company, day):
        """Of the last back-test, of a new one when that is a week old."""
        known = self.search([("company_id", "=", company.id), ("figures", "!=", False)], limit=1)
        if known and (known.figures or {}).get("as_of", "") > str(day - MEASURED_FOR) and known.date <= day:
            return known.figures
        return measured(self.env.cr, day) | {"as_of": str(day)}
