"""What the pages do with scripts, where a browser has the ability: drop a file, scan with the camera, copy a link.

Chromium on Linux has a camera that can be faked and no `BarcodeDetector`; a stand-in for the latter reads what it is
told, so that everything around it is the real thing.
"""

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.journeys.conftest import CHROMIUM, PHONE
from tests.journeys.services import Installation

DETECTOR = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return window.seen ? [{ rawValue: window.seen }] : []; }
};
"""


@pytest.fixture
def camera(playwright: Playwright) -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
    yield started
    started.close()


def verdict(page: Page) -> str:
    page.wait_for_url("**/verify**")
    return page.locator("h1").inner_text().strip()


def test_a_file_dropped_on_the_page_is_checked(page: Page, installation: Installation) -> None:
    certificate = installation.credentials()[0]
    data = base64.b64encode(page.request.get(f"{certificate['url']}.png").body()).decode()
    page.goto(installation.verifier)
    page.evaluate(
        """async (data) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const carried = new DataTransfer();
            carried.items.add(new File([bytes], "badge.png", { type: "image/png" }));
            document.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
        }""",
        data,
    )
    assert verdict(page).endswith("Genuine")


def test_the_camera_reads_a_code_and_opens_the_verdict(camera: Browser, installation: Installation) -> None:
    certificate = installation.credentials()[0]
    context = camera.new_context(viewport=PHONE, permissions=["camera"], locale="en-GB")  # type: ignore[arg-type]  # a plain dict
    page = context.new_page()
    page.add_init_script(DETECTOR)
    page.goto(installation.verifier)
    page.get_by_role("button", name="Scan with the camera").click()
    page.get_by_text("Hold the QR code into the picture.").wait_for()
    # a code that is no link is said, and the camera stops
    page.evaluate("window.seen = 'WIFI:S:guest;;'")
    page.get_by_text("This QR code holds no link.").wait_for()
    page.get_by_role("button", name="Stop").click()
    # one that is leads to the verdict, at this verifier and at no other
    page.evaluate(f"window.seen = 'https://elsewhere.example/verify?url={certificate['id']}'")
    page.get_by_role("button", name="Scan with the camera").click()
    assert verdict(page).endswith("Genuine")
    assert page.url.startswith(installation.verifier)
    context.close()


def test_without_a_detector_no_camera_is_offered(page: Page, installation: Installation) -> None:
    page.goto(installation.verifier)
    if page.evaluate("'BarcodeDetector' in window"):
        pytest.skip("this browser has a BarcodeDetector of its own")
    assert not page.get_by_role("button", name="Scan with the camera").is_visible()


def test_the_link_is_copied(browser: Browser, installation: Installation) -> None:
    certificate = installation.credentials()[0]
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], locale="en-GB")
    page = context.new_page()
    page.goto(certificate["url"])
    page.get_by_role("button", name="Copy the link").click()
    assert page.evaluate("navigator.clipboard.readText()") == certificate["url"]
    context.close()
