"""Whatever people or programs send: it is done, or refused in words; all stays sound.

Hypothesis draws sequences of calls of every public method of our models, by different
people on sheets in every state, with values of any kind; scripts/check looks at the
database after each call. scripts/soak draws many more, and other ones each time.
"""

import inspect
import os
from datetime import date, datetime, timedelta

import psycopg2
from consistency import find_inconsistencies
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user

from odoo.addons.workmanager_stock_link.tests.common import PartsCase

OURS = "odoo.addons.workmanager_"
SOAK = int(os.environ.get("WORKMANAGER_EXAMPLES", "0"))
ROLES = ("manager", "reception", "technician")
NUMBERS = st.sampled_from(
    [0, 1, 2, -1, 0.001, 1e-9, 0.3333333, 1e6, -1e6, 2.5, 99999999.99]
)
TEXTS = st.sampled_from(
    ["", " ", "x", "Ștefan", "<b>&</b>", "%s %(x)s", "\n" * 9, "∞" * 300]
)
# What is more than a plain value, and parsed by Odoo.
NOT_DRAWN = (
    *("binary", "image", "json", "reference"),
    *("properties", "properties_definition"),
)
MOMENTS = [timedelta(0), timedelta(days=-9), timedelta(days=40), timedelta(days=-9999)]


def is_ours(cls):
    return cls.__module__.startswith(OURS) and ".tests." not in cls.__module__


def get_public_methods(model):
    """Return the names of the methods that our addons give to a model for anyone.

    Not of those that every model has, which Odoo tests.
    """
    return sorted(
        {
            name
            for cls in type(model).__mro__
            if is_ours(cls)
            for name, member in vars(cls).items()
            if inspect.isfunction(member)
            and not name.startswith("_")
            and not hasattr(model.env.registry["base"], name)
            and not getattr(getattr(model, name), "_api_private", False)
        }
    )


class Calls(RuleBasedStateMachine):
    """Calls of any public method by anybody, each done as a whole or not at all."""

    case = None  # the test, whose database it is

    def __init__(self):
        super().__init__()
        self.env = self.case.env
        self.env.flush_all()
        self.savepoint = self.env.cr.savepoint()

    def teardown(self):
        self.env.clear()
        self.savepoint.rollback()
        self.savepoint.close()

    # ----------------------------------------------------------------------- VALUES

    def draw_record(self, data, model):
        """Return some records of ``model``, mostly one."""
        records = self.env[model].sudo().search([], limit=30)
        if not records:
            return records
        count = data.draw(st.sampled_from([1, 1, 1, 1, 2, 0]))
        return records.browse(
            data.draw(st.lists(st.sampled_from(records.ids), max_size=count))
        )

    def draw_value(self, data, field):
        """Return something that a client can send for ``field``."""
        if field.type in ("many2one", "one2many", "many2many"):
            record = self.draw_record(data, field.comodel_name)
            if field.type == "many2one":
                return record[:1].id
            return [Command.set(record.ids)] if field.type == "many2many" else []
        if field.type == "selection":
            return data.draw(st.sampled_from([*field.get_values(self.env), False]))
        if field.type in ("float", "monetary"):
            return data.draw(NUMBERS)
        if field.type == "integer":
            return int(data.draw(NUMBERS))
        if field.type == "boolean":
            return data.draw(st.booleans())
        if field.type in ("date", "datetime"):
            moment = datetime(2026, 11, 25, 9) + data.draw(st.sampled_from(MOMENTS))
            day = moment if field.type == "datetime" else date(*moment.timetuple()[:3])
            return data.draw(st.sampled_from([str(day), False]))
        return data.draw(TEXTS)

    def draw_values(self, data, model, size):
        fields = [
            field
            for field in self.env[model]._fields.values()
            if is_ours_field(field)
            and field.type not in NOT_DRAWN
            and (not field.compute or field.inverse or not field.readonly)
            and not field.related
        ]
        chosen = data.draw(
            st.lists(st.sampled_from(fields), max_size=size, unique_by=lambda f: f.name)
        )
        return {field.name: self.draw_value(data, field) for field in chosen}

    def draw_arguments(self, data, method):
        """Return an argument of any kind for each parameter without a default."""
        kinds = [NUMBERS, TEXTS, st.booleans(), st.none(), st.just([]), st.just({})]
        return [
            data.draw(st.one_of(kinds))
            for parameter in list(inspect.signature(method).parameters.values())[1:]
            if parameter.default is parameter.empty
            and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]

    # ------------------------------------------------------------------------ CALLS

    def attempt(self, login, model, method, ids, *args):
        """Call as a client does; refusals are for people to read."""
        env = self.env(user=self.case.people[login])
        try:
            with self.env.cr.savepoint():
                records = env[model].browse(ids)
                function = get_public_method(records, method)
                if hasattr(function, "_api_model"):
                    records, ids = env[model], ()
                getattr(records, method)(*args)
                env.flush_all()
        except ValueError as error:
            # What Odoo answers a program that sends one too many or too few.
            assert str(error).startswith("Expected singleton"), error
            assert len(ids) != 1
            self.env.invalidate_all()
        except UserError as error:
            assert str(error).strip()
            self.env.invalidate_all()
        except psycopg2.IntegrityError as error:
            # Odoo tells people what is missing, or which rule of the table it breaks.
            assert self.env[model]._sql_error_to_message(error)
            self.env.invalidate_all()

    @rule(data=st.data(), login=st.sampled_from(ROLES))
    def take_step(self, data, login):
        """The steps of sheets, which change most, more often than the rest."""
        steps = [
            name
            for name in get_public_methods(self.env["workmanager.sheet"])
            if name.startswith("action_") and "print" not in name
        ]
        ids = self.draw_record(data, "workmanager.sheet").ids
        self.attempt(login, "workmanager.sheet", data.draw(st.sampled_from(steps)), ids)

    @rule(data=st.data(), login=st.sampled_from(ROLES))
    def call_anything(self, data, login):
        model, name = data.draw(st.sampled_from(self.case.methods))
        method = getattr(type(self.env[model]), name)
        arguments = self.draw_arguments(data, method)
        ids = self.draw_record(data, model).ids
        self.attempt(login, model, name, ids, *arguments)

    @rule(data=st.data(), login=st.sampled_from(ROLES))
    def write_anything(self, data, login):
        model = data.draw(st.sampled_from(self.case.models))
        values = self.draw_values(data, model, 3)
        self.attempt(login, model, "write", self.draw_record(data, model).ids, values)

    @rule(data=st.data(), login=st.sampled_from(ROLES))
    def create_anything(self, data, login):
        model = data.draw(st.sampled_from(self.case.models))
        self.attempt(login, model, "create", [], [self.draw_values(data, model, 8)])

    @rule(data=st.data(), login=st.sampled_from(ROLES))
    def delete_anything(self, data, login):
        model = data.draw(st.sampled_from(self.case.models))
        self.attempt(login, model, "unlink", self.draw_record(data, model).ids)

    @invariant()
    def all_is_sound(self):
        self.env.flush_all()
        assert find_inconsistencies(self.env.cr) == []


def is_ours_field(field):
    return str(field._module or "").startswith("workmanager_")


class TestAnyInput(PartsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = "Europe/Bucharest"
        cls.people = {
            role: new_test_user(
                cls.env, f"any_{role}", f"workmanager_service.group_{role}"
            )
            for role in ROLES
        }
        cls.models = sorted(
            name
            for name in cls.env.registry
            if name.startswith("workmanager.")
            and not cls.env[name]._abstract
            and cls.env[name]._auto
        )
        cls.methods = [
            (name, method)
            for name in (*cls.models, "sale.order", "sale.order.line", "account.move")
            for method in get_public_methods(cls.env[name])
        ]
        cls.equipment_type.diagnosis_product_id = cls.work
        cls._stock_up(cls.part, 3)
        sheets = [cls._create_sheet((cls.part, 1), (cls.work, 2)) for _i in range(6)]
        for sheet in sheets[1:]:
            sheet.action_create_quotation()
        for sheet in sheets[2:]:
            sheet.action_accept_quotation()
        for sheet in sheets[3:]:
            sheet.action_start_repair()
        sheets[4].action_finish_repair()
        sheets[5].action_mark_unrepairable()

    def test_calls_are_done_or_refused_in_words(self):
        Calls.case = type(self)
        case = Calls.TestCase()
        case.settings = settings(
            max_examples=SOAK or 12,
            stateful_step_count=30 if SOAK else 12,
            derandomize=not SOAK,
            database=None,
            # A shorter sequence would take minutes to find.
            phases=[Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        case.runTest()
