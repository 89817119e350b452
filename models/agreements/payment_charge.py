from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

#: Why a charge wasn't made, or failed, when it was no bank.
REASONS = [
    ("nothing", "Nothing to charge any more: paid, promised, disputed, on hold or covered"),
    ("withdrawn", "The customer has withdrawn the consent"),
    ("stopped", "Somebody stopped it"),
    ("off", "Charging was switched off"),
    ("unannounced", "It could not be announced: there is no e-mail address, or the e-mail failed"),
    ("unusable", "The card, or its payment provider, can't be used for this amount"),
    ("declined", "The bank declined"),
    ("unconfirmed", "The customer has not confirmed it with the bank in time"),
]


class PaymentCharge(models.Model):
    """What is charged to a saved card for an instalment of a plan, or for a journal item: announced, then asked of the
    provider, then done or not."""

    _name = "payment.charge"
    _inherit = ["l2c.clock.mixin", "l2c.state.mixin"]
    _description = "Charge to a Saved Card"
    _order = "date desc, id desc"

    _written_by = "the job that charges saved cards, and the buttons of the charge"
    # A provider may say late that money came.
    _transitions = {
        "announced": ("pending", "failed", "cancelled"),
        "pending": ("announced", "done", "failed", "cancelled"),
        "failed": ("done",),
        "done": (),
        "cancelled": (),
    }

    consent_id = fields.Many2one("payment.consent", required=True, ondelete="cascade", index=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    promise_id = fields.Many2one(
        "dunning.promise", "Instalment", ondelete="cascade", index="btree_not_null", readonly=True, copy=False
    )
    move_line_id = fields.Many2one(
        "account.move.line", "Item", ondelete="cascade", index="btree_not_null", readonly=True, copy=False
    )
    subject = fields.Char("What For", compute="_compute_subject")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    date = fields.Date("Charged on", required=True, readonly=True, help="The day that was announced.")
    announced_on = fields.Date(readonly=True)
    state = fields.Selection(
        [
            ("announced", "Announced"),
            ("pending", "Being Charged"),
            ("done", "Charged"),
            ("failed", "Failed"),
            ("cancelled", "Not Charged"),
        ],
        required=True,
        default="announced",
        readonly=True,
    )
    attempts = fields.Integer("Tries", readonly=True, help="How often the provider was asked.")
    # Who sees the charge need not see what providers say.
    transaction_id = fields.Many2one(
        "payment.transaction", ondelete="restrict", index="btree_not_null", readonly=True, groups="base.group_system"
    )
    reference = fields.Char(readonly=True, help="By which the payment provider knows the last try.")
    asked_on = fields.Datetime("Provider Asked on", readonly=True)
    is_answered = fields.Boolean(readonly=True, help="The provider has answered the last time that it was asked.")
    is_unclear = fields.Boolean(
        "Look It Up",
        readonly=True,
        help="Nobody knows whether the provider was asked: the server stopped in the middle.",
    )
    reason = fields.Selection(REASONS, readonly=True)
    error = fields.Char("What the Bank Said", readonly=True)

    # One of a promise, and one of a journal item, whatever happens at once.
    _promise_uniq = models.UniqueIndex(
        "(promise_id) WHERE promise_id IS NOT NULL AND state IN ('announced', 'pending', 'done')",
        "This instalment is charged already.",
    )
    _item_uniq = models.UniqueIndex(
        "(move_line_id) WHERE move_line_id IS NOT NULL AND state IN ('announced', 'pending', 'done')",
        "This item is charged already.",
    )
    _about_one = models.Constraint(
        "CHECK ((promise_id IS NULL) != (move_line_id IS NULL))", "A charge is about an instalment, or about an item."
    )
    # Serves the deciding statement and the job: what is on its way.
    _live_idx = models.Index("(company_id, state, date) WHERE state IN ('announced', 'pending')")

    @api.depends("promise_id", "move_line_id")
    @api.depends_context("lang")
    def _compute_subject(self):
        for charge in self:
            if charge.promise_id:
                day = format_date(self.env, charge.promise_id.date)
                charge.subject = self.env._("Instalment of %(day)s", day=day)
            else:
                # What it is called is no secret to who sees the charge.
                charge.subject = charge.sudo().move_line_id.move_id.name

    @api.depends("partner_id", "subject")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for charge in self:
            charge.display_name = " · ".join(filter(None, [charge.partner_id.display_name, charge.subject]))

    def _items(self):
        """The journal items that are paid by it."""
        return self.promise_id.move_line_ids | self.move_line_id

    def _text(self):
        """“100.00 on 03/17/2026 for INV/2026/0001” in the language of the environment."""
        return self.env._(
            "%(amount)s on %(day)s for %(subject)s",
            amount=format_amount(self.env, self.amount, self.currency_id),
            day=format_date(self.env, self.date),
            subject=self.subject,
        )

    # Buttons ------------------------------------------------------------------------------

    def action_stop(self):
        """Don't charge what was announced.

        :raise UserError: when the provider was asked already
        """
        self.check_access("write")
        if late := self.filtered(lambda charge: charge.state != "announced"):
            raise UserError(late[0]._no_way("cancelled"))
        self._cancel("stopped")

    @api.model
    def _refuse_without(self, about):
        """What the provider was asked for isn't forgotten with what it is for: else it could be asked twice.

        :raise UserError: while one of the charges about these is on its way
        """
        charge_sudo = self.sudo().search([*about, ("state", "=", "pending")], limit=1)  # whoever deletes
        if charge_sudo:
            raise UserError(
                self.env._(
                    "%(what)s is being charged to a saved card. Wait until it is done.", what=charge_sudo.subject
                )
            )

    # How it goes on -------------------------------------------------------------------------

    def _cancel(self, reason):
        """What was announced isn't charged, by a key of ``REASONS``."""
        if self:
            self._set_state("cancelled", reason=reason)
            self._log(lambda charge: charge.env._("Not charged to the saved card: %(what)s.", what=charge._text()))
            self._reasons_changed()

    def _reasons_changed(self):
        """What the state of a charge stands against is decided anew."""
        if items := self.sudo()._items():  # whoever stops it
            self.env["dunning.notice"]._reasons_changed(items)

    def _log(self, say):
        """A line in the chatter of the plan or the document, in the language of who reads it.

        :param say: of a charge, as its reader reads it, the line
        """
        lines = {}
        for company, charges_sudo in self.sudo().grouped("company_id").items():  # whoever stops it
            responsibles = charges_sudo.partner_id.with_company(company)._collection_responsibles()
            for charge in charges_sudo:
                about = charge.promise_id.plan_id or charge.move_line_id.move_id
                user = responsibles.get(charge.partner_id, self.env.user)
                noted = self.env["res.users"]._noting(about, user)
                line = say(charge.with_context(lang=noted.env.lang))
                lines.setdefault(about._name, {}).setdefault(about.id, []).append(line)
        for model, of_model in lines.items():
            records_sudo = self.env[model].sudo().browse(of_model)  # as above
            bodies = {number: Markup("<br/>").join(said) for number, said in of_model.items()}
            records_sudo._message_log_batch(bodies=bodies)
