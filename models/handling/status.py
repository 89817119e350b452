from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import ormcache

from ...engine.handling.own import own
from ...engine.handling.status import DOCUMENTS, REQUIRED, ROLES, SITUATIONS, missing
from .cron_step import cron_step

#: What code depends on, and what the log of the past was written with.
FIXED_WHEN_USED = ("res_model", "role", "situation")


class HandlingStatus(models.Model):
    """A status of the configurable scheme. Code depends on ``role`` (and ``situation``
    where one is set), never on a name, an id or an order."""

    _name = "handling.status"
    _inherit = ["l2c.cached.mixin"]
    _description = "Handling Status"
    _order = "res_model, sequence, id"

    name = fields.Char(required=True, translate=True)
    res_model = fields.Selection(DOCUMENTS, "Document", required=True, default="crm.lead")
    role = fields.Selection(
        ROLES,
        required=True,
        default="in_progress",
        help="What the status means. Several statuses may share a role; the first of them is its default.",
    )
    situation = fields.Selection(SITUATIONS, help="Only for invoices: the state of payment that the status is for.")
    sequence = fields.Integer(copy=False, help="Of the statuses of a role, the first is its default.")
    role_default_id = fields.Many2one(
        "handling.status",
        "Default of the Role",
        compute="_compute_role_default_id",
        help="What documents get that come to the role by themselves: the first of its statuses.",
    )
    is_role_default = fields.Boolean("Default of Its Role", compute="_compute_role_default_id")
    color = fields.Integer(aggregator=None)
    fold = fields.Boolean("Folded in Kanban")
    active = fields.Boolean(default=True)
    guidance = fields.Text(
        translate=True,
        help="What it means, what to say and to keep in mind; stands beside the phone number, and behind the status.",
    )
    response_hours = fields.Float(help="Hours in which somebody has to try; days off don't count. 0: no deadline.")
    followup_days = fields.Integer(
        "Follow up after", help="Days; working days where somebody was reached. 0: nothing is planned."
    )
    followup_again_days = fields.Integer("Once More after", help="Days after the follow-up was done. 0: never.")
    silent_days = fields.Integer("Silent after", help="Working days without a contact, after which it is flagged.")
    activity_type_id = fields.Many2one("mail.activity.type", "Activity", help="Of the follow-up. Empty: a call.")
    mail_template_id = fields.Many2one("mail.template", "E-mail on Entering", help="Sent when the status is entered.")
    max_attempts = fields.Integer(
        "Most Tries", help="After so many tries in a row without an answer the document is closed. 0: any number."
    )
    exhausted_reason_id = fields.Many2one("crm.lost.reason", "Reason for Giving Up")
    requires_next_action = fields.Boolean(help="Documents in this status without a next action are flagged.")
    requires_need = fields.Boolean(
        "Ask for the Need", help="A conversation about a lead in this status can't be logged before the need is known."
    )
    requires_note = fields.Boolean(
        "Ask for a Note", help="A conversation in this status can't be logged without saying what was said."
    )
    requires_closure_reason = fields.Boolean(help="A document can't come here without a reason.")
    series_ids = fields.One2many("handling.attempt.mail", "status_id", "E-mails after a Miss")

    _numbers_positive = models.Constraint(
        "CHECK(response_hours >= 0 AND followup_days >= 0 AND followup_again_days >= 0"
        " AND silent_days >= 0 AND max_attempts >= 0)",
        "Hours, days and tries of a status can't be negative; 0 switches one off.",
    )

    @api.constrains("max_attempts", "exhausted_reason_id")
    def _check_exhausted(self):
        for status in self:
            if status.max_attempts and not status.exhausted_reason_id:
                raise ValidationError(
                    self.env._("Choose with which reason the status %(name)s gives up.", name=status.name)
                )

    @api.model
    @ormcache("setting")
    def _ids_with(self, setting):
        """The ids of the statuses with ``setting``; asked at every change of a document."""
        statuses_sudo = self.sudo().with_context(active_test=False)  # the same for everybody
        return frozenset(statuses_sudo.search([(setting, "!=", False)]).ids)

    @api.depends("res_model", "role", "situation", "sequence", "active")
    def _compute_role_default_id(self):
        firsts = {}
        for status in self.search([]):
            firsts.setdefault(status._alike(), status)
        for status in self:
            status.role_default_id = firsts.get(status._alike())
            status.is_role_default = bool(status._origin) and status.role_default_id == status._origin

    def _alike(self):
        return self.res_model, self.role, self.situation or False

    @api.model_create_multi
    def create(self, vals_list):
        statuses = super().create(vals_list)
        unordered = [status for status, vals in zip(statuses, vals_list, strict=True) if "sequence" not in vals]
        self.browse(status.id for status in unordered)._put_last()
        return statuses

    def _put_last(self):
        """After the others of the role, so that none becomes its default without being asked for."""
        others = self.with_context(active_test=False).search([("id", "not in", self.ids)])
        for (model, role), statuses in self.grouped(lambda status: (status.res_model, status.role)).items():
            alike = others.filtered(lambda status, key=(model, role): (status.res_model, status.role) == key)
            statuses.sequence = max(alike.mapped("sequence"), default=10)

    def write(self, vals):
        different = self.browse()
        changed = [name for name in FIXED_WHEN_USED if name in vals]
        if changed:
            different = self.filtered(lambda status: any((status[name] or False) != vals[name] for name in changed))
            used = different._used()
            if used:
                raise UserError(
                    self.env._(
                        "The status %(name)s is in use, so its document, role and situation can't change. "
                        "Make a new status and archive this one.",
                        name=used[0].name,
                    )
                )
        if vals.get("res_model") and any(status.res_model != vals["res_model"] for status in self):
            raise UserError(self.env._("A status stays with its kind of document. Make a new one for the other kind."))
        result = super().write(vals)
        if "role" in vals and "sequence" not in vals:
            different._put_last()
        if changed or "active" in vals:
            self._check_complete()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self._used()
        if used:
            raise UserError(
                self.env._("The status %(name)s is in use and can't be deleted. Archive it.", name=used[0].name)
            )
        self._check_complete(without=self)

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        model = own(self.env, "l2c_status_of")
        if model:
            domain = [*(domain or []), ("res_model", "=", model)]
        return super().name_search(name, domain, operator, limit)

    @api.constrains("mail_template_id", "res_model")
    def _check_mail_template(self):
        for status in self:
            status._check_template(status.mail_template_id)

    def _check_template(self, template):
        """Refuse a template that can't be sent about the documents of the status."""
        if template and self.res_model == "account.move":
            raise ValidationError(
                self.env._(
                    "Customers are written to about invoices by dunning policies, not by the status %(name)s. "
                    "Remove the template %(template)s.",
                    name=self.name,
                    template=template.name,
                )
            )
        if template and template.model != self.res_model:
            raise ValidationError(
                self.env._(
                    "The template %(template)s is for other documents than the status %(name)s. "
                    "Choose one that applies to “%(document)s”.",
                    template=template.name,
                    name=self.name,
                    document=self.env["ir.model"]._get(self.res_model).name,
                )
            )

    def _send_series(self, documents, tries):
        """Queue the e-mail and the SMS of the series for so many tries, where there are any."""
        step = self.series_ids.filtered(lambda step: step.number == tries)
        if not step:
            return
        written = own(self.env, "l2c_one_call")
        if written is not None:
            # One call was about all of them: one e-mail is enough for who gets it.
            documents = documents[: not written]
            written.extend(documents)
        by_itself = documents._on_basis_of_series()
        if step.as_draft and step.mail_template_id:
            documents._draft_series(step)
        else:
            by_itself._send_sales_mail(step.mail_template_id)
        by_itself._send_sales_sms(step.sms_template_id)

    @api.model
    def _ship_series(self):
        """Six tries with three e-mails, as drafts, where a company has no series of its own."""
        status = self.env.ref("lead_to_cash.status_lead_no_answer", raise_if_not_found=False)
        if status and not status.series_ids:
            templates = [self.env.ref(f"lead_to_cash.mail_template_missed_{number}", False) for number in (1, 2, 3)]
            status.series_ids = [
                Command.create({"number": 2 * number, "mail_template_id": template.id, "as_draft": True})
                for number, template in enumerate(templates, 1)
                if template
            ]

    def _used(self):
        """Those of ``self`` that a document or the log refers to."""
        ids = set()
        for name in REQUIRED:
            model = self.env[name].sudo().with_context(active_test=False)  # everybody's documents count
            ids.update(
                s.id for [s] in model._read_group([("handling_status_id", "in", self.ids)], ["handling_status_id"])
            )
        log_sudo = self.env["handling.status.change"].sudo()  # as above
        for fname in ("old_status_id", "new_status_id"):
            ids.update(s.id for [s] in log_sudo._read_group([(fname, "in", self.ids)], [fname]))
        return self.filtered(lambda status: status.id in ids)

    def _check_complete(self, without=None):
        """Refuse a scheme in which a role or situation has no active status."""
        statuses = self.search([]) - (without or self.browse())
        for model, label in self._fields["res_model"]._description_selection(self.env):
            of_model = statuses.filtered(lambda status, model=model: status.res_model == model)
            gaps = missing(model, {(status.role, status.situation) for status in of_model})
            if gaps:
                raise UserError(
                    self.env._(
                        "No active status would be left for %(document)s with the role %(role)s. "
                        "First make or restore another one.",
                        document=label,
                        role=self._role_label(*gaps[0]),
                    )
                )

    def _role_label(self, role, situation):
        labels = dict(self._fields["role"]._description_selection(self.env))
        situations = dict(self._fields["situation"]._description_selection(self.env))
        return f"{labels[role]} ({situations[situation]})" if situation else labels[role]

    def _cron_follow_time(self):
        """What changes by the date alone: overdue invoices, expired quotations, customers who don't
        come back, closed leads to be asked again. Each step in its transaction; one that fails stops no
        other."""
        cron = self.env.ref("lead_to_cash.cron_follow_time")
        steps = [self.env["l2c.money"]._follow_all_under_way]
        steps += [self.env[name]._handling_follow_time for name in REQUIRED]
        steps += [
            self.env["res.partner"]._follow_customers,
            self.env["keep.in.touch"]._follow_customers,
            self.env["res.partner"]._ask_for_referrals,
            self.env["crm.lead"]._reengage,
            self.env["sale.order"]._warn_of_expiry,
            self.env["sale.order"]._remind_customers,
            self.env["dunning.write.off"]._lapse,
            self.env["dunning.notice"]._thank,
        ]
        for number, step in enumerate(steps, 1):
            with cron_step(cron, step.__qualname__):
                step()
            self.env["ir.cron"]._commit_progress(1, remaining=len(steps) - number)
