"""People at a browser, on a computer or on a phone.

Pictures of each step go to the folder that ``WORKMANAGER_PICTURES`` names, if any.
"""

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import expect

DEVICES = {
    "desktop": {"viewport": {"width": 1366, "height": 820}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
    },
}

# What a thumb can hit.
TOUCH_SIZE = 44


@dataclass
class Hand:
    """A person's hand. Each click, tap, scan or field typed into counts.

    ``shop`` is the session of an administrator on the same server.
    """

    page: object
    shop: object
    device: str
    test: str
    actions: int = 0
    pictures: int = 0
    downloads: list = field(default_factory=list)

    @property
    def is_phone(self):
        return self.device == "phone"

    def field(self, name):
        return self.page.locator(
            f".o_field_widget[name={name}] :is(input, textarea)"
        ).first

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, target):
        self.actions += 1
        if self.is_phone:
            target.tap()
        else:
            target.click()

    def step(self, name):
        """Take a step of the form: by its button, or in a phone's menu of the rest."""
        header = self.page.locator(".o_form_statusbar")
        header.evaluate("bar => bar.scrollIntoView({block: 'center'})")
        button = header.locator(f".o_statusbar_buttons button[name={name}]")
        menu = header.locator(".o_statusbar_buttons .dropdown-toggle")
        expect(button.or_(menu).first).to_be_visible()
        if button.is_visible():
            self.press(button)
            return
        self.press(menu)
        self.actions += 1
        # The menu moves with the page while it scrolls: no thumb is that quick.
        self.page.locator(f".dropdown-menu button[name={name}]").dispatch_event("click")

    def show(self, name):
        """Keep a picture for the user guide."""
        folder = os.environ.get("WORKMANAGER_PICTURES")
        if folder:
            self.pictures += 1
            name = f"{self.test}-{self.device}-{self.pictures}-{name}.png"
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / name, animations="disabled")


@contextmanager
def browse(chromium, shop, login, device, test, kind=Hand):
    """The hand of the user ``login`` at a device; what the browser complains about
    fails the test.

    :param str test: what its pictures are called
    :param kind: the class of the hand
    """
    context = chromium.new_context(base_url=shop.server.url, **DEVICES[device])
    context.set_default_timeout(20_000)
    session = shop.server.session(login)
    context.add_cookies(
        [
            {"name": cookie.name, "value": cookie.value, "url": shop.server.url}
            for cookie in session.cookies
        ]
    )
    page, errors = context.new_page(), []
    hand = kind(page, shop, device, test)
    page.on("pageerror", lambda error: errors.append(error))
    page.on("dialog", lambda dialog: errors.append(dialog.message) or dialog.dismiss())
    page.on("download", lambda download: hand.downloads.append(download))
    try:
        yield hand
        assert not errors
    finally:
        context.close()
