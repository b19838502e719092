"""Take the pictures of the README: screenshots.py DATABASE CHROMIUM FOLDER"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests
from playwright.sync_api import sync_playwright

DESKTOP = {"viewport": {"width": 1366, "height": 820}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}
READY_TIMEOUT = 120
SETTLED = """() => document.fonts.status === "loaded"
    && !document.querySelector(".o_loading_indicator, .o_kanban_counter .placeholder")
    && [...document.images].every((image) => image.complete)"""


@contextlib.contextmanager
def demo_server(database):
    """The address of a server on the demo database."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = [Path(__file__).with_name("demo"), "--db", database, "--port", str(port)]
    process = subprocess.Popen(command, start_new_session=True)
    url = f"http://localhost:{port}"
    try:
        deadline = time.monotonic() + READY_TIMEOUT
        while True:
            with contextlib.suppress(requests.ConnectionError):
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

    def __init__(self, browser, url, folder, login, screen):
        self.url, self.folder = url, Path(folder)
        self.page = browser.new_context(locale="en-US", **screen).new_page()
        self.page.goto(f"{url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", login)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda address: "/web/login" not in address)

    def open(self, path, ready):
        self.page.goto(self.url + path)
        self.page.wait_for_selector(ready)

    def take(self, name):
        self.page.wait_for_function(SETTLED)
        self.page.screenshot(path=self.folder / f"{name}.png", animations="disabled")

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

    def find_sheet(self, *domain):
        return self.call("workmanager.sheet", "search", [*domain], limit=1)[0]


def take_all(browser, url, folder):
    desk = Camera(browser, url, folder, "manager", DESKTOP)
    desk.open("/odoo/service-sheets", ".o_kanban_record")
    desk.take("board")
    sheet_id = desk.find_sheet(["state", "=", "repair"])
    desk.open(f"/odoo/service-sheets/{sheet_id}", ".o_form_view")
    desk.page.click(".o_notebook a[name=lines]")
    desk.take("sheet")
    [row] = desk.call(
        "workmanager.sheet",
        "search_read",
        [["state", "=", "delivered"]],
        ["serial_number"],
        limit=1,
    )
    desk.open("/odoo/intake", ".o_workmanager_lookup input")
    desk.page.fill(".o_workmanager_lookup input", row["serial_number"])
    desk.page.wait_for_selector(".o-autocomplete--dropdown-item")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector("[name=claimed_fault_ids] .form-check")
    desk.take("intake")

    bench = Camera(browser, url, folder, "technician", PHONE)
    sheet_id = bench.find_sheet(["state", "=", "evaluation"])
    bench.open(f"/odoo/service-sheets/{sheet_id}", ".o_form_view")
    bench.page.click(".o_notebook a[name=evaluation]")
    bench.page.locator(".o_notebook").evaluate("tabs => tabs.scrollIntoView()")
    bench.take("checks-phone")

    home = Camera(browser, url, folder, "customer", PHONE)
    home.open("/my/services", "table")
    home.page.click("table a >> nth=0")
    home.take("portal-phone")


def main(database, chromium, folder):
    with demo_server(database) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        take_all(browser, url, folder)
        browser.close()


main(*sys.argv[1:])
