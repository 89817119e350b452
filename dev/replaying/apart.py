"""A second process that books a day's new invoices while the first books the rest of the day."""

import gc
import multiprocessing
import signal
import traceback
from contextlib import contextmanager


class Apart:
    """``make`` makes the booking, in the other process. That ends when this one does, however it does.

    To be made before this process has a connection to the database: both would use it."""

    def __init__(self, make):
        processes = multiprocessing.get_context("fork")
        self.pipe, theirs = processes.Pipe()
        processes.Process(target=_serve, args=(theirs, self.pipe, make), daemon=True).start()
        theirs.close()

    @contextmanager
    def meanwhile(self, day):
        """The other process books that day; at the end it is waited for."""
        self.pipe.send(day)
        yield
        try:
            problem = self.pipe.recv()
        except EOFError:
            problem = "The process that books new invoices was ended."
        if problem:
            raise RuntimeError(problem)


def _serve(pipe, other_end, make):
    other_end.close()  # else the end of the first process would go unnoticed
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process gets it as well
    booking = None
    while True:
        try:
            day = pipe.recv()
        except EOFError:
            return
        try:
            booking = booking or make()
            booking.book(day)
            pipe.send(None)
        except Exception:  # the first process raises it
            pipe.send(traceback.format_exc())
        gc.collect()
