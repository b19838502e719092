"""A Romanian opens every screen of the app, and reads no English of ours.

English of ours is what our translation templates hold and our Romanian says otherwise.
"""

import re
from pathlib import Path

import lxml.html
import polib
import pytest
from browser import browse
from server import running_server

ROOT = Path(__file__).parents[1]
ROMANIAN = {"lang": "ro_RO"}
LOGIN = "browser_romanian"
CUSTOMER = "browser_client"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdf]|%%|\{[\w. ]*\}")

# Words of Odoo's own screens that its Romanian leaves in English, or that mean
# something else there; and what the demo of a report calls itself.
FOREIGN: set[str] = set()

# All that a person can read or hear on the page: texts, hints, help and pictures.
READ = """() => {
    const said = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!["SCRIPT", "STYLE", "TEXTAREA"].includes(element.tagName)) {
            said.push(walker.currentNode.data);
        }
    }
    for (const name of ["placeholder", "title", "aria-label", "alt", "data-tooltip"]) {
        for (const element of document.querySelectorAll(`[${name}]`)) {
            said.push(element.getAttribute(name));
        }
    }
    for (const element of document.querySelectorAll("[data-tooltip-info]")) {
        const info = JSON.parse(element.dataset.tooltipInfo);
        said.push(info.field?.label, info.field?.help);
    }
    return [...new Set(said.filter(Boolean))];
}"""

# As the menus and the buttons do, without loading the web client anew.
DO = """async ([action, options]) => {
    const {services} = odoo.__WOWL_DEBUG__.root.env;
    await services.action.doAction(action, options);
}"""
CLOSE = """() => odoo.__WOWL_DEBUG__.root.env.services.dialog.closeAll()"""


def squeeze(text):
    return " ".join(text.split())


def texts(message):
    """The texts of a message as a page shows them, without its elements."""
    if "<" not in message:
        return {squeeze(message)}
    root = lxml.html.fragment_fromstring(message, create_parent=True)
    attributes = root.xpath("//@title | //@placeholder | //@aria-label")
    return {squeeze(text) for text in (*root.itertext(), *attributes)}


class English:
    """What must not be read on a Romanian page."""

    def __init__(self):
        english, romanian = set(), set()
        for path in ROOT.glob("*/i18n/ro.po"):
            for entry in polib.pofile(str(path)):
                english |= texts(entry.msgid)
                romanian |= texts(entry.msgstr or "")
        words = {text for text in english - romanian if re.search("[A-Za-z]{2}", text)}
        patterns = {
            ".+".join(map(re.escape, PLACEHOLDER.split(text)))
            for text in words
            if PLACEHOLDER.search(text) and len(PLACEHOLDER.sub("", text)) > 12
        }
        self.words = words - FOREIGN
        self.pattern = re.compile("|".join(sorted(patterns)))

    def among(self, said):
        """The English among the texts of a page."""
        found = {squeeze(text).removesuffix(":").removesuffix("?") for text in said}
        return {
            text for text in found if text in self.words or self.pattern.fullmatch(text)
        }


class Walk:
    """A person who opens one screen after the other, and reads each."""

    def __init__(self, page, session):
        self.page, self.session = page, session
        self.english, self.found, self.screens = English(), [], 0
        self.errors = []
        # The first page of a language waits until its words are put together.
        page.set_default_timeout(200_000)
        page.on("console", self._on_console)

    def _on_console(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def look_at(self, screen):
        """Read what is on the page."""
        self.screens += 1
        for text in self.english.among(self.page.evaluate(READ)):
            self.found.append((screen, text))

    def goto(self, path):
        response = self.page.goto(path)
        assert response.ok, path
        self.look_at(path)

    def do(self, screen, action, **options):
        """Open an action, all tabs of a form included."""
        self.page.evaluate(DO, [action, options])
        self.look_at(screen)
        if action.get("target") == "new":
            self.read_tabs(screen, ".o_dialog ")
            self.page.evaluate(CLOSE)
        else:
            self.read_tabs(screen)

    def read_tabs(self, screen, where=""):
        tabs = self.page.locator(f"{where}.o_notebook_headers .nav-link")
        for index in range(1, tabs.count()):
            tabs.nth(index).click()
            self.look_at(f"{screen}, tab {tabs.nth(index).inner_text()}")

    def press(self, model, method, ids, **context):
        """Open what a button opens."""
        action = self.session.rpc(
            f"/web/dataset/call_button/{model}/{method}",
            model=model,
            method=method,
            args=[ids],
            kwargs={"context": {**ROMANIAN, **context}},
        )
        self.do(f"{model} {method}", action)

    def open_views(self, action):
        """Open all views of a window action, its list also when it is empty."""
        screen = f"{action['res_model']} {action['name']}"
        for _view, kind in action["views"]:
            if kind not in ("form", "search"):
                self.do(f"{screen} {kind}", action, viewType=kind)
        empty = {**action, "domain": [(0, "=", 1)]}
        self.do(f"{screen} empty", empty, viewType=action["views"][0][1])

    def open_form(self, action):
        """Open the newest record of a window action, or a new one."""
        model = action["res_model"]
        [record] = self.session.call(model, "search", [], limit=1, order="id desc") or [
            False
        ]
        view = {kind: view for view, kind in action["views"]}.get("form")
        if view is None:
            return
        form = {**action, "views": [(view, "form")], "res_id": record, "domain": []}
        self.do(f"{model} form", form, viewType="form")


@pytest.fixture(scope="module")
def odoo_server(request):
    """One process is enough for one person, and starts sooner."""
    name = request.module.__name__.rpartition(".")[2]
    with running_server(name, workers=0) as server:
        yield server


@pytest.fixture(scope="module")
def shop(odoo_server):
    """A Romanian shop with a sheet in every state."""
    admin = odoo_server.session("admin", "admin")
    [lang] = admin.call(
        "res.lang",
        "search",
        [("code", "=", "ro_RO")],
        context={"active_test": False},
    )
    wizard = admin.call(
        "base.language.install", "create", {"lang_ids": [(6, 0, [lang])]}
    )
    admin.call("base.language.install", "lang_install", [wizard])
    # Whoever acts writes the history of a sheet in a language of their own.
    admin.call("res.users", "write", [admin.user["uid"]], ROMANIAN)
    create_people(admin)
    create_catalogue(admin)
    admin.sheets = {state: create_sheet(admin, state) for state in STEPS}
    return admin


# The steps that take a sheet from its intake to each state.
EVALUATE = ["action_start_evaluation"]
QUOTE = [*EVALUATE, "action_complete_evaluation", "action_create_quotation"]
REPAIR = [*QUOTE, "action_accept_quotation", "action_start_repair"]
STEPS = {
    "received": [],
    "evaluation": EVALUATE,
    "quoted": QUOTE,
    "repair": REPAIR,
    "ready": [*REPAIR, "action_finish_repair"],
    "delivered": [*REPAIR, "action_finish_repair", "action_deliver"],
}

# What is opened from a sheet, and the state it is opened in.
DIALOGS = [
    ("evaluation", "action_add_operation"),
    ("evaluation", "action_add_from_catalog"),
    ("evaluation", "action_view_evaluation"),
    ("quoted", "action_open_acceptance"),
    ("quoted", "action_open_refusal"),
    ("quoted", "action_send_quotation"),
    ("quoted", "action_view_sale_orders"),
    ("repair", "action_pause"),
    ("repair", "action_hand_on"),
    ("repair", "action_enter_hours"),
    ("repair", "action_use_parts"),
    ("repair", "action_sign"),
    ("repair", "action_view_history"),
    ("ready", "action_open_handover"),
]


def xmlid(admin, name):
    module, name = name.split(".")
    domain = [("module", "=", module), ("name", "=", name)]
    [data] = admin.call("ir.model.data", "search_read", domain, ["res_id"])
    return data["res_id"]


def create_people(admin):
    """A manager who may see all settings, and a customer with an account."""
    groups = ("workmanager_service.group_manager", "base.group_system")
    manager, client = admin.call(
        "res.users",
        "create",
        [
            {
                "name": "Andreea Marin",
                "login": LOGIN,
                "password": LOGIN,
                "lang": "ro_RO",
                "group_ids": [(4, xmlid(admin, group)) for group in groups],
            },
            {
                "name": "Ștefan Țăranu",
                "login": CUSTOMER,
                "password": CUSTOMER,
                "email": "stefan@example.com",
                "lang": "ro_RO",
                "group_ids": [(6, 0, [xmlid(admin, "base.group_portal")])],
            },
        ],
    )
    admin.manager = manager
    [user] = admin.call("res.users", "read", [client], ["partner_id"])
    admin.customer = user["partner_id"][0]


def create_catalogue(admin):
    admin.work, admin.part = admin.call(
        "product.product",
        "create",
        [
            {"name": "Manoperă laptop", "type": "service", "list_price": 150},
            {"name": "Baterie 56 Wh", "type": "consu", "is_storable": True},
        ],
    )
    repair = admin.call(
        "workmanager.operation",
        "create",
        {"name": "Înlocuire baterie", "line_ids": [(0, 0, {"product_id": admin.work})]},
    )
    fault = admin.call(
        "workmanager.fault",
        "create",
        {"name": "Baterie uzată", "operation_ids": [(4, repair)]},
    )
    admin.charger = admin.call(
        "workmanager.accessory", "create", {"name": "Încărcător"}
    )
    points = [
        {"name": "Pornește", "is_required": False, "fault_ids": [(4, fault)]},
        {"name": "Tensiune", "is_required": False, "kind": "measure", "unit": "V"},
        {"name": "Curat", "is_required": False, "phase": "after"},
    ]
    admin.kind = admin.call(
        "workmanager.equipment.type",
        "create",
        {
            "name": "Ultraportabil",
            "fault_ids": [(4, fault)],
            "accessory_ids": [(4, admin.charger)],
            "checkpoint_ids": [(0, 0, point) for point in points],
        },
    )


def create_sheet(admin, state):
    """A sheet that went its way as far as ``state``."""
    products = [admin.work]
    if state in ("evaluation", "quoted", "repair"):
        products.append(admin.part)  # of which none is in stock
    equipment = admin.call(
        "workmanager.equipment",
        "create",
        {
            "equipment_type_id": admin.kind,
            "model_name": "Carte",
            "serial_number": f"RO-{state}",
            "partner_id": admin.customer,
        },
    )
    sheet = admin.call(
        "workmanager.sheet",
        "create",
        {
            "equipment_id": equipment,
            "user_id": admin.manager,
            "claimed_fault": "Nu se încarcă",
            "accessory_ids": [(4, admin.charger)],
            "intake_mode": "on_site" if state == "repair" else "shop",
            "visit_start": state == "repair" and "2099-01-05 08:00:00",
            "line_ids": [(0, 0, {"product_id": product}) for product in products],
        },
        context=ROMANIAN,
    )
    for step in STEPS[state]:
        admin.call("workmanager.sheet", step, [sheet], context=ROMANIAN)
    return sheet


def ours(session, model):
    """The ids of the records of ``model`` that our addons bring."""
    domain = [("module", "=like", "workmanager_%"), ("model", "=", model)]
    return [
        row["res_id"]
        for row in session.call("ir.model.data", "search_read", domain, ["res_id"])
    ]


@pytest.fixture
def walk(chromium, shop):
    """The manager at a computer."""
    with browse(chromium, shop, LOGIN, "desktop", "walkthrough") as hand:
        walk = Walk(hand.page, shop.server.session(LOGIN))
        walk.goto("/odoo/service-dashboard")
        hand.page.wait_for_selector(
            ".o_action_manager .o_view_controller, .o_workmanager_dashboard"
        )
        yield walk


def assert_romanian(walk):
    assert not walk.found
    assert not walk.errors


def test_screens_of_the_app(walk, shop):
    loaded = [
        walk.session.rpc("/web/action/load", action_id=action)
        for action in ours(shop, "ir.actions.act_window")
    ]
    for action in loaded:
        walk.open_views(action)
    forms = {action["res_model"]: action for action in reversed(loaded)}
    for action in forms.values():
        walk.open_form(action)
    assert walk.screens > 100
    assert_romanian(walk)


def test_sheets_and_their_dialogs(walk, shop):
    sheet_form = {
        "type": "ir.actions.act_window",
        "res_model": "workmanager.sheet",
        "views": [(False, "form")],
    }
    for state, sheet in shop.sheets.items():
        walk.do(f"sheet {state}", {**sheet_form, "res_id": sheet}, viewType="form")
    for state, method in DIALOGS:
        walk.press("workmanager.sheet", method, [shop.sheets[state]])
    assert_romanian(walk)


def test_pages_of_the_customer(chromium, shop):
    with browse(chromium, shop, CUSTOMER, "phone", "walkthrough") as hand:
        walk = Walk(hand.page, None)
        for path in ("/my", "/my/services", "/service/status"):
            walk.goto(path)
        for sheet in shop.sheets.values():
            walk.goto(f"/my/services/{sheet}")
        [quoted] = shop.call(
            "workmanager.sheet", "read", [shop.sheets["quoted"]], ["sale_order_ids"]
        )
        walk.goto(f"/my/orders/{quoted['sale_order_ids'][0]}")
        # The messages below the last page are fetched after it.
        hand.page.wait_for_load_state("networkidle")
        assert_romanian(walk)
