"""Values in the context that count only when our own code has put them there: a client may send
any key, but neither JSON nor XML-RPC can make an object of a type of ours."""

import threading
from dataclasses import dataclass

from odoo.exceptions import UserError
from odoo.http import request


@dataclass(frozen=True)
class Own:
    """``value`` as our own code says it."""

    value: object


def own(env, key):
    """What the context says under ``key``: an :class:`Own` value; any, where no client can have
    said it; else None."""
    value = env.context.get(key)
    if isinstance(value, Own):
        return value.value
    return None if is_asked(env) else value


def is_asked(env):
    """Whether a client may have written the context. Not in tests, shells, crons and replays,
    which answer no request; nor while a module is installed, by which request ever."""
    # For XML-RPC and its JSON twin Odoo hides the request: the thread still tells what it answers.
    answers = bool(request) or hasattr(threading.current_thread(), "url")
    return answers and env.registry.ready


def ids_of(env, key):
    """The ids that the context says under ``key``: what a client looks at, or has looked at.

    :raise UserError: for anything else
    """
    ids = env.context.get(key) or []
    ids = [ids] if type(ids) is int else ids
    if isinstance(ids, Own):
        return list(ids.value)
    if not isinstance(ids, list | tuple) or not all(type(number) is int for number in ids):
        raise UserError(env._("What is chosen in the list can't be read any more. Open the list again."))
    return list(ids)
