"""Photographs the screens of a running demo database: URL DATABASE FOLDER."""

import io
import json
import sys
import urllib.request
from pathlib import Path

from PIL import Image

from photos.browser import browser

DESK, PHONE = (1300, 620), (390, 780)
#: Name of the file, who looks (login and password are the same), the address, what has to be
#: there, and the size of the screen.
SCREENS = (
    ("call_list", "salesperson", "/odoo/call-list", ".o_data_row", DESK),
    ("leads", "salesperson", "/odoo/leads-by-status", ".o_kanban_record", DESK),
    ("desk", "accountant", "/odoo/desk", ".o_data_row", DESK),
    ("invoices", "accountant", "/odoo/dunning-preview", ".o_group_header", DESK),
    ("notice", "accountant", "/odoo/dunning-notices/{notice}", ".o_form_view", DESK),
    ("ageing", "accountant", "/odoo/ageing", ".o_group_header", DESK),
    ("answer_page", None, "{page}", "[name=items]", DESK),
    ("answer_page_phone", None, "{page}", "[name=items]", PHONE),
)


class Server:
    """What is asked of the server besides pages."""

    def __init__(self, url, database):
        self.url, self.database = url, database

    def _call(self, path, params, session=""):
        request = urllib.request.Request(
            self.url + path,
            json.dumps({"params": params}).encode(),
            {"Content-Type": "application/json", "Cookie": f"session_id={session}"},
        )
        with urllib.request.urlopen(request, timeout=120) as response:
            answer, cookies = json.load(response), response.headers.get_all("Set-Cookie") or []
        if "error" in answer:
            raise SystemExit(f"{path}: {answer['error']['data']['message']}")
        return answer["result"], cookies

    def sign_in(self, login):
        """The number of a new session."""
        params = {"db": self.database, "login": login, "password": login}
        _info, cookies = self._call("/web/session/authenticate", params)
        session = [cookie for cookie in cookies if cookie.startswith("session_id=")][-1]
        return session.split(";")[0].removeprefix("session_id=")

    def newest_notice(self):
        """Number and page of a notice that has a page."""
        query = {
            "domain": [["state", "!=", "cancelled"], ["channel", "=", "email"], ["line_ids.days_overdue", ">", 0]],
            "fields": ["access_url", "access_token"],
        }
        params = {"model": "dunning.notice", "method": "search_read", "args": [], "kwargs": {**query, "limit": 1}}
        notices, _cookies = self._call("/web/dataset/call_kw", params, self.sign_in("admin"))
        if not notices:
            raise SystemExit("The demo database has no notice; make it anew with --fresh.")
        return {
            "notice": notices[0]["id"],
            "page": f"{notices[0]['access_url']}?access_token={notices[0]['access_token']}",
        }


def save(png, file):
    """As small as pictures of screens can be: 128 colours."""
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    image.save(file, optimize=True)
    print(f"{file.name}: {file.stat().st_size // 1024} kB")


def main(url, database, folder):
    """Take all pictures."""
    server = Server(url, database)
    places = server.newest_notice()
    sessions = {login: login and server.sign_in(login) for _name, login, *_rest in SCREENS}
    with browser() as window:
        for name, login, path, selector, (width, height) in SCREENS:
            window.size(width, height, phone=width < 500)
            window.sign_in(url, sessions[login])
            window.open(url + path.format(**places), selector)
            save(window.picture(), Path(folder) / f"{name}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
