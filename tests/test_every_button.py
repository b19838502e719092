"""Whatever somebody sees on a screen can be pressed: it works, or refuses in words.

In the demo shop each role presses every button that it sees, in each state that its
records are in. What a press does is taken back; it finds nothing in the cache, and the
windows that it opens are opened too, and their own buttons pressed.
"""

import re
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from buttons import evaluate, find_buttons, find_view_buttons, find_visible

from odoo.exceptions import (
    AccessError,
    MissingError,
    RedirectWarning,
    UserError,
)
from odoo.service.model import call_kw
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

sys.path.insert(0, str(Path(__file__).parents[1] / "demo"))

OURS = "odoo.addons.workmanager_"
LOGGERS = (
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
    "odoo.models",
    "odoo.sql_db",
)
# How many records a role presses a button on while they are in one state.
SAMPLE = 1
# Odoo's own screens with buttons of ours; of theirs it is Odoo that answers.
EXTENDED = (
    "account.move",
    "product.template",
    "purchase.order",
    "res.partner",
    "sale.order",
    "stock.lot",
    "stock.picking",
)
ROLES = ("reception", "technician", "manager", "wm_buyer", "wm_sales")
MODEL = re.compile(r"\(\w+(\.\w+)+\)|'\w+(\.\w+)+'")


@tagged("post_install", "-at_install")
class TestEveryButton(TransactionCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        from shop import load

        load(cls.env(context={**cls.env.context, **DISABLED_MAIL_CONTEXT}))
        technician = "workmanager_service.group_technician"
        for login, groups in (
            ("wm_buyer", "purchase.group_purchase_user,stock.group_stock_user"),
            ("wm_sales", "sales_team.group_sale_salesman"),
        ):
            new_test_user(cls.env, login, groups=f"{technician},{groups}")
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.failures, self.presses, self.printed = {}, Counter(), set()

    def test_every_button(self):
        for login in ROLES:
            user = self.env["res.users"].search([("login", "=", login)])
            env = self.env(user=user, context={"lang": user.lang, "tz": user.tz})
            with mute_logger(*LOGGERS):
                self._press_all(env)
        print("\npresses:", dict(self.presses))  # pylint: disable=print-used
        self.assertEqual(set(self.presses), set(ROLES))
        self.assertFalse(
            self.failures,
            "\n".join(f"{what}: {error}" for what, error in self.failures.items()),
        )

    # ---------------------------------------------------------------- SCREENS

    def _press_all(self, env):
        """Press what the user of ``env`` sees, on records in each state."""
        done = Counter()
        for records, buttons in self._get_screens(env):
            buttons = [button for button in buttons if self._is_ours(button, records)]
            for button, record in find_visible(buttons, records):
                state = self._get_state(record)
                key = (record._name, button.type, button.name, button.context, state)
                if done[key, record.id] or done[key] >= SAMPLE:
                    continue
                done[key] += 1
                done[key, record.id] += 1
                with self._pressed(env, record, button.name, state):
                    self._press(button, record, is_followed=True)

    def _get_screens(self, env):
        """Yield (records, buttons) of each screen that the user of ``env`` can open."""
        own = [
            name
            for name, model in sorted(self.env.registry.items())
            if name.startswith("workmanager.")
            and model._auto
            and not model._transient
            and not model._abstract
        ]
        for name in [*own, *EXTENDED]:
            if not env[name].has_access("read"):
                continue
            records = env[name].search([], order="id", limit=400)
            for view_ids in self._get_view_ids(env, name):
                self._reset(env)
                yield records, find_view_buttons(env[name], view_ids)
        for action in self._get_actions(env, lambda model: model._transient):
            with self._pressed(env, env[action.res_model], action.name, "menu"):
                self._follow(env, action.sudo().read()[0])

    def _get_view_ids(self, env, name):
        """Return what views the actions of a model open, each set once."""
        found = [{}]
        for action in self._get_actions(env, lambda model: model._name == name):
            views = {kind: view_id for view_id, kind in action.views if view_id}
            if views not in found:
                found.append(views)
        return found

    def _get_actions(self, env, is_wanted):
        """Return our window actions, as superuser, that the user of ``env`` gets: by
        a menu, or from somewhere else where no menu opens them."""
        known = self.env["ir.model.data"].search(
            [
                ("model", "=", "ir.actions.act_window"),
                ("module", "=like", "workmanager_%"),
            ],
            order="id",
        )
        actions = self.env["ir.actions.act_window"].browse(known.mapped("res_id"))
        menus = self.env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True})
        menus = menus.search([("action", "=like", f"{actions._name},%")])
        seen = menus.browse(env["ir.ui.menu"]._visible_menu_ids()) & menus
        listed, shown = ({menu.action for menu in some} for some in (menus, seen))
        return actions.filtered(
            lambda action: (
                is_wanted(self.env[action.res_model])
                and (not action.group_ids or action.group_ids & env.user.all_group_ids)
                and (action in shown or action not in listed)
            )
        )

    def _is_ours(self, button, records):
        """Whether it is a button on a model of ours, or calls a method of ours."""
        model = records.browse()
        for name in button.path:
            model = model[name]
        if model._name.startswith("workmanager."):
            return True
        return button.type == "object" and any(
            base.__module__.startswith(OURS) and button.name in vars(base)
            for base in type(model).mro()
        )

    def _get_state(self, record):
        record = record.sudo()
        sheet = record["sheet_id"] if "sheet_id" in record._fields else record.browse()
        return tuple(
            one["state"] for one in (record, sheet) if one and "state" in one._fields
        )

    # ---------------------------------------------------------------- PRESSES

    @contextmanager
    def _pressed(self, env, record, name, state):
        """Take back what is done meanwhile, and note what must not happen."""
        self.presses[env.user.login] += 1
        what = (env.user.login, record._name, record.id, name, state)
        self._reset(env)
        savepoint = self.cr.savepoint()
        try:
            yield
            env.flush_all()
            self.cr.precommit.run()
            env.flush_all()
        except (UserError, RedirectWarning) as error:
            if isinstance(error, MissingError) or (
                isinstance(error, AccessError) and MODEL.search(str(error))
            ):
                self.failures[what] = str(error).partition("\n")[0]
        except Exception as error:  # noqa: BLE001 (whatever it is, the walk goes on)
            self.failures[what] = f"{type(error).__name__}: {error}"
        finally:
            env.clear()
            self.cr.precommit.clear()
            self.cr.postcommit.clear()
            savepoint.rollback()
            savepoint.close(rollback=False)
            env.invalidate_all()

    def _reset(self, env):
        env.flush_all()
        env.invalidate_all()

    def _press(self, button, record, is_followed, values=None):
        context = {
            **record.env.context,
            **evaluate(button.context, record, values),
        }
        if button.type == "object":
            action = call_kw(
                record.browse(), button.name, [record.ids], {"context": context}
            )
        else:
            active = {
                "active_model": record._name,
                "active_id": record.id,
                "active_ids": record.ids,
            }
            action = self._load_action(record, int(button.name), {**context, **active})
        if is_followed and isinstance(action, dict):
            env = record.env(context={**record.env.context, "lang": context["lang"]})
            record.env.flush_all()
            self._follow(env, action, record)

    def _load_action(self, record, action_id, context):
        """Return what the client gets of an action by its ID."""
        base_sudo = record.env["ir.actions.actions"].sudo().browse(action_id)
        action_sudo = record.env[base_sudo.type].sudo().browse(action_id)
        if base_sudo.type == "ir.actions.server":
            return action_sudo.sudo(False).with_context(**context).run() or {}
        action = action_sudo.read()[0]
        return {**action, "context": {**self._get_context(action, record), **context}}

    def _get_context(self, action, record):
        context = action.get("context") or {}
        return evaluate(context, record) if isinstance(context, str) else context

    # ---------------------------------------------------------------- WINDOWS

    def _follow(self, env, action, record=None):
        """Do what the client does with an action, and press the window's buttons."""
        self._reset(env)
        if action["type"] == "ir.actions.report":
            self._print(env, action, record)
        if action["type"] != "ir.actions.act_window":
            return
        record = record if record is not None else env[action["res_model"]]
        context = {**env.context, **self._get_context(action, record)}
        model = env[action["res_model"]].with_context(**context)
        views = action.get("views") or [(False, action["view_mode"].partition(",")[0])]
        if views[0][1] == "form":
            self._open(model.browse(action.get("res_id") or ()), views[0][0])
            return
        model.get_views([view for view in views if view[1] != "form"])
        domain = action.get("domain") or []
        domain = evaluate(domain, record) if isinstance(domain, str) else domain
        rows = model.web_search_read(domain, {"display_name": {}}, limit=1)["records"]
        self._open(model.browse([row["id"] for row in rows]), False) if rows else None

    def _open(self, record, view_id):
        """Open a form, with its defaults where it is new, and press its buttons."""
        form = Form(record, view_id)
        if not record._name.startswith("workmanager."):
            return
        values = form._get_eval_context()
        buttons = [
            button
            for button in find_buttons(form._view["tree"])
            if not button.path
            and not any(safe_eval(text, dict(values)) for _level, text in button.hidden)
        ]
        for button in buttons if record._transient else ():
            savepoint = self.cr.savepoint()
            try:
                try:
                    saved = form.save() if not record else record
                except AssertionError:
                    return  # something required is empty: the client says so
                self._reset(record.env)
                self.presses[record.env.user.login] += 1
                self._press(button, saved, is_followed=False)
                record.env.flush_all()
            finally:
                record.env.clear()
                savepoint.rollback()
                savepoint.close(rollback=False)

    def _print(self, env, action, record):
        """Print each document once for each role."""
        key = (env.uid, action["report_name"])
        if key in self.printed:
            return
        self.printed.add(key)
        ids = action.get("context", {}).get("active_ids") or record.ids
        report = env["ir.actions.report"].with_context(**(action.get("context") or {}))
        report._render_qweb_html(action["report_name"], ids, action.get("data"))
