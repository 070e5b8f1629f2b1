"""Draw the pictures of the report that the README shows: the demo's HTML, light and dark, in a real browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import ViewportSize, sync_playwright

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
SIZE: ViewportSize = {"width": 1200, "height": 1300}
MOST_BYTES = 300_000
"""What a reader of the README has to load at most, for each picture."""


def main() -> None:
    browser = shutil.which("chromium")
    if browser is None:
        sys.exit("there is no chromium; .ci/install-browser installs it on Debian")
    with TemporaryDirectory() as folder:
        page = _demo_page(Path(folder))
        PICTURES.mkdir(exist_ok=True)
        with sync_playwright() as driver:
            window = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
            for scheme in ("light", "dark"):
                tab = window.new_page(viewport=SIZE, color_scheme=scheme)
                tab.goto(page.as_uri())
                tab.locator("button[data-ruling=partially]").click()
                tab.locator("details.claim:visible > summary").first.click()
                path = PICTURES / f"report-{scheme}.png"
                tab.screenshot(path=path)
                size = path.stat().st_size
                if size > MOST_BYTES:
                    sys.exit(f"{path}: {size} bytes, more than {MOST_BYTES}; make the window smaller")
                sys.stdout.write(f"{path.relative_to(PICTURES.parent.parent)}: {size} bytes\n")


def _demo_page(folder: Path) -> Path:
    """The demo's report as HTML."""
    verifier = str(Path(sys.executable).with_name("verifier"))
    subprocess.run([verifier, "demo", "--into", "demo"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (record,) = folder.glob("demo/reports/*/*.json")
    page = folder / "report.html"
    with page.open("wb") as file:
        subprocess.run([verifier, "report", str(record), "--format", "html"], cwd=folder, check=True, stdout=file)
    return page


if __name__ == "__main__":
    main()
