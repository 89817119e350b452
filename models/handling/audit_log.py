from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang, ormcache

from ...engine.handling.own import own

#: In the context: why something is changed, as the dialog in which it was asked says.
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
    old_value = fields.Char("Value Before", readonly=True)
    new_value = fields.Char("Value After", readonly=True)
    old_text = fields.Char("Before", compute="_compute_labels")
    new_text = fields.Char("After", compute="_compute_labels")
    reason = fields.Char("Why", readonly=True)

    # Serves the log of a record.
    _record_idx = models.Index("(res_id, res_model)")

    @api.depends("res_model", "field_name", "old_value", "new_value")
    @api.depends_context("lang")
    def _compute_labels(self):
        for row in self:
            model = self.env.get(row.res_model)
            field = None if model is None else model._fields.get(row.field_name)
            row.model_name = "" if model is None else self.env["ir.model"]._get(row.res_model).sudo().name  # no secret
            row.field_label = field._description_string(self.env) if field else row.field_name
            row.old_text = row._shown(field, row.old_value)
            row.new_text = row._shown(field, row.new_value)

    def _shown(self, field, value):
        """What was kept, in the reader's words and forms."""
        if not (field and value):
            return value
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "boolean":
            return self.env._("Yes") if value == "True" else self.env._("No")
        if field.type == "date":
            return format_date(self.env, value)
        if field.type in ("float", "monetary"):
            return formatLang(self.env, float(value), digits=2)
        return value

    @api.model
    def _forget(self, partners):
        """Of these customers, who isn't known any more, it stays who changed what; not in which words."""
        logs_sudo = self.sudo()  # whoever was allowed to anonymise them
        moves = self.env["account.move"].sudo().search([("commercial_partner_id", "in", partners.ids)])  # as above
        about = {"res.partner": partners, "account.move": moves, "account.move.line": moves.line_ids}
        for model, records in about.items():
            rows = logs_sudo.search([("res_model", "=", model), ("res_id", "in", records.ids)])
            rows.reason = False
            for row in rows.filtered(lambda row: row.field_name in ("dunning_hold_reason", "dunning_pause_reason")):
                row.write({"old_value": False, "new_value": False})
            for partner in partners if model == "res.partner" else ():
                rows.filtered(lambda row, partner=partner: row.res_id == partner.id).record_name = partner.display_name
        partners._audit({(partner, "name"): self.env._("(a name)") for partner in partners}, self.env._("Anonymised"))

    @api.readonly
    def action_open_record(self):
        """Open what was changed, or what it is a part of."""
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("It was deleted since."))
        return record._audited_part_of().get_formview_action()


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

    #: Whether it is kept, too, who made such a record, and who deleted it.
    _audits_existence = False

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if own(self.env, "install_mode"):
            return records  # what is shipped was nobody's decision
        names = self._audited_names()
        before = {
            (record, name): ""
            for record, vals in zip(records, vals_list, strict=True)
            for name in sorted(names.intersection(name for name, value in vals.items() if value))
        }
        if self._audits_existence:
            before |= {(record, "display_name"): "" for record in records}
        if before:
            records._audit(before)
        return records

    def unlink(self):
        if not self._audits_existence:
            return super().unlink()
        before = {(record, "display_name"): record.display_name for record in self}
        rows = self._audit_values(before, dict.fromkeys(before, ""))
        result = super().unlink()
        self._audit_rows(rows)
        return result

    def write(self, vals):
        names = self._audited_names().intersection(vals)
        if not names or own(self.env, "install_mode"):  # as in create
            return super().write(vals)
        before = self._audit_texts(names)
        result = super().write(vals)
        self._audit(before)
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        """What is said in other languages, which Odoo doesn't `write`: a row for each."""
        names = self._audited_names().intersection([field_name])
        before = [self.with_context(lang=lang)._audit_texts(names) for lang in translations]
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        for texts in before:
            self._audit(texts)
        return result

    def _audit_texts(self, names):
        """{(record, field): what its user reads there}"""
        return {
            (record, name): self._audit_text(record, self._fields[name])
            for record in self.sudo()  # whoever changes it need not read it
            for name in sorted(names)
        }

    def _audit_text(self, record, field):
        value = record[field.name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "boolean":
            return str(bool(value))
        return "" if value is False or value is None else str(value)

    def _audit(self, before, reason=None):
        """Keep what differs from ``before``, the result of :meth:`_audit_texts`."""
        after = {(record, name): self._audit_text(record, self._fields[name]) for record, name in before}
        self._audit_rows(self._audit_values(before, after, reason))

    def _audit_values(self, before, after, reason=None):
        return [
            {
                "date": self.env["l2c.audit.log"]._now(),
                "user_id": self.env.uid,
                "company_id": record._audit_company(self._fields[name]).id,
                "res_model": self._name,
                "res_id": record.id,
                "record_name": record._audited_name(),
                "field_name": name,
                "old_value": old,
                "new_value": after[record, name],
                "reason": reason or own(self.env, WHY),
            }
            for (record, name), old in before.items()
            if after[record, name] != old
        ]

    def _audit_rows(self, rows):
        self.env["l2c.audit.log"].sudo().create(rows)  # nobody writes it themselves

    def _audit_company(self, field):
        """Whose matter a change of ``field`` is; none: of everybody who may read the log."""
        return self.env.company if field.company_dependent else self.company_id

    def _audited_name(self):
        return self.display_name

    def _audited_part_of(self):
        """What people open to see the record."""
        return self

    def _audit_domain(self):
        """The rows about these records, and about what belongs to them."""
        return Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)

    def action_audit_log(self):
        """Who changed what here."""
        self.env["l2c.audit.log"].check_access("read")
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.audit_log_action")
        return action | {"domain": list(self._audit_domain()), "context": {}}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["l2c.audited.mixin", "l2c.protected.mixin", "res.partner"]

    _editable_is_writable = True
    _written_by = "the actions of the customer"

    def _audit_domain(self):
        """With their invoices, and the items of these."""
        moves = self.env["account.move"]
        about = super()._audit_domain()
        if moves.has_access("read"):
            theirs = moves.search([("commercial_partner_id", "in", self.commercial_partner_id.ids)])
            about |= theirs._audit_domain() | theirs.line_ids._audit_domain()
        return about


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["l2c.audited.mixin", "res.company"]

    def _audit_company(self, _field):
        return self


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["l2c.audited.mixin", "account.move"]


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["l2c.audited.mixin", "account.payment"]


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["l2c.audited.mixin", "l2c.protected.mixin", "account.move.line"]

    _audited_too = frozenset({"no_followup"})
    _editable_is_writable = True
    _written_by = "the action Payment Returned"

    def _audited_part_of(self):
        return self.move_id
