"""Clients of a real server: what anybody can do who can log in, or open a page, and nothing else."""

import itertools

import requests

from .real import WAIT, RealProcessCase, free_port

#: Makes the people of a test: {login: (groups, values)}; their password is their login.
PEOPLE = """
from odoo.tests import new_test_user
for login, (groups, values) in {people!r}.items():
    new_test_user(env, login, groups=groups, password=login, context={{'no_reset_password': True}}, **values)
"""


class Refused(Exception):
    """The server's refusal.

    :ivar kind: the name of the exception there: ``odoo.exceptions.AccessError``
    """

    def __init__(self, error):
        super().__init__(error["data"]["message"])
        self.kind = error["data"]["name"]
        self.debug = error["data"]["debug"]


class Client:
    """A browser's session: of ``login``, whose password is the same; of nobody without."""

    _numbers = itertools.count(1)

    def __init__(self, url, database, login=None):
        self.url = url
        self.web = requests.Session()
        self.uid = None
        if login:
            answer = self.post("/web/session/authenticate", db=database, login=login, password=login)
            self.uid = answer["uid"]

    def post(self, path, **params):
        """The answer of a JSON-RPC route.

        :raise Refused: where the server refuses
        """
        body = {"jsonrpc": "2.0", "id": next(self._numbers), "method": "call", "params": params}
        answer = self.web.post(self.url + path, json=body, timeout=WAIT).json()
        if "error" in answer:
            raise Refused(answer["error"])
        return answer.get("result")

    def call(self, model, method, *args, **kwargs):
        """Call a public method as the web client does; ``context=`` goes along."""
        return self.post("/web/dataset/call_kw", model=model, method=method, args=args, kwargs=kwargs)

    def get(self, path, **options):
        """A page; a redirection isn't followed unless asked for."""
        return self.web.get(self.url + path, timeout=WAIT, **options)


class ServedCase(RealProcessCase):
    """A server of its own on the class's database.

    ``people`` are made first; then ``prepare`` runs in Odoo's shell. ``at`` moves the clock of both.
    """

    people = {}
    prepare = ""
    at = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is prepared is committed by the shell; nothing is in a test's transaction.
        cls.database.shell(PEOPLE.format(people=cls.people) + cls.prepare, at=cls.at)
        cls.url = f"http://127.0.0.1:{free_port()}"
        options = (f"--http-port={cls.url.rpartition(':')[2]}", "--max-cron-threads=0", *cls.server_options())
        cls.enterClassContext(cls.database.server(*options, f"--db-filter=^{cls.database.name}$", at=cls.at))
        cls.database.wait_for_server(cls.url)

    @classmethod
    def server_options(cls):
        return ()

    @classmethod
    def client(cls, login=None):
        return Client(cls.url, cls.database.name, login)

    def assertRefused(self, kind, work, *args, **kwargs):
        """``work`` is refused with the exception ``kind`` (its short name); returns the sentence."""
        with self.assertRaises(Refused) as caught:
            work(*args, **kwargs)
        self.assertEqual(caught.exception.kind.rpartition(".")[2], kind, caught.exception.debug[-2000:])
        return str(caught.exception)
