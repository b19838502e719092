"""Make the pictures of the addons' pages in Odoo's Apps.

screenshots_apps.py CHROMIUM ROOT; the icon is drawn from ``icon.svg``, the pictures
come from the English guide.
"""

import ast
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ICON_SIZE = 128
BANNER = {"width": 1200, "height": 600}
# The pictures of each page, and those on its banner.
PICTURES = {
    "workmanager_service": ("board", "intake", "sheet", "checks-phone", "handover"),
    "workmanager_stock_link": ("missing-parts", "sheet"),
    "workmanager_portal": ("portal-phone", "status-phone"),
}
ON_BANNER = {
    "workmanager_service": ("board",),
    "workmanager_stock_link": ("sheet", "missing-parts"),
    "workmanager_portal": ("portal-phone", "status-phone"),
}
COLOURS = {
    "workmanager_service": ("#e8f6fd", "#1a5f8a"),
    "workmanager_stock_link": ("#e6f9f6", "#12665c"),
    "workmanager_portal": ("#f3edfd", "#5b3a94"),
}
ICON_PAGE = """<style>
  body {{ margin: 0 }} svg {{ display: block; width: 100vw; height: 100vh }}
</style>{icon}"""
BANNER_PAGE = """<style>
  body {{ margin: 0; height: 600px; overflow: hidden; display: flex;
          background: {light}; color: {dark};
          font-family: Roboto, "DejaVu Sans", sans-serif }}
  .words {{ width: 440px; padding: 110px 0 0 70px; box-sizing: border-box }}
  .words svg {{ width: 120px; height: 120px }}
  h1 {{ font-size: 52px; line-height: 1.1; margin: 30px 0 20px }}
  p {{ font-size: 25px; line-height: 1.4; margin: 0; color: #333 }}
  .pictures {{ flex: 1; position: relative }}
  img {{ position: absolute; border-radius: 10px; border: 1px solid #0002;
         box-shadow: 0 10px 40px #0003 }}
  .wide {{ width: 1000px }}
  .tall {{ height: 530px; top: 50px }}
</style>
<div class="words">{icon}<h1>{name}</h1><p>{summary}</p></div>
<div class="pictures">{pictures}</div>"""


def draw(browser, page_path, size, html, path):
    page = browser.new_page(viewport=size)
    # A file of the page's folder, so that its pictures load.
    page_path.write_text(html)
    page.goto(page_path.as_uri())
    page.screenshot(path=path, omit_background=True)
    page.close()
    page_path.unlink()


def show(pictures):
    """The pictures of a banner, each a step to the right of the one before."""
    return "".join(
        f'<img class="tall" style="left: {120 + 300 * place}px" src="{name}.png" />'
        if name.endswith("-phone")
        else f'<img class="wide" src="{name}.png"'
        f' style="left: {60 + 70 * place}px; top: {80 + 270 * place}px" />'
        for place, name in enumerate(pictures)
    )


def make_page_of(browser, root, addon):
    folder = root / addon / "static" / "description"
    manifest = ast.literal_eval((root / addon / "__manifest__.py").read_text())
    for name in PICTURES[addon]:
        shutil.copyfile(
            root / "docs" / "en" / "images" / f"{name}.png", folder / f"{name}.png"
        )
    light, dark = COLOURS[addon]
    icon = (folder / "icon.svg").read_text()
    page = folder / "page.html"
    size = {"width": ICON_SIZE, "height": ICON_SIZE}
    draw(browser, page, size, ICON_PAGE.format(icon=icon), folder / "icon.png")
    banner = BANNER_PAGE.format(
        icon=icon,
        light=light,
        dark=dark,
        name=manifest["name"],
        summary=manifest["summary"],
        pictures=show(ON_BANNER[addon]),
    )
    draw(browser, page, BANNER, banner, folder / "banner.png")
    with Image.open(folder / "banner.png") as picture:
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(folder / "banner.png", optimize=True)


def main(chromium, root):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for addon in PICTURES:
            make_page_of(browser, Path(root).resolve(), addon)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
