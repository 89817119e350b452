"""A headless Chromium, driven by its DevTools protocol."""

import base64
import contextlib
import json
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import websocket

WAIT = 60  # seconds for a page or the browser
NAMES = ("chromium", "google-chrome", "chromium-browser")


def _with_memory():
    """Chromium reserves more addresses than Odoo's tests leave to their processes."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


class Browser:
    """Opens pages in one window, and takes pictures of them."""

    def __init__(self, folder):
        self._port_file = Path(folder) / "DevToolsActivePort"
        self._process = subprocess.Popen(
            [
                next(filter(None, map(shutil.which, NAMES))),
                *("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=en-US"),
                *("--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_with_memory,  # noqa: PLW1509
        )
        self._session = None
        self._connect()

    def _connect(self):
        until = time.monotonic() + WAIT
        while not (self._port_file.exists() and self._port_file.read_text().count("\n")):
            if time.monotonic() > until or self._process.poll() is not None:
                raise SystemExit("Chromium has not started; try it by hand: chromium --headless about:blank")
            time.sleep(0.1)
        port, path = self._port_file.read_text().split()
        self._socket = websocket.create_connection(
            f"ws://127.0.0.1:{port}{path}", timeout=WAIT, suppress_origin=True, max_size=None
        )
        self._number = 0
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def ask(self, method, **params):
        """The result of a command."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def size(self, width, height, phone=False):
        """The window's size in pixels of a style sheet."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    def sign_in(self, url, session):
        """Everything from ``url`` is asked for in this session of Odoo."""
        self.ask("Network.clearBrowserCookies")
        if session:
            self.ask("Network.setCookie", name="session_id", value=session, url=url)

    def open(self, url, selector):
        """Open a page, until what ``selector`` names is there."""
        self.go_to(url, selector)
        time.sleep(1.5)  # animations, fonts and pictures have no end to wait for

    def go_to(self, url, selector):
        """The same, as soon as it is there."""
        self.ask("Page.navigate", url=url)
        self.wait_for(f"document.readyState === 'complete' && !!document.querySelector({json.dumps(selector)})")

    def wait_for(self, expression):
        """Until an expression of the page is true."""
        until = time.monotonic() + WAIT
        while not self.ask("Runtime.evaluate", expression=expression)["result"].get("value"):
            if time.monotonic() > until:
                raise SystemExit(f"The page doesn't come to this within {WAIT} s: {expression}")
            time.sleep(0.2)

    def click(self, selector):
        """Click what ``selector`` names, once it is there."""
        self.wait_for(f"!!document.querySelector({json.dumps(selector)})")
        self.ask("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)}).click()")

    def picture(self):
        """What the window shows, as a PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    def close(self):
        """Stop the browser."""
        with contextlib.suppress(Exception):
            self.ask("Browser.close")
        self._process.wait(WAIT)


@contextlib.contextmanager
def browser():
    """A browser with an empty profile, stopped at the end."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        window = Browser(folder)
        try:
            yield window
        finally:
            window.close()
