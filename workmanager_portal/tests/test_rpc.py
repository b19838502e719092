import inspect
from collections import ChainMap

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import SIGNATURE, PortalCommon

OURS = "odoo.addons.workmanager_"
LOGGERS = ("odoo.http", "odoo.models", "odoo.addons.base.models.ir_model")
MARK = object()

# What Odoo gives every model, with the arguments that it takes; MARK is a record.
ODOOS = {
    "read": (MARK,),
    "search_read": ([], ["id"]),
    "web_search_read": ([], {"id": {}}),
    "search_count": ([],),
    "name_search": ("",),
    "formatted_read_group": ([], [], ["__count"]),
    "create": ({},),
    "write": (MARK, {}),
    "unlink": (MARK,),
    "copy": (MARK,),
}


def is_ours(model_class):
    return model_class.__module__.startswith(OURS)


@tagged("post_install", "-at_install")
class TestRpc(PortalCommon):
    """Whoever is no employee can call none of the methods in our addons.

    They are found in the code: what is added to a model tomorrow is called here too.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The owner's own, so that nothing but the right itself is missing.
        cls.sheet.is_customer_notified = False
        cls._approve(cls.sheet)
        cls.photo = cls.env["workmanager.photo"].create(
            {
                "sheet_id": cls.sheet.id,
                "image_1920": SIGNATURE,
                "is_for_customer": True,
            }
        )
        cls.visitors = (cls.owner, cls.env.ref("base.public_user"))
        cls.models = [name for name in cls.env if name.startswith("workmanager.")]

    def _get_methods(self):
        """Return (model, method) of each public method that our addons have."""
        return [
            (name, method)
            for name, model in sorted(self.env.registry.items())
            if not model._abstract
            for method in sorted(self._get_own_methods(name, model))
            if not getattr(getattr(model, method), "_api_private", False)
        ]

    def _get_own_methods(self, name, model):
        own = {
            method
            for base in model.mro()
            if is_ours(base)
            for method, value in vars(base).items()
            if inspect.isfunction(value) and not method.startswith("_")
        }
        if name in self.models:
            return own - {*ODOOS, "load"}
        # What Odoo's own models have anyway is Odoo's to guard.
        return own - set(
            ChainMap(*(vars(base) for base in model.mro()[1:] if not is_ours(base)))
        )

    def _get_arguments(self, model, method):
        """Return a record and, for what else it takes, something."""
        function = getattr(self.env.registry[model], method)
        parameters = list(inspect.signature(function).parameters.values())[1:]
        positional = (inspect.Parameter.POSITIONAL_OR_KEYWORD,)
        needed = [
            "x" for p in parameters if p.kind in positional and p.default is p.empty
        ]
        return needed if getattr(function, "_api_model", False) else [MARK, *needed]

    def _get_record_ids(self, model):
        record_model = self.env[model].sudo()
        found = record_model._auto and record_model.search([], order="id desc", limit=1)
        return found.ids if found else [1]

    def assertNotCallable(self, model, method, args):
        ids = self._get_record_ids(model)
        args = [ids if arg is MARK else arg for arg in args]
        for user in self.visitors:
            with self.subTest(model=model, method=method, user=user.login):
                # What somebody else has read is in no cache of a request.
                self.env.flush_all()
                self.env.invalidate_all()
                with self.assertRaises(AccessError), mute_logger(*LOGGERS):
                    call_kw(self.env[model].with_user(user), method, args, {})

    def test_every_method(self):
        methods = self._get_methods()
        for known in (
            ("sale.order", "action_view_sheets"),
            ("workmanager.handover", "action_hand_over"),
            ("workmanager.sheet", "action_accept_quotation"),
            ("workmanager.sheet", "action_preview_portal"),
        ):
            self.assertIn(known, methods)
        for model, method in methods:
            self.assertNotCallable(model, method, self._get_arguments(model, method))

    def test_every_model(self):
        self.assertIn("workmanager.photo", self.models)
        for model in self.models:
            if not self.env[model]._abstract:
                for method, args in ODOOS.items():
                    self.assertNotCallable(model, method, args)

    def test_by_the_route(self):
        """The browser of the owner has no other way than the same one."""
        calls = [
            ("workmanager.photo", "read", [self.photo.ids, ["image_1920"]]),
            ("workmanager.photo", "search_read", [[], ["name"]]),
            ("workmanager.sheet", "action_view_sale_orders", [self.sheet.ids]),
            ("workmanager.sheet", "action_preview_portal", [self.sheet.ids]),
            ("workmanager.equipment", "lookup", [self.machine.serial_number]),
        ]
        for user in (self.owner, None):
            self.authenticate(*([user.login] * 2 if user else [None, None]))
            for model, method, args in calls:
                with (
                    self.subTest(model=model, method=method, user=user),
                    self.assertRaises(JsonRpcException) as error,
                    mute_logger(*LOGGERS),
                ):
                    self.make_jsonrpc_request(
                        f"/web/dataset/call_kw/{model}/{method}",
                        {"model": model, "method": method, "args": args, "kwargs": {}},
                    )
                name = "AccessError" if user else "SessionExpired"
                self.assertIn(name, str(error.exception))
