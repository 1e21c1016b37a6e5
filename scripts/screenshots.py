"""The README's pictures, taken of a running `make up` in demo mode: `make screenshots ADDRESS=http://localhost:8000`."""

import os
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import django
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.refusal import Refusal

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
WHO = "noor@larkspan.example"
WIDE, PHONE = (1440, 900), (390, 844)


class Picture(NamedTuple):
    name: str
    path: str
    theme: str
    size: tuple[int, int] = WIDE


PICTURES = [
    Picture("overview-light", "", "light"),
    Picture("overview-phone", "", "dark", PHONE),
    Picture("products-dark", "products/", "dark"),
    Picture("product-light", "products/fieldhand/", "light"),
    Picture("delivery-light", "products/fieldhand/delivery/", "light"),
    Picture("connection-light", "connections/", "light"),
]


def take(browser: Browser, picture: Picture, *, address: str, password: str) -> None:
    """This function will sign in, open one page, wait until it has drawn, and keep the first screenful."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=picture.theme, device_scale_factor=1
    )
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", WHO)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_load_state("networkidle")
    organization = page.url.split("/")[3]
    page.goto(f"{address}/{organization}/{picture.path}")
    if picture.path == "connections/":
        page.click("main a[href*='/connections/']:not([href$='/new/'])")
    _settle(page)
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    context.close()


def _settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(800)


def main(address: str) -> None:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        raise Refusal("Pictures need a Chromium. Install one, for example by `apt-get install chromium`.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portolan.config.settings")
    django.setup()
    from portolan.demo import company  # its roles are those of the models, which need Django to be set up

    FOLDER.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        for picture in PICTURES:
            take(browser, picture, address=address.rstrip("/"), password=company.PASSWORD)
            print(f"docs/screenshots/{picture.name}.png")
        browser.close()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2] or ["http://localhost:8000"])
    except Refusal as refusal:
        sys.exit(f"portolan: {refusal}")
