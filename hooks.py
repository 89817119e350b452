from .engine.handling import REQUIRED


def post_init_hook(env):
    """Every existing document gets its status, from its own state, in one statement a model."""
    env.flush_all()
    for model in REQUIRED:
        env[model]._handling_install()


def uninstall_hook(env):
    """Let go of the statuses, so that they can be deleted with the rest: the foreign keys
    on the hosts' tables (which Odoo would leave registered) and the log."""
    names = [f"{env[model]._table}_handling_status_id_fkey" for model in REQUIRED]
    env["ir.model.constraint"].search([("name", "in", names)]).unlink()
    env.cr.execute("TRUNCATE handling_status_change")
