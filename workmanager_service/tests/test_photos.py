import base64
import importlib.util
import io

from PIL import Image

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_path

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestPhotos(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet = cls._create_sheet().with_user(cls.technician)
        cls.sheet.action_start_evaluation()
        cls.check = cls.sheet.check_ids[0]

    @classmethod
    def _picture(cls, width=64, height=48):
        stream = io.BytesIO()
        Image.new("RGB", (width, height), "navy").save(stream, "JPEG")
        return base64.b64encode(stream.getvalue())

    def _take(self, user=None, **values):
        return (
            self.env["workmanager.photo"]
            .with_user(user or self.technician)
            .create(
                {
                    "sheet_id": self.sheet.id,
                    "image_1920": self._picture(),
                    **values,
                }
            )
        )

    def test_a_large_photo_is_kept_in_1920_pixels(self):
        photo = self._take(image_1920=self._picture(2400, 1200))
        for size, expected in ((1920, (1920, 960)), (512, (512, 256))):
            raw = base64.b64decode(photo[f"image_{size}"])
            self.assertEqual(Image.open(io.BytesIO(raw)).size, expected)

    def test_only_pictures_are_photos(self):
        for picture, message in (
            (base64.b64encode(b"no picture"), "can be read"),
            (
                base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
                "can be read",
            ),
            (b"no base64", "can be read"),
            (False, "Choose the picture"),
        ):
            with (
                self.subTest(message=message),
                self.assertRaisesRegex(UserError, message),
            ):
                self._take(image_1920=picture)

    def test_customer_sees_what_is_marked(self):
        hidden, shown = self._take(), self._take(check_id=self.check.id)
        shown.action_toggle_for_customer()
        self.assertEqual(self.sheet._get_customer_photos(), shown)
        self.assertEqual(self.sheet.photo_ids, hidden | shown)
        self.assertEqual(self.check.photo_ids, shown)
        self.assertEqual(shown.display_name, "Starts")
        shown.action_toggle_for_customer()
        self.assertFalse(self.sheet._get_customer_photos())

    def test_photo_of_a_check_belongs_to_its_sheet(self):
        other = self._create_sheet()
        with self.assertRaisesRegex(ValidationError, "on another sheet"):
            self._take(check_id=other.check_ids[0].id)

    def test_photo_of_a_completed_check_stands(self):
        photo, free = self._take(check_id=self.check.id), self._take()
        self.check.action_ok()
        self.sheet.check_ids[1].value = 11.1
        self.sheet.action_complete_evaluation()
        photo.is_for_customer = True
        for change in (
            lambda: photo.write({"image_1920": self._picture()}),
            lambda: photo.write({"check_id": False}),
            lambda: free.write({"check_id": self.check.id}),
            lambda: self._take(check_id=self.check.id),
            photo.unlink,
        ):
            with self.assertRaisesRegex(UserError, "completed and cannot be changed"):
                change()
        free.unlink()

    def test_photos_of_a_closed_sheet_stand(self):
        photo = self._take()
        self.sheet.with_user(self.reception).action_cancel()
        for change in (photo.unlink, photo.action_toggle_for_customer, self._take):
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                change()

    def test_technician_deletes_photos_of_own_sheets(self):
        colleague = new_test_user(
            self.env, "wm_colleague", groups="workmanager_service.group_technician"
        )
        self._take(self.reception).unlink()
        photo = self._take()
        with self.assertRaises(AccessError):
            photo.with_user(colleague).unlink()
        self._take(colleague).with_user(colleague).unlink()
        photo.with_user(self.reception).unlink()

    def test_other_company_and_employees_see_no_photo(self):
        photo = self._take()
        company = self.env["res.company"].create({"name": "Another shop"})
        for user in (
            new_test_user(self.env, "wm_employee", groups="base.group_user"),
            new_test_user(
                self.env,
                "wm_stranger",
                groups="workmanager_service.group_manager",
                company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            ),
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                photo.with_user(user).read(["image_128"])

    def test_photos_go_with_their_sheet(self):
        sheet = self._create_sheet()
        photo = self._take(sheet_id=sheet.id)
        domain = [("res_model", "=", photo._name), ("res_field", "!=", False)]
        domain += [("res_id", "=", photo.id)]
        self.assertTrue(self.env["ir.attachment"].search(domain))
        sheet.with_user(self.manager).unlink()
        self.assertFalse(photo.exists())
        self.assertFalse(self.env["ir.attachment"].search(domain))

    def test_sheet_shows_its_photos(self):
        self._take()
        with Form(self.sheet) as form:
            self.assertEqual(len(form.photo_ids), 1)

    def test_older_attachments_become_photos_and_stay(self):
        closed = self._create_sheet()
        closed.action_cancel()
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": raw,
                    "res_model": sheet._name,
                    "res_id": sheet.id,
                }
                for sheet, name, raw in (
                    (closed, "photo.jpg", base64.b64decode(self._picture())),
                    (self.sheet, "photo.jpg", base64.b64decode(self._picture())),
                    (self.sheet, "broken.jpg", b"\xff\xd8\xff\xe0 broken"),
                    (self.sheet, "notes.txt", b"no photo"),
                )
            ]
        )
        path = file_path("workmanager_service/migrations/19.0.1.1.0/post-photos.py")
        spec = importlib.util.spec_from_file_location("post_photos", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.assertEqual(len(closed.photo_ids), 1)
        self.assertEqual(len(self.sheet.photo_ids), 1)
        self.assertEqual(attachments.exists(), attachments)
