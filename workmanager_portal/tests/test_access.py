from odoo.exceptions import AccessError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import PortalCommon

METHODS = (
    "action_accept_quotation",
    "action_cancel",
    "action_complete_evaluation",
    "action_create_invoice",
    "action_create_quotation",
    "action_deliver",
    "action_finish_repair",
    "action_mark_unrepairable",
    "action_preview_portal",
    "action_refuse_quotation",
    "action_start_evaluation",
    "action_start_repair",
    "action_start_timer",
    "get_portal_url",
    "message_post",
)


@tagged("post_install", "-at_install")
class TestAccess(PortalCommon):
    """By RPC, a portal user reads and does nothing: the pages are the only way."""

    def _call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def assertRefused(self, model, method, *args, **kwargs):
        with (
            self.assertRaises(JsonRpcException) as error,
            mute_logger("odoo.http", "odoo.addons.base.models.ir_model"),
        ):
            self._call(model, method, *args, **kwargs)
        self.assertIn("AccessError", str(error.exception))

    def test_own_sheet_by_rpc(self):
        self._login(self.owner)
        model, ids = "workmanager.sheet", self.sheet.ids
        self.assertRefused(model, "read", ids, ["name"])
        self.assertRefused(model, "read", ids, ["access_token", "tracking_code"])
        self.assertRefused(model, "search_read", [], ["name"])
        self.assertRefused(model, "name_search", "FS")
        self.assertRefused(model, "formatted_read_group", [], ["state"], ["__count"])
        self.assertRefused(model, "write", ids, {"claimed_fault": "x"})
        self.assertRefused(model, "unlink", ids)

    def test_methods_by_rpc(self):
        # Whom Odoo sent a message may answer it, on any document.
        self.sheet.is_customer_notified = False
        self._send_offer(self.sheet)
        self._login(self.owner)
        for method in METHODS:
            with self.subTest(method=method):
                self.assertRefused("workmanager.sheet", method, self.sheet.ids)
        self.assertEqual(self.sheet.state, "quoted")

    def test_children_by_rpc(self):
        self._quote(self.sheet)
        self._login(self.owner)
        for model in (
            "workmanager.evaluation",
            "workmanager.evaluation.check",
            "workmanager.equipment",
            "workmanager.sheet.line",
            "workmanager.stage",
            "workmanager.status.attempt",
            "workmanager.work.log",
        ):
            with self.subTest(model=model):
                self.assertRefused(model, "search_read", [], ["id"])

    def test_files_and_notes_of_the_own_sheet(self):
        attachment = self.env["ir.attachment"].create(
            {
                "name": "costs.txt",
                "raw": b"cost 130",
                "res_model": self.sheet._name,
                "res_id": self.sheet.id,
            }
        )
        note = self.sheet.sudo().message_post(
            body="Costs 130", subtype_xmlid="mail.mt_note"
        )
        self._login(self.owner)
        domain = [("res_model", "=", self.sheet._name)]
        self.assertRefused("ir.attachment", "search_read", domain, ["name"])
        self.assertRefused("ir.attachment", "read", attachment.ids, ["raw"])
        url = f"/web/content/{attachment.id}"
        self.assertEqual(self.url_open(url).status_code, 404)
        self.assertRefused("mail.message", "read", note.ids, ["body"])
        token = self.sheet.sudo()._portal_ensure_token()
        self.assertEqual(self.url_open(f"{url}?access_token={token}").status_code, 404)

    def test_thread_needs_the_token(self):
        self._login(self.stranger)
        foreign = self.other_sheet.sudo()._portal_ensure_token()
        for token in (None, "wrong", foreign):
            for route, params in (
                ("/mail/chatter_fetch", {}),
                ("/mail/message/post", {"post_data": {"body": "x"}}),
            ):
                with (
                    self.subTest(token=token, route=route),
                    self.assertRaises(JsonRpcException),
                    mute_logger("odoo.http"),
                ):
                    result = self.make_jsonrpc_request(
                        route,
                        {
                            "thread_model": self.sheet._name,
                            "thread_id": self.sheet.id,
                            "token": token,
                            **params,
                        },
                    )
                    # Without a token Odoo answers with what the rights allow.
                    if not result["messages"]:
                        raise JsonRpcException(0, "nothing")

    def test_staff_keeps_its_rights(self):
        self.assertTrue(self.sheet.with_user(self.technician).read(["name"]))
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.owner).read(["name"])
