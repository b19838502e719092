from odoo.tests import tagged

from .common import PartsCase


@tagged("post_install", "-at_install")
class TestHistory(PartsCase):
    """The equipment's story names the lots of the parts that were used."""

    def test_lots_that_were_used(self):
        camera = self._create_part("Camera", tracking="serial")
        for name in ("SN1", "SN2"):
            lot = self.env["stock.lot"].create(
                {"name": name, "product_id": camera.id, "company_id": self.company.id}
            )
            self._stock_up(camera, 1, lot)
        sheet = self._accept((camera, 2)).with_user(self.technician)
        sheet.action_start_repair()
        sheet.action_finish_repair()
        self.env.invalidate_all()
        story = sheet.equipment_id.get_history()["entries"][0]
        self.assertEqual([line["lots"] for line in story["lines"]], ["SN1, SN2"])

    def test_parts_without_lots(self):
        self._stock_up(self.part, 1)
        sheet = self._accept((self.part, 1)).with_user(self.technician)
        sheet.action_start_repair()
        sheet.action_finish_repair()
        story = sheet.equipment_id.get_history()["entries"][0]
        self.assertEqual([line["lots"] for line in story["lines"]], [""])
