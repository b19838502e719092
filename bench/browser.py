"""What a person waits for: from the click until it is drawn, in a real browser."""

import contextlib
import statistics
from typing import NamedTuple

from playwright.sync_api import sync_playwright

from .history import prepare
from .measure import Row
from .server import serving

REPEAT, WARM = 10, 2
SCREEN = {"width": 1366, "height": 768}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
# Clicks, and resolves with the milliseconds until what is waited for has been painted.
CLICK = """([click, ready, changes]) => new Promise((resolve, reject) => {
    const read = () => changes && document.querySelector(changes)?.textContent;
    const before = read();
    const start = performance.now();
    const now = () => performance.now() - start;
    const look = () => {
        if (document.querySelector(ready) && (!changes || read() !== before)) {
            requestAnimationFrame(() => setTimeout(() => resolve(now())));
        } else if (now() > 30000) {
            reject(new Error(`${ready} does not come`));
        } else {
            requestAnimationFrame(look);
        }
    };
    document.querySelector(click).click();
    look();
})"""
# What a page does after it is drawn is not the next click's.
REST = 200


class Click(NamedTuple):
    """A click: on what, what is drawn then, and whose text is another one after it.

    ``most`` is how long ours may take by Repairs'.
    """

    most: float
    target: str
    ready: str
    changes: str = ""


CARDS, LIST = ".o_kanban_view .o_kanban_record", ".o_list_view .o_data_row"
FORM = ".o_form_view .o_form_sheet"
# In this order: each starts where the one before it ends.
CLICKS = {
    "board": Click(2.0, "button.o_switch_view.o_kanban", CARDS),
    "list": Click(1.0, "button.o_switch_view.o_list", LIST),
    "form": Click(1.0, ".o_data_row:nth-child(1) .o_data_cell[name=name]", FORM),
    "next record": Click(1.0, ".o_pager_next", FORM, ".o_form_view h1 [name=name]"),
    "back to the list": Click(1.0, ".o_back_button", LIST),
}
PATHS = {"ours": "/odoo/service-sheets", "theirs": "/odoo/repairs"}


def run(bench):
    """Return the rows of the browser."""
    database = prepare(bench, bench.sizes[len(bench.sizes) // 2])
    times = {}
    with browsing(bench, database) as open_page:
        pages = {side: open_page(path) for side, path in PATHS.items()}
        for turn in range(WARM + REPEAT):
            for side, page in pages.items():
                page.bring_to_front()
                for name, click in CLICKS.items():
                    elapsed = page.evaluate(CLICK, click[1:])
                    page.wait_for_timeout(REST)
                    if turn >= WARM:
                        times.setdefault((name, side), []).append(elapsed)
    medians = {key: statistics.median(values) for key, values in times.items()}
    return [
        Row(
            *("browser", f"{name}, ms until it is drawn"),
            *(medians[name, side] for side in PATHS),
            click.most,
        )
        for name, click in CLICKS.items()
    ]


@contextlib.contextmanager
def browsing(bench, database):
    """Start a server and a browser on a database.

    :return: as a context manager, what opens a list by its path and returns its page
    """
    with serving(database) as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=bench.chromium, args=ARGUMENTS
        )

        def open_page(path, login="manager", ready=LIST, view="list"):
            context = chromium.new_context(viewport=SCREEN, base_url=url)
            params = {"db": database, "login": login, "password": login}
            context.request.post("/web/session/authenticate", data={"params": params})
            page = context.new_page()
            page.set_default_timeout(120_000)
            page.calls = []
            page.on("request", lambda request: _record(page.calls, request))
            page.goto(f"{path}?view_type={view}")
            page.wait_for_selector(ready)
            return page

        yield open_page
        chromium.close()


def _record(calls, request):
    if "/web/dataset/call_kw/" in request.url:
        calls.append(request.post_data_json["params"])
