from odoo.tools import SQL

from .engine.handling.status import REQUIRED


def pre_init_hook(env):
    """Columns of existing documents, in one statement each: made by the ORM while installing,
    they would be computed document by document."""
    for model in REQUIRED:
        _fill_next_action_date(env, model)
    _fill_sent_date(env)
    # Computed, the ORM would ask each quotation for its lead; no lead has a need yet.
    env.cr.execute("ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS customer_need text")


def _fill_next_action_date(env, model):
    table = SQL.identifier(env[model]._table)
    env.cr.execute(SQL("ALTER TABLE %s ADD COLUMN IF NOT EXISTS next_action_date date", table))
    env.cr.execute(SQL("ALTER TABLE %s ADD COLUMN IF NOT EXISTS callback_at timestamp", table))
    env.cr.execute(
        SQL(
            """UPDATE %s d SET next_action_date = x.day
                 FROM (SELECT res_id, min(date_deadline) AS day FROM mail_activity
                        WHERE res_model = %s AND active GROUP BY res_id) x
                WHERE x.res_id = d.id""",
            table,
            model,
        )
    )


def _fill_sent_date(env):
    """When an invoice was sent before, nobody has noted: its own date comes closest. Computed, it
    would be the day of installing."""
    env.cr.execute(SQL("ALTER TABLE account_move ADD COLUMN IF NOT EXISTS sent_date date"))
    env.cr.execute(SQL("UPDATE account_move SET sent_date = COALESCE(invoice_date, date) WHERE is_move_sent"))


def post_init_hook(env):
    """Every existing document gets its status, from its own state and what is under way for it, in one
    statement a model; leads that were closed before are asked again when the days of their reasons have passed
    from today; the shipped policies get their minimum, in the currency of their company; every
    company says how it is paid."""
    env.flush_all()
    env["l2c.money"]._write_under_way()
    for model in REQUIRED:
        env[model]._handling_install()
    env["crm.lead"]._mark_from_before()
    env["crm.lead"]._note_asked_again_since()
    env["handling.status"]._ship_series()
    env["dunning.policy"].with_context(install_mode=True).search([])._set_shipped_minimum()
    env["res.company"].search([])._make_payment_ways()


def uninstall_hook(env):
    """What is queued doesn't leave any more. Let go of the foreign keys, so that our records can
    be deleted in any order. Those on the hosts' tables Odoo would leave registered, and what we have noted."""
    env["dunning.notice"].search([("state", "in", ("queued", "failed"))])._drop_mails()
    env["ir.model.constraint"].search([("module.name", "=", "lead_to_cash"), ("type", "=", "f")]).unlink()
    env["ir.config_parameter"].search([("key", "=like", "lead_to_cash.%")]).unlink()
