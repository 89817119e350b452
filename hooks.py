from .engine.handling import REQUIRED


def post_init_hook(env):
    """Every existing document gets its status, from its own state, in one statement a model."""
    env.flush_all()
    for model in REQUIRED:
        env[model]._handling_install()


def uninstall_hook(env):
    """Let go of the foreign keys, so that our records can be deleted in any order. Those on
    the hosts' tables Odoo would leave registered."""
    env["ir.model.constraint"].search([("module.name", "=", "lead_to_cash"), ("type", "=", "f")]).unlink()
