from odoo import api, fields, models
from odoo.tools import ormcache

#: In the context: why something is changed, in the words of who changes it.
WHY = "l2c_why"


class AuditLog(models.Model):
    """One row for each change of what stops or steers following up: who, when, from what to what, and why.
    Written by :class:`AuditedMixin`; never changed."""

    _name = "l2c.audit.log"
    _inherit = ["l2c.clock.mixin"]
    _description = "Audit Log"
    _order = "date desc, id desc"
    _rec_name = "record_name"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", ondelete="restrict", required=True, index=True, readonly=True)
    company_id = fields.Many2one("res.company", index=True, readonly=True, ondelete="cascade")
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record Id", model_field="res_model", required=True, readonly=True)
    record_name = fields.Char("Record", readonly=True)
    model_name = fields.Char("Kind", compute="_compute_labels", help="What kind of record was changed.")
    field_name = fields.Char("Technical Name", required=True, readonly=True)
    field_label = fields.Char("What", compute="_compute_labels")
    old_value = fields.Char("From", readonly=True)
    new_value = fields.Char("To", readonly=True)
    reason = fields.Char("Why", readonly=True)

    # Serves the log of a record.
    _record_idx = models.Index("(res_id, res_model)")

    @api.depends("res_model", "field_name")
    @api.depends_context("lang")
    def _compute_labels(self):
        for row in self:
            model = self.env.get(row.res_model)
            field = None if model is None else model._fields.get(row.field_name)
            row.model_name = "" if model is None else self.env["ir.model"]._get(row.res_model).sudo().name  # no secret
            row.field_label = field._description_string(self.env) if field else row.field_name

    @api.model
    def _forget(self, partners):
        """Of these customers, who isn't known any more, it stays who changed what; not in which words."""
        logs_sudo = self.sudo()  # whoever was allowed to anonymise them
        moves = self.env["account.move"].sudo().search([("commercial_partner_id", "in", partners.ids)])  # as above
        about = {"res.partner": partners, "account.move": moves, "account.move.line": moves.line_ids}
        for model, records in about.items():
            rows = logs_sudo.search([("res_model", "=", model), ("res_id", "in", records.ids)])
            rows.reason = False
            for row in rows.filtered(lambda row: row.field_name == "dunning_hold_reason"):
                row.write({"old_value": False, "new_value": False})
            for partner in partners if model == "res.partner" else ():
                rows.filtered(lambda row, partner=partner: row.res_id == partner.id).record_name = partner.display_name
        partners._audit({(partner, "name"): self.env._("(a name)") for partner in partners}, self.env._("Anonymised"))

    @api.readonly
    def action_open_record(self):
        """Open what was changed."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }


class AuditedMixin(models.AbstractModel):
    """Records of which it is kept who changed what stops or steers following up.

    Its ``write`` is beneath those of all rooms, so that it sees what they add.
    """

    _name = "l2c.audited.mixin"
    _description = "With an Audit Log"

    #: Fields of the host whose changes are kept; ours say so themselves: ``audited=True``.
    _audited_too = frozenset()

    def _valid_field_parameter(self, field, name):
        return name == "audited" or super()._valid_field_parameter(field, name)

    @api.model
    @ormcache("self._name")
    def _audited_names(self):
        ours = (name for name, field in self._fields.items() if getattr(field, "audited", False) and not field.related)
        return self._audited_too.union(ours)

    def write(self, vals):
        names = self._audited_names().intersection(vals)
        if not names:
            return super().write(vals)
        before = self._audit_texts(names)
        result = super().write(vals)
        self._audit(before)
        return result

    def _audit_texts(self, names):
        """{(record, field): what its user reads there}"""
        return {
            (record, name): self._audit_text(record, self._fields[name])
            for record in self.sudo()  # whoever changes it need not read it
            for name in sorted(names)
        }

    def _audit_text(self, record, field):
        value = field.convert_to_export(record[field.name], record)
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return "" if value is False or value is None else str(value)

    def _audit(self, before, reason=None):
        """Keep what differs from ``before``, the result of :meth:`_audit_texts`."""
        logs_sudo = self.env["l2c.audit.log"].sudo()  # nobody writes it themselves
        logs_sudo.create(
            [
                {
                    "date": logs_sudo._now(),
                    "user_id": self.env.uid,
                    "company_id": record._audit_company(self._fields[name]).id,
                    "res_model": self._name,
                    "res_id": record.id,
                    "record_name": record.display_name,
                    "field_name": name,
                    "old_value": old,
                    "new_value": new,
                    "reason": reason or self.env.context.get(WHY),
                }
                for (record, name), old in before.items()
                if (new := self._audit_text(record, self._fields[name])) != old
            ]
        )

    def _audit_company(self, field):
        """Whose matter a change of ``field`` is; none: of everybody who may read the log."""
        return self.env.company if field.company_dependent else self.company_id

    def action_audit_log(self):
        """Who changed what here."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.audit_log_action")
        return action | {"domain": [("res_model", "=", self._name), ("res_id", "in", self.ids)], "context": {}}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["l2c.audited.mixin", "l2c.protected.mixin", "res.partner"]

    _editable_is_writable = True
    _written_by = "the actions of the customer"


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["l2c.audited.mixin", "res.company"]

    def _audit_company(self, _field):
        return self


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["l2c.audited.mixin", "account.move"]


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["l2c.audited.mixin", "l2c.protected.mixin", "account.move.line"]

    _audited_too = frozenset({"no_followup"})
    _editable_is_writable = True
    _written_by = "the action Payment Returned"
