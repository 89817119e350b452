"""A fresh company for the replay: customers, a bank that books at once, a policy that runs."""

from .table import InputError


def prepare(env, invoices, policy_name):
    """Make the database's company ready for the file; once."""
    policy = find_policy(env, policy_name)
    company = env.company
    company.write({"name": "Replay", "email": "replay@example.com"})
    bank = find_bank(env)
    bank.inbound_payment_method_line_ids.payment_account_id = bank.default_account_id
    # Mails stay in the queue, and no scheduled action of a server meddles with the days.
    env["ir.cron"].search([]).active = False
    customers = sorted({invoice.customer for invoice in invoices})
    env["res.partner"].create(
        [{"name": name, "ref": name, "email": f"{name}@example.com", "is_company": True} for name in customers]
    )
    policy.write({"start_date": invoices[0].date})
    policy.action_start()
    company.dunning_policy_id = policy


def find_policy(env, name):
    """The company's policy of that name, in whatever case."""
    policies = env["dunning.policy"].search([("company_id", "=", env.company.id)])
    found = policies.filtered(lambda policy: policy.name.casefold() == name.casefold())
    if len(found) != 1:
        raise InputError(f"No policy is called “{name}”. There are: {', '.join(policies.mapped('name'))}.")
    return found


def find_bank(env):
    """The journal in which payments are booked."""
    return env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
