"""Take the pictures of the guide: screenshots.py DATABASE CHROMIUM LOCALE FOLDER"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests
from PIL import Image
from playwright.sync_api import sync_playwright
from screenshots_scenes import take_all

DESKTOP = {"viewport": {"width": 1366, "height": 768}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}
READY_TIMEOUT = 300
PAGE_TIMEOUT = 120
COLOURS = 192
SETTLED = """() => document.fonts.status === "loaded"
    && !document.querySelector(".o_loading_indicator, .o_kanban_counter .placeholder")
    && [...document.images].every((image) => image.complete)"""


@contextlib.contextmanager
def demo_server(database, locale):
    """The address of a server on the demo database."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = [
        *(Path(__file__).with_name("demo"), "--db", database),
        *("--port", str(port), "--lang", locale),
    ]
    process = subprocess.Popen(command, start_new_session=True)
    url = f"http://localhost:{port}"
    try:
        deadline = time.monotonic() + READY_TIMEOUT
        while True:
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{url}/web/health", timeout=10).ok:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("the demo server does not start")
            time.sleep(0.2)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


class Camera:
    """A person's browser that takes pictures of what it shows."""

    def __init__(self, browser, url, locale, folder, login, screen):
        self.url, self.folder = url, Path(folder)
        self.page = browser.new_context(
            locale=locale.replace("_", "-"), **screen
        ).new_page()
        self.page.set_default_timeout(PAGE_TIMEOUT * 1000)
        if login:
            self.log_in(login)

    def log_in(self, login):
        self.page.goto(f"{self.url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", login)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda address: "/web/login" not in address)

    def open(self, path, ready):
        self.page.goto(self.url + path)
        self.page.wait_for_selector(ready)

    def take(self, name, height=None):
        """Save what the page shows, small: a screen has few colours.

        :param int height: of the screen, where it is another than usual
        """
        usual = self.page.viewport_size
        self.page.set_viewport_size({**usual, "height": height or usual["height"]})
        self.page.wait_for_function(SETTLED)
        path = self.folder / f"{name}.png"
        self.page.screenshot(path=path, animations="disabled")
        self.page.set_viewport_size(usual)
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(
                COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
            )
        small.save(path, optimize=True)

    def call(self, model, method, *args, **kwargs):
        response = self.page.request.post(
            f"{self.url}/web/dataset/call_kw/{model}/{method}",
            data={
                "params": {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": kwargs,
                }
            },
        )
        return response.json()["result"]

    def find(self, model, *domain, fields=()):
        """The values of the first record that the domain finds."""
        rows = self.call(model, "search_read", [*domain], ["id", *fields], limit=1)
        if not rows:
            sys.exit(f"the demo has no {model} with {domain}")
        return rows[0]


def main(database, chromium, locale, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    with demo_server(database, locale) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )

        def at_desk(login):
            return Camera(browser, url, locale, folder, login, DESKTOP)

        def on_phone(login=None):
            return Camera(browser, url, locale, folder, login, PHONE)

        take_all(at_desk, on_phone)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
