from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.foresight import following, states
from ...engine.foresight.documents import booked
from ...engine.foresight.grades import better
from ...engine.foresight.persons import forget

#: From so many new rows on, the planner is told of them before they are joined: else it takes them for a few.
MANY = 1_000


class PaymentGrade(models.Model):
    """Filled every night, from each customer's own record."""

    _inherit = "payment.grade"

    raise_text = fields.Char(
        "What Would Raise It", compute="_compute_raise_text", help="By the mean of what is known until now."
    )

    @api.depends("partner_id", "grade")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["grade"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{row.partner_id.display_name} · {labels.get(row.grade, '')}"

    @api.depends("grade", "raise_count", "until")
    @api.depends_context("lang")
    def _compute_raise_text(self):
        for row in self:
            row.raise_text = not row.until and row._raised_by()

    def _raised_by(self):
        """What leads to the next better grade, in a sentence; empty for the best."""
        labels = dict(self._fields["grade"]._description_selection(self.env))
        if self.grade == "new":
            if self.raise_count == 1:
                return self.env._("One more settled document gives it a grade.")
            return self.env._("%(count)s more settled documents give it a grade.", count=self.raise_count)
        if not (next_one := better(self.grade)):
            return False
        values = {"count": self.raise_count, "grade": labels[next_one[0]]}
        if self.raise_count == 1:
            return self.env._("The next document on time makes it %(grade)s.", **values)
        return self.env._("The next %(count)s documents on time make it %(grade)s.", **values)

    # Every night ----------------------------------------------------------------------

    @api.model
    def _refresh(self, company, as_of, is_laid_out=False):
        """Bring grades of a company, and what its customers have of them, in line with the books as of a day.
        Set-based; writes only what changed; commits nothing.

        :param is_laid_out: the tables of the transaction are there already (``states.lay_out``)
        :return: (rows of grades, customers) that were written
        """
        self.env.flush_all()
        night = following.Night(company.id, as_of, self._model_version(company), self.env.uid, company._now())
        self._drop_left_out(company)
        if not is_laid_out:
            self._execute(states.lay_out_documents(booked(company.id)))
        self._execute(following.lay_out(night))
        self._execute(states.clear())
        followed = self._counted(following.follow(night))
        if followed >= MANY:
            self.env.cr.execute("ANALYZE payment_grade")
        written = followed, self._counted(following.mark(night))
        self._execute(following.clear())
        self.env.invalidate_all(flush=False)
        self.env["payment.loyalty"]._follow(company, as_of)
        return written

    def _execute(self, statements):
        for statement in statements:
            self.env.cr.execute(statement)

    @api.model
    def _counted(self, query):
        return self.env.execute_query(query)[0][0]

    @api.model
    def _model_version(self, company):
        """Of the model that the night has learnt; none before the first."""
        query = SQL(
            "SELECT version FROM payment_model WHERE company_id = %s ORDER BY date DESC, id DESC LIMIT 1", company.id
        )
        return next((row[0] for row in self.env.execute_query(query)), None)

    @api.model
    def _drop_left_out(self, companies=None, partners=None):
        """Grades and forecasts go of whoever isn't graded: of these companies, of these partners; None: all. What their
        customers have of them goes by ``_unmark``, or the same night."""
        self.env.flush_all()
        for table in ("payment_grade", "payment_forecast"):
            self.env.execute_query(
                forget(table, None if companies is None else companies.ids, None if partners is None else partners.ids)
            )
        self.env["payment.grade"].invalidate_model(flush=False)
        self.env["payment.forecast"].invalidate_model(flush=False)
