from odoo import api, models
from odoo.tools import format_amount, format_date

from ...engine.collecting.sales_facts import collection_facts


class ResPartner(models.Model):
    """What sales are told of a customer's debts."""

    _inherit = "res.partner"

    @api.model
    def _collection_facts(self, pairs):
        """What is past due, the level reached, and whether that holds sales.

        :param pairs: (company, customer) of any number of documents
        :return: by pair: its facts, a row of ``engine.collecting.sales_facts``; those without any are left out
        """
        wanted = {(company.id, partner.commercial_partner_id.id): (company, partner) for company, partner in pairs}
        wanted.pop((False, False), None)
        companies = {company for company, partner in wanted if company and partner}
        partners = {partner for company, partner in wanted if company and partner}
        if not companies or not partners:
            return {}
        self.env.flush_all()
        statement = collection_facts(companies, partners, self.env["res.company"]._today())
        rows = self.env.execute_query_dict(statement)
        return {(row["company_id"], row["partner_id"]): row for row in rows}

    @api.model
    def _facts_sentences(self, facts):
        """The facts in the reader's words: what is past due and how far it went, why, and whether
        orders are held."""
        # Salespeople don't read the books; they are told of customers whose documents they read.
        env = self.sudo().env
        company = env["res.company"].browse(facts["company_id"])
        level = env["dunning.level"].browse(facts["level_id"])
        values = {"amount": format_amount(env, facts["overdue"], company.currency_id), "level": level.name or ""}
        decision = env["dunning.decision"].browse(facts["decision_id"])
        names_level = decision.code in ("reminded", "last_level") and decision.level_id == level
        if facts["overdue"] <= 0:
            sentences = [self.env._("An open item has reached the level %(level)s.", **values)]
        elif level and not names_level:
            sentences = [self.env._("%(amount)s is past due; the highest level reached is %(level)s.", **values)]
        else:
            sentences = [self.env._("%(amount)s is past due.", **values)]
        sentences.append(decision.sentence)
        sentences.append(self._hold_sentence(facts))
        return "\n".join(filter(None, sentences))

    def _hold_sentence(self, facts):
        if not facts["hold_level_id"]:
            return ""
        release = self.env["dunning.sales.release"].sudo().browse(facts["release_id"])  # as above
        if not release:
            return self.env._("Orders wait for a sales manager to release them.")
        return self.env._(
            "Orders are released until %(day)s by %(user)s: %(reason)s.",
            day=format_date(self.env, release.until),
            user=release.create_uid.name,
            reason=release.reason.rstrip("."),
        )
