from hashlib import sha256

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...engine.dunning.gap import longest_pause


class DunningRun(models.Model):
    """When a run doesn't begin by itself: after a long gap, or in another database than the last one,
    somebody looks first. What has left since a backup was made isn't known in it."""

    _inherit = "dunning.run"

    waits_for_release = fields.Boolean(readonly=True, copy=False)
    database = fields.Char(
        "In Which Database", readonly=True, copy=False, help="A digest; another database has another one."
    )

    @api.model
    def _database_identity(self):
        """A digest of what a copy or a restored backup has otherwise: Odoo's number of the database,
        PostgreSQL's, and its server's where we may ask for it."""
        query = """SELECT oid, has_function_privilege('pg_control_system()', 'EXECUTE')
                     FROM pg_database WHERE datname = current_database()"""
        [[number, may_ask]] = self.env.execute_query(SQL(query))
        server = may_ask and self.env.execute_query(SQL("SELECT system_identifier FROM pg_control_system()"))
        own_number = self.env["ir.config_parameter"].sudo().get_param("database.uuid")  # of which a digest is told
        return sha256(repr((own_number, number, server)).encode()).hexdigest()

    def _hold(self):
        """Before a run of all customers begins by itself: whether it waits for its release, with the reason
        written. Else it is noted that the job was here."""
        reason = self.state in ("draft", "waiting") and self._reader()._reading(self)._hold_reason()
        if self.state == "waiting":
            self.sudo().date = self._today()  # whoever the job runs as
        if reason:
            self._set_state("waiting", state_reason=reason, waits_for_release=True, is_requested=False)
        elif self.state in ("draft", "waiting"):
            self._let_go()
        return bool(reason)

    def _let_go(self):
        """In this database the runs of its company go on."""
        # Who may run was asked.
        self.sudo().write({"database": self._database_identity(), "waits_for_release": False})

    def _reader(self):
        """Who looks after it when the job can't go on: the responsible of the company's first policy."""
        policies_sudo = self.company_id.sudo()._dunning_policies()  # whoever the job runs as
        return policies_sudo.user_id[:1] or policies_sudo.create_uid[:1]

    def _hold_reason(self):
        return self.company_id._dunning_elsewhere() or self._gap()

    def _gap(self):
        """Since when nothing ran, in a sentence; empty when that isn't long, or nothing ran ever."""
        company, today = self.company_id, self._today()
        was_at_it = Domain("database", "!=", False) | Domain("state", "in", ("running", "done", "failed"))
        own = Domain("company_id", "=", company.id) & Domain(self._daily_domain())
        last = self.search(was_at_it & own, order="date desc, id desc", limit=1).date
        policies = company._dunning_policies()
        if not last or not policies:
            return ""
        last = max(last, min(policy._runs_since() for policy in policies))
        pause = longest_pause(policy._level_days() for policy in policies)
        if (today - last).days <= pause:
            return ""
        return self.env._(
            "The last run was on %(day)s, %(days)s ago. If this is a restored backup, what has left since "
            "isn't known here. Look at the preview, then press Release.",
            day=format_date(self.env, last),
            days=self._days_text((today - last).days),
        )
