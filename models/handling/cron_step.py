import logging
from contextlib import contextmanager
from datetime import timedelta

from odoo import fields
from psycopg2 import OperationalError
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

_logger = logging.getLogger(__name__)

#: After so long a job comes again in whose way another process was.
AGAIN = timedelta(minutes=5)


@contextmanager
def cron_step(cron, what):
    """A part of a scheduled action: when it fails it is undone and logged, and the other parts
    go on. When another process was in its way, ``cron`` comes again soon, not the next day.

    What was left to be written before it fails on its own: what isn't committed is undone then, and the step goes on."""
    cr = cron.env.cr
    with _told(cron, what):
        cr.flush()
    with _told(cron, what), cr.savepoint():
        yield


@contextmanager
def _told(cron, what):
    """A failure is logged, and leaves a transaction in which the next can be done."""
    try:
        yield
    except OperationalError:
        _leave_aborted(cron.env.cr)
        come_again(cron, what)
    except Exception as error:
        _leave_aborted(cron.env.cr)
        _logger.exception("%s failed", what)
        cron.env["l2c.automation"]._note_failure(cron, what, error)


def _leave_aborted(cr):
    """In an aborted transaction, where no savepoint was left, nothing can be done, not even come again."""
    if cr.connection.get_transaction_status() == TRANSACTION_STATUS_INERROR:
        cr.rollback()


def come_again(cron, what):
    """Another process was quicker: have the scheduled action try again soon."""
    _logger.info("%s comes again in a few minutes: another process was in its way", what, exc_info=True)
    # Jobs run as users who need not administer them.
    cron.sudo()._trigger(at=fields.Datetime.now() + AGAIN)


def conflict_in(error):
    """The conflict with another process that led to an error, where one did."""
    while error and not isinstance(error, OperationalError):
        error = error.__cause__ or error.__context__
    return error
