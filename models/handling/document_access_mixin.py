from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class DocumentAccessMixin(models.AbstractModel):
    """For rows about a document, named by ``res_model`` and ``res_id``: who may read the
    document may read the row, and nobody else."""

    _name = "l2c.document.access.mixin"
    _description = "Access by Document"

    def _document_models(self):
        """Names of the models that ``res_model`` can hold."""
        raise NotImplementedError

    def _document_domain(self):
        """The rows about documents that the user may read."""
        domain = Domain.FALSE
        for name in self._document_models():
            model = self.env[name].with_context(active_test=False)
            if model.has_access("read"):
                readable = Domain("res_model", "=", name) & Domain("res_id", "in", model._search([]))
                domain |= readable
        return domain

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (bypass_access or self.env.su):
            domain = Domain(domain) & self._document_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self._ids or self.env.su:
            return result
        candidates = self - result[0] if result else self
        forbidden = candidates - candidates.with_context(active_test=False).search([("id", "in", candidates.ids)])
        if not forbidden:
            return result
        if result:
            return result[0] + forbidden, result[1]
        return forbidden, lambda: AccessError(
            self.env._("You can't see these records because you can't see the documents they belong to.")
        )
