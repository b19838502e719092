"""Who may do what with each model, field and method: tried, and compared with the docs.

``WORKMANAGER_WRITE_DOCS=1 scripts/test tests/test_rights.py`` writes ``docs/rights.md``
anew; the difference then is for a person to judge.
"""

import inspect
import os
from collections import ChainMap
from pathlib import Path

from psycopg2.errors import ForeignKeyViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.workmanager_service.tests.common import ServiceCommon

DOCS = Path(__file__).parents[1] / "docs" / "rights.md"
OURS = "odoo.addons.workmanager_"
LOGGERS = (
    "odoo.http",
    "odoo.models",
    "odoo.sql_db",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
)
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)
# The columns of the tables: (title, login, whether the record is a colleague's).
ROLES = [
    ("employee", "wm_r_employee", False),
    ("portal", "wm_r_portal", False),
    ("technician, own", "wm_technician", False),
    ("technician, a colleague's", "wm_technician", True),
    ("the same, limited to own", "wm_r_limited", True),
    ("reception", "wm_reception", True),
    ("manager", "wm_manager", True),
    ("sales", "wm_r_sales", True),
    ("stock", "wm_r_stock", True),
    ("accounting", "wm_r_accounting", True),
    ("manager of another company", "wm_r_stranger", True),
]
OPERATIONS = {"read": "R", "write": "W", "create": "C", "unlink": "D"}
# What Odoo gives every model; it guards them by the rights above.
ODOOS = {"create", "write", "unlink", "copy", "load", "read"}
# A manager of another company is told nothing of ours by these, and changes nothing:
# they concern the user, a catalogue or contacts that all companies share, and filter.
HARMLESS = {
    ("res.partner", "action_view_equipment"),
    ("res.partner", "action_view_service_sheets"),
    ("stock.lot", "action_view_equipment"),
    ("workmanager.equipment", "lookup"),
    ("workmanager.document", "action_copy_for_company"),
    ("workmanager.document", "action_preview"),
    ("workmanager.document.text", "action_preview_text"),
    ("workmanager.equipment.type", "action_preview_text"),
    ("workmanager.operation", "action_add_to_sheet"),
    ("workmanager.sheet", "action_stop_timer"),
    ("workmanager.sheet", "get_dashboard"),
}


def cells(*texts):
    return f"| {' | '.join(texts)} |"


@tagged("post_install", "-at_install")
class TestRights(ServiceCommon):
    maxDiff = None

    # ------------------------------------------------------------------ SETUP

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_users()
        cls.own = cls._create_records(cls.technician)
        cls.others = cls._create_records(cls.colleague)
        cls._create_odoos()
        cls.env.flush_all()

    @classmethod
    def _create_users(cls):
        service = "workmanager_service.group_"
        company = cls.env["res.company"].create({"name": "Another shop"})
        for login, groups in (
            ("employee", "base.group_user"),
            ("portal", "base.group_portal"),
            ("colleague", f"{service}technician"),
            ("limited", f"{service}technician"),
            ("sales", "sales_team.group_sale_manager"),
            ("stock", "stock.group_stock_manager,purchase.group_purchase_manager"),
            ("accounting", "account.group_account_manager"),
        ):
            user = new_test_user(cls.env, f"wm_r_{login}", groups=groups)
            setattr(cls, login, user)
        cls.stranger = new_test_user(
            cls.env,
            "wm_r_stranger",
            groups=f"{service}manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        cls.users = {
            login: cls.env["res.users"].search([("login", "=", login)])
            for _title, login, _colleagues in ROLES
        }

    @classmethod
    def _create_records(cls, user):
        """Return {model: record} of two sheets that ``user`` has: one whose checks are
        open, and one that was quoted and is under repair."""
        env = cls.env
        accessory = env["workmanager.accessory"].create({"name": f"Bag {user.login}"})
        equipment = cls._create_equipment(f"R-{user.login}")
        values = {"user_id": user.id, "received_by_id": cls.reception.id}
        early = cls._create_sheet(equipment_id=equipment.id, **values).sudo()
        sheet = cls._create_sheet(equipment_id=equipment.id, **values).sudo()
        sheet.unlock_code = "4711"
        sheet.with_user(user).action_show_unlock_code()
        sheet.action_start_evaluation()
        sheet.check_ids.result = "ok"
        sheet.action_complete_evaluation()
        lines = env["workmanager.sheet.line"]
        planned = {"sheet_id": sheet.id, "product_id": cls.part.id}
        lines.create(planned)
        sheet.action_create_quotation()
        sheet.action_accept_quotation()
        sheet.action_start_repair()
        records = [
            early,
            early.evaluation_id,
            early.check_ids[:1],
            lines.create({**planned, "quantity": 2}),
            equipment,
            equipment.owner_ids[:1],
            accessory,
            env["workmanager.brand"].create({"name": f"Brand {user.login}"}),
            env["workmanager.equipment.type"].create({"name": user.login}),
            env["workmanager.fault"].create({"name": user.login}),
            cls.operation,
            cls.operation.line_ids[:1],
            cls.laptop.checkpoint_ids[:1],
            env.ref("workmanager_service.document_label"),
            env.ref("workmanager_service.document_block_label_barcode"),
            env.ref("workmanager_service.document_text_repaired"),
            sheet.unlock_look_ids[:1],
            env["workmanager.stage"].create({"name": user.login, "state": "repair"}),
            env["workmanager.stage.time"].search([("sheet_id", "=", sheet.id)])[:1],
            env["workmanager.sheet.report"].search([("sheet_id", "=", sheet.id)])[:1],
            env["workmanager.hourly.cost"].create({"user_id": user.id, "cost": 50.0}),
            env["workmanager.photo"].create(
                {"sheet_id": early.id, "image_1920": PIXEL}
            ),
            env["workmanager.work.log"].create(
                {"sheet_id": sheet.id, "user_id": user.id, "hours": 1}
            ),
            env["workmanager.pause"].create({"sheet_id": sheet.id, "reason": "part"}),
            env["workmanager.removed.part"].create(
                {"sheet_id": sheet.id, "name": "Old battery"}
            ),
            env["workmanager.status.attempt"].create(
                {"key": user.login, "tries": 1, "expiry": "2099-01-01"}
            ),
        ]
        sheet.action_resume()
        cls.repairs = {**getattr(cls, "repairs", {}), user: sheet}
        return {record._name: record for record in records}

    @classmethod
    def _create_odoos(cls):
        """Create what Odoo's models need to be asked."""
        storable = cls._create_product("Screen", 300.0, 200.0, "consu")
        storable.write({"is_storable": True, "tracking": "serial"})
        cls.env["stock.lot"].create({"name": "R-1", "product_id": storable.id})
        cls.env["purchase.order"].create({"partner_id": cls.manufacturer.id})
        cls.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": cls.customer.id}
        )

    def _create_dialog(self, model, user):
        """Return a record of the dialog ``model`` that ``user`` has open, and
        {model: record} of those that belong to it."""
        sheet = self.repairs[self.technician]
        known = {
            "workmanager.decision": {"decision": "accepted", "decided_by": "Ana"},
            "workmanager.hand.on": {
                "user_id": self.colleague.id,
                "sheet_ids": sheet.ids,
            },
            "workmanager.handover": {"sheet_ids": sheet.ids},
            "workmanager.handover.line": {
                "handover_id": "workmanager.handover",
                "sheet_id": sheet.id,
                "accessory_id": self.own["workmanager.accessory"].id,
            },
            "workmanager.intake": {"equipment_type_id": self.laptop.id},
            "workmanager.intake.check": {
                "intake_id": "workmanager.intake",
                "checkpoint_id": self.laptop.checkpoint_ids[:1].id,
            },
            "workmanager.pause.ask": {"sheet_ids": sheet.ids},
            "workmanager.sheet.batch": {},
            "workmanager.sheet.batch.refusal": {
                "batch_id": "workmanager.sheet.batch",
                "sheet_id": sheet.id,
                "reason": "Late",
            },
            "workmanager.equipment.merge": {
                "equipment_id": sheet.equipment_id.id,
                "equipment_ids": sheet.equipment_id.ids,
            },
            "workmanager.parts.use": {"sheet_id": sheet.id},
            "workmanager.parts.use.line": {
                "use_id": "workmanager.parts.use",
                "product_id": self.part.id,
            },
        }
        values = dict(known.get(model, {}))
        for name, value in values.items():
            if value in list(known):
                parent = self._create_dialog(value, user)
                inverse = self.env[model]._fields[name]
                [lines] = self.env.registry.field_inverses[inverse]
                if parent.sudo()[lines.name]:
                    return parent.sudo()[lines.name][:1].sudo(False)
                values[name] = parent.id
        record = self.env[model].with_user(user).sudo().create(values)
        record.flush_recordset()
        return record.sudo(False)

    # --------------------------------------------------------------- MECHANICS

    def _get_models(self):
        """Return the names of our models that have records."""
        return sorted(
            name
            for name, model in self.env.registry.items()
            if name.startswith("workmanager.") and not model._abstract
        )

    def _limit(self, login):
        """Let a technician see own sheets only, or all, as the setting does."""
        settings = self.env["res.config.settings"]
        settings.create({"group_service_all_sheets": login != "wm_r_limited"}).execute()

    def _get_record(self, model, login, colleagues):
        if self.env[model]._transient:
            return self._create_dialog(model, self.users[login])
        return (self.others if colleagues else self.own)[model]

    def _is_allowed(self, user, model, method, *args):
        """Whether ``user`` may call the method; a rule of the business that refuses
        this record is no lack of rights. Whatever it does is taken back."""
        self.env.flush_all()
        self.env.invalidate_all()
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger(*LOGGERS):
                call_kw(self.env[model].with_user(user), method, list(args), {})
                self.env.flush_all()
        except AccessError:
            return False
        except (UserError, ValidationError):
            return True
        except ForeignKeyViolation:
            if method != "unlink":
                raise
            return True
        finally:
            self.env.clear()
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.invalidate_all()
        return True

    def _get_writable_values(self, record):
        """Return a field of ``record`` that people fill in, as it is."""
        record = record.sudo()
        for name, field in sorted(record._fields.items()):
            if (
                field.store
                and not field.readonly
                and not field.compute
                and not field.groups
                and field.type in ("char", "text", "selection", "float", "many2one")
                and name not in ("unlock_code", "access_token")
            ):
                return record.read([name], load=None)[0] and {
                    name: record.read([name], load=None)[0][name]
                }
        return {}

    def _get_create_values(self, record):
        """Return the values of a record like this one, of what people fill in."""
        record = record.sudo()
        values = record.copy_data()[0] if record._auto else {}
        for name, field in record._fields.items():
            if field.required and name not in values and field.store:
                values[name] = record.read([name], load=None)[0][name]
        if record._name == "workmanager.hourly.cost":
            values["user_id"] = self.employee.id  # one each
        if record._name == "workmanager.document":
            values["company_id"] = self.env.company.id
        if record._name == "workmanager.document.text":
            values["equipment_type_id"] = self.laptop.id
        return {
            name: value
            for name, value in values.items()
            if name in ("sheet_id", "company_id")
            or (
                not record._fields[name].readonly
                and not record._fields[name].groups
                and name != "access_token"
            )
        }

    def _get_arguments(self, record, method):
        if method == "read":
            return (record.ids, ["id", "create_date"][: 1 + record._log_access])
        if method == "write":
            return (record.ids, self._get_writable_values(record))
        if method == "create":
            return (self._get_create_values(record),)
        return (record.ids,)

    def _get_rights(self, model, login, colleagues):
        record = self._get_record(model, login, colleagues)
        user = self.users[login]
        return "".join(
            letter
            for method, letter in OPERATIONS.items()
            if self._is_allowed(
                user, model, method, *self._get_arguments(record, method)
            )
        )

    # ------------------------------------------------------------------ TABLES

    def _compare(self, title, text):
        """Compare a chapter of the docs with ``text``, or write it there."""
        docs = DOCS.read_text()
        head, mark, rest = docs.partition(f"## {title}\n")
        self.assertTrue(mark, f"docs/rights.md has no chapter “{title}”")
        chapter, begin, tables = rest.partition("<!-- tried by a test -->\n\n")
        body, end, after = tables.partition("\n\n<!-- end -->")
        if os.environ.get("WORKMANAGER_WRITE_DOCS"):
            DOCS.write_text(f"{head}{mark}{chapter}{begin}{text}{end}{after}")
            return
        self.assertEqual(body, text, "see the head of tests/test_rights.py")

    def test_models(self):
        columns = {}
        for title, login, colleagues in sorted(ROLES, key=lambda r: "limited" in r[1]):
            self._limit(login)
            columns[title] = {
                model: self._get_rights(model, login, colleagues)
                for model in self._get_models()
            }
        rows = [
            cells("model", *(title for title, _login, _colleagues in ROLES)),
            cells(*["---"] * (1 + len(ROLES))),
        ]
        for model in self._get_models():
            rights = [columns[title][model] or "–" for title, *_rest in ROLES]
            rows.append(cells(f"`{model}`", *rights))
        self._compare("Records", "\n".join(rows))

    def test_fields(self):
        """Fields that not everybody who reads a record may read."""
        self._limit("")
        rows = [
            cells("field", *(title for title, _login, _colleagues in ROLES)),
            cells(*["---"] * (1 + len(ROLES))),
        ]
        for model, name in self._get_secrets():
            rights = [
                self._get_field_rights(model, name, login, colleagues) or "–"
                for _title, login, colleagues in ROLES
            ]
            rows.append(cells(f"`{model}.{name}`", *rights))
        self._compare("Fields", "\n".join(rows))

    def _get_secrets(self):
        """Return (model, field) of each field with rights of its own that we add, and
        of those that open the pages of a customer."""
        secrets = [
            (model, name)
            for model, cls in sorted(self.env.registry.items())
            if not cls._abstract and not cls._transient
            for name, field in sorted(cls._fields.items())
            if field.groups
            and not field.inherited  # a customer's are those of the user's partner
            and field._modules
            and field._modules[0].startswith("workmanager_")
        ]
        links = [
            ("workmanager.sheet", name) for name in ("access_token", "tracking_code")
        ]
        return secrets + links

    def _get_field_rights(self, model, name, login, colleagues):
        user = self.users[login]
        records = {
            **(self.others if colleagues else self.own),
            "res.company": self.env.company,
            "sale.order": self.repairs[self.technician].sale_order_ids[:1],
        }
        record = records.get(model) or self.env[model].sudo().search([], limit=1)
        self.assertTrue(record, model)
        value = record.sudo().read([name], load=None)[0][name]
        rights = ""
        if self._is_allowed(user, model, "read", record.ids, [name]):
            rights += "R"
        if self._is_allowed(user, model, "write", record.ids, {name: value}):
            rights += "W"
        return rights

    def test_methods(self):
        """Every method that a program can call over RPC is listed."""
        rows = []
        for model, methods in self._get_methods().items():
            rows.append(f"- `{model}`: {', '.join(f'`{name}`' for name in methods)}")
        self._compare("Methods", "\n".join(rows))

    def _get_methods(self):
        """Return {model: public methods that our addons add to it}."""
        found = {}
        for name, model in sorted(self.env.registry.items()):
            if model._abstract:
                continue
            own = {
                method
                for base in model.mro()
                if base.__module__.startswith(OURS)
                for method, value in vars(base).items()
                if inspect.isfunction(value) and not method.startswith("_")
            }
            odoos = ODOOS | set(
                ChainMap(
                    *(
                        vars(base)
                        for base in model.mro()[1:]
                        if not base.__module__.startswith(OURS)
                    )
                )
            )
            methods = sorted(
                method
                for method in own - odoos
                if not getattr(getattr(model, method), "_api_private", False)
            )
            if methods:
                found[name] = methods
        return found

    def test_methods_ask_for_rights(self):
        """Nobody without rights on a record calls a method of ours on it."""
        self._limit("")
        for model, methods in self._get_methods().items():
            for method in methods:
                self._try_without_rights(model, method, self.employee)
                if (model, method) not in HARMLESS:
                    self._try_without_rights(model, method, self.stranger)

    def _try_without_rights(self, model, method, user):
        function = getattr(self.env.registry[model], method)
        positional = (inspect.Parameter.POSITIONAL_OR_KEYWORD,)
        args = [
            "x"
            for p in list(inspect.signature(function).parameters.values())[1:]
            if p.kind in positional and p.default is p.empty
        ]
        if not getattr(function, "_api_model", False):
            args.insert(0, self._get_foreign_record(model).ids)
        with self.subTest(model=model, method=method, user=user.login):
            self.assertFalse(self._is_allowed(user, model, method, *args))

    def _get_foreign_record(self, model):
        if self.env[model]._transient:
            return self._create_dialog(model, self.technician)
        if model in self.own:
            return self.own[model]
        return self.env[model].sudo().search([], order="id desc", limit=1)
