"""Pictures of a rendered message: desktop and phone, light and dark, as PNG files."""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Route, sync_playwright

VIEWS: dict[str, tuple[int, Literal["light", "dark"]]] = {
    "desktop": (800, "light"),
    "desktop-dark": (800, "dark"),
    "phone": (375, "light"),
    "phone-dark": (375, "dark"),
}
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="pictures", description=__doc__)
    parser.add_argument("message", type=Path, nargs="+", help="a message.html; one PREFIX each")
    parser.add_argument("--out", type=Path, action="append", required=True, metavar="PREFIX")
    parser.add_argument(
        "--images", type=Path, help="the folder of the articles' pictures (publication.images)"
    )
    parser.add_argument("--height", type=int, default=0, help="pixels to show (0: all of it)")
    parser.add_argument("--scale", type=float, default=2, help="device pixels per pixel")
    parser.add_argument("--only", choices=VIEWS, action="append", help="leave out other views")
    chosen = parser.parse_args(arguments)
    if len(chosen.message) != len(chosen.out):
        parser.error("give one --out PREFIX for each message")
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        print("pictures: chromium is not installed; set CHROMIUM to its path", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        for message, prefix in zip(chosen.message, chosen.out, strict=True):
            views = chosen.only or list(VIEWS)
            album = take(
                browser, message, prefix, views, chosen.height, chosen.scale, chosen.images
            )
            for picture in album:
                print(picture)
        browser.close()
    return 0


def take(
    browser: Browser,
    message: Path,
    prefix: Path,
    views: list[str],
    height: int,
    scale: float,
    images: Path | None,
) -> Iterator[Path]:
    prefix.parent.mkdir(parents=True, exist_ok=True)
    for view in views:
        width, scheme = VIEWS[view]
        page = browser.new_page(
            viewport={"width": width, "height": height or 900},
            color_scheme=scheme,
            device_scale_factor=scale,
        )
        if images:  # no web server runs here
            page.route("**/images/*", lambda route: _from(images, route))
        page.goto(message.resolve().as_uri())
        picture = prefix.parent / f"{prefix.name}-{view}.png"
        page.screenshot(path=picture, full_page=not height)
        page.close()
        with Image.open(picture) as full:
            full.convert("RGB").quantize(96).save(picture, optimize=True)
        yield picture


def _from(images: Path, route: Route) -> None:
    """Answer with the file of that name."""
    file = images / route.request.url.rpartition("/")[2]
    if file.is_file():
        route.fulfill(path=file)
    else:
        route.abort()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
