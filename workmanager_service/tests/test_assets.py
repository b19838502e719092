import gzip
from pathlib import Path

from odoo.tests import tagged

from .empty_cache import EmptyCacheCase


@tagged("post_install", "-at_install")
class TestAssets(EmptyCacheCase):
    """The web client and the portal load little more than without these addons."""

    def _get_size(self, bundle):
        """Return how many kB ours add to a bundle, compressed.

        It is even less on the wire: Odoo sends no comments and indents.
        """
        paths = self.env["ir.asset"]._get_asset_paths(bundle, {})
        content = b"".join(
            Path(file).read_bytes()
            for path, file, *_rest in paths
            if path.lstrip("/").startswith("workmanager_")
        )
        return len(gzip.compress(content)) / 1000 if content else 0

    def test_backend(self):
        size = self._get_size("web.assets_web")
        self.assertGreater(size, 0)
        self.assertLessEqual(size, 60)

    def test_portal(self):
        self.assertLessEqual(self._get_size("web.assets_frontend"), 15)
