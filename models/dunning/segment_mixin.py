from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

#: Over these a domain may go one step further: to their own fields.
LISTS = (
    *("res.partner.category", "res.country", "res.partner.industry", "account.payment.term", "res.users"),
    "product.category",
)


class DunningSegmentMixin(models.AbstractModel):
    """Customers chosen by a domain that a person writes and the engine follows, as superuser:
    when it is saved, it is searched as that person, and reaches no further than the customers."""

    _name = "dunning.segment.mixin"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Customers of a Segment"

    partner_domain = fields.Char("Customers", help="Which customers it is for. Empty: all.")
    partner_domain_is_old = fields.Boolean(
        compute="_compute_partner_domain_is_old", help="From a time when more could be chosen by; it stays in force."
    )

    def _written_domain(self):
        return Domain(literal_eval(self.partner_domain or "[]"))

    def _partner_domain(self):
        """The domain of the customers."""
        return self._written_domain()

    @api.depends("partner_domain")
    def _compute_partner_domain_is_old(self):
        partners_sudo = self.env["res.partner"].sudo()  # whoever reads it: how far it reaches
        for record in self:
            try:
                record.partner_domain_is_old = not reaches_lists(partners_sudo, record._written_domain())
            except (ValueError, SyntaxError, TypeError):
                record.partner_domain_is_old = False  # can't be read at all: the engine says so

    # Saving: no constraint, which would search as superuser ---------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_partner_domain()
        return records

    def write(self, vals):
        before = {record: record.partner_domain for record in self if "partner_domain" in vals}
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")  # nobody gives another company a policy
        edited = [record.id for record, domain in before.items() if record.partner_domain != domain]
        self.browse(edited)._check_partner_domain()
        return result

    def _check_partner_domain(self):
        """
        :raise ValidationError: when the customers can't be read, or not by this person
        """
        for record in self.filtered("partner_domain"):
            partners = record.env["res.partner"].with_company(record.company_id)
            try:
                own = reaches_lists(partners, record._written_domain())
                if own:
                    record._partner_domain().validate(partners)
                    partners.search(record._partner_domain(), limit=1)
            except AccessError:
                own = False
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The customers of %(name)s can't be read. Choose them anew in the field Customers.",
                        name=record.name,
                    )
                ) from error
            if not own:
                raise ValidationError(
                    self.env._(
                        "The customers of %(name)s can't be chosen by what isn't their own or what you can't read; "
                        "use fields of the customer, or of its tags, country, industry, payment terms or salesperson.",
                        name=record.name,
                    )
                )


def reaches_lists(model, domain, steps=1):
    """Whether each condition is about a stored field of the records of ``model`` themselves that
    the reader may read, or, with ``steps``, of a list that they name. Fields that there aren't
    are for the search to refuse."""
    return all(_reaches_lists(model, condition, steps) for condition in domain.iter_conditions())


def _reaches_lists(model, condition, steps):
    name, _dot, rest = condition.field_expr.partition(".")
    field = model._fields.get(name)
    if field is None:
        return True
    if not (_is_own(model, field, steps) and model._has_field_access(field, "read")):
        return False
    is_list = bool(steps) and field.comodel_name in LISTS
    if rest:
        inner = Domain(rest, condition.operator, condition.value)
    elif condition.operator in ("any", "not any"):
        inner = Domain(condition.value)
    else:
        plain = not field.relational and name != "id"
        return plain or is_list or _are_ids(condition.value)
    return is_list and reaches_lists(model.env[field.comodel_name], inner, steps - 1)


def _is_own(model, field, steps):
    """Stored in the record's own table, or which tags it has; of a list also its name, and what
    a user has from its contact."""
    if not steps and field.name == "display_name":
        return True
    if not steps and field.inherited:
        field = field.related_field
    tags = field.type == "many2many" and field.comodel_name in LISTS
    return field.store and (tags or bool(field.column_type)) and field.type not in ("properties", "json", "binary")


def _are_ids(value):
    values = value if isinstance(value, (list, tuple, set)) else [value]
    return all(isinstance(item, int) or not item for item in values)
