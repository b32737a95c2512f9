"""Both journeys as people go them, in a real browser, at phone and desktop width."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pypdfium2
import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import DESKTOP, PHONE, SMALLEST
from tests.journeys.services import Installation

WIDTHS = [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop")]


@pytest.fixture(scope="session")
def program(installation: Installation) -> dict[str, Any]:
    """A Specialization certificate, of a learner whose name every machine has a font for."""
    return next(
        entry for entry in installation.credentials() if (entry["kind"], entry["learner"]) == ("program", "case-01")
    )


def shot(page: Page, folder: Path, name: str) -> Path:
    width = (page.viewport_size or DESKTOP)["width"]
    path = folder / f"{name}-{width}.png"
    page.screenshot(path=path, full_page=True)
    return path


def no_violations(page: Page) -> None:
    """axe-core with all its rules, best practices included."""
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    found = results.response["violations"]
    assert not found, json.dumps(
        [(v["id"], v["help"], [node["html"][:200] for node in v["nodes"][:3]]) for v in found], indent=1
    )


def fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("size", WIDTHS)
def test_a_completion_becomes_a_scanned_qr_code_and_a_verdict(
    page: Page, program: dict[str, Any], size: Any, pictures: Path, installation: Installation
) -> None:
    # the learner opens the certificate
    page.set_viewport_size(size)
    page.goto(program["url"])
    no_violations(page)
    fits(page)
    picture = shot(page, pictures, "certificate")
    # an employer scans the code on the screen
    codes = zxingcpp.read_barcodes(Image.open(picture))
    assert len(codes) == 1
    link = codes[0].text
    assert link.startswith(f"{installation.verifier}/verify?url=")
    assert parse_qs(urlsplit(link).query)["url"] == [program["id"]]
    # and reads the answer
    page.goto(link)
    assert page.locator("h1").inner_text().strip().endswith("Genuine")
    text = page.locator("main").inner_text()
    certificate = json.loads(page.request.get(program["id"], headers={"Accept": "application/json"}).body())
    subject = certificate["credentialSubject"]
    for described in subject["achievement"]["resultDescription"]:
        assert described["name"] in text
    assert subject["identifier"][0]["identityHash"] in text
    assert f"localhost:{installation.issuer_port}" in text
    no_violations(page)
    fits(page)
    shot(page, pictures, "verdict-accepted")


def test_the_printed_page_is_scanned(page: Page, program: dict[str, Any], pictures: Path) -> None:
    """The PDF as it is, and the page as the browser prints it."""
    pdf = page.request.get(f"{program['url']}.pdf").body()
    page.goto(program["url"])
    printed = page.pdf(landscape=True, format="A4", prefer_css_page_size=True)
    for name, data in (("certificate-pdf", pdf), ("certificate-printed", printed)):
        document = pypdfium2.PdfDocument(data)
        image = document[0].render(scale=3).to_pil()
        image.save(pictures / f"{name}.png")
        codes = zxingcpp.read_barcodes(image)
        assert [parse_qs(urlsplit(code.text).query)["url"] for code in codes] == [[program["id"]]], name
        document.close()


@pytest.mark.parametrize("suffix", [".json", ".png", ".svg", ".pdf"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_every_download_is_accepted_as_an_upload(
    browser: Browser, installation: Installation, program: dict[str, Any], suffix: str, script: bool, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=script, viewport=PHONE, locale="en-GB")  # type: ignore[arg-type]  # a plain dict
    page = context.new_page()
    data = page.request.get(program["url"] + suffix).body()
    file = tmp_path / f"certificate{suffix}"
    file.write_bytes(data)
    page.goto(installation.verifier)
    page.set_input_files("input[type=file][name=file] >> nth=0", file)
    page.locator("form:has(input[type=file]) button[type=submit] >> nth=0").click()
    assert page.locator("h1").inner_text().strip().endswith("Genuine")
    context.close()


def test_a_photo_of_the_screen_is_enough(
    page: Page, installation: Installation, program: dict[str, Any], tmp_path: Path
) -> None:
    page.goto(program["url"])
    photo = tmp_path / "photo.jpg"
    page.screenshot(path=photo, full_page=True, type="jpeg", quality=60)
    page.goto(installation.verifier)
    page.set_input_files("input[type=file][name=file] >> nth=0", photo)
    page.locator("form:has(input[type=file]) button[type=submit] >> nth=0").click()
    assert page.locator("h1").inner_text().strip().endswith("Genuine")


def test_pasted_text_is_enough(page: Page, installation: Installation, program: dict[str, Any]) -> None:
    text = page.request.get(f"{program['url']}.json").text()
    page.goto(installation.verifier)
    page.fill("textarea[name=text]", text)
    page.locator("form:has(textarea) button[type=submit]").first.click()
    assert page.locator("h1").inner_text().strip().endswith("Genuine")


def test_a_forgery_is_not_genuine(
    page: Page, installation: Installation, program: dict[str, Any], pictures: Path
) -> None:
    credential = page.request.get(f"{program['url']}.json").json()
    credential["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"
    for size in (SMALLEST, PHONE, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict
        page.goto(installation.verifier)
        page.fill("textarea[name=text]", json.dumps(credential))
        page.locator("form:has(textarea) button[type=submit]").first.click()
        assert page.locator("h1").inner_text().strip().endswith("Not genuine")
        assert "Somebody Else" not in page.locator("main").inner_text(), "nothing of a forgery is shown as a fact"
        no_violations(page)
        fits(page)
        shot(page, pictures, "verdict-rejected")


def test_what_cannot_be_told_is_said_without_red(page: Page, installation: Installation, pictures: Path) -> None:
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict
        page.goto(f"{installation.verifier}/verify?url={installation.issuer}/credentials/gone")
        assert page.locator("h1").inner_text().strip().endswith("Cannot tell yet")
        no_violations(page)
        fits(page)
        shot(page, pictures, "verdict-undetermined")


@pytest.mark.parametrize("size", WIDTHS)
def test_every_other_page(
    page: Page, installation: Installation, program: dict[str, Any], size: Any, pictures: Path
) -> None:
    page.set_viewport_size(size)
    achievement = page.request.get(f"{program['url']}.json").json()["credentialSubject"]["achievement"]
    for name, url in {
        "verifier-start": installation.verifier,
        "verifier-docs": f"{installation.verifier}/docs",
        "verifier-404": f"{installation.verifier}/nothing",
        "verifier-nothing": f"{installation.verifier}/verify",
        "issuer-index": installation.issuer,
        "issuer-docs": f"{installation.issuer}/docs",
        "issuer-404": f"{installation.issuer}/credentials/nobody",
        "achievement": achievement["id"],
        "criteria": achievement["criteria"]["id"],
    }.items():
        page.goto(url)
        no_violations(page)
        fits(page)
        shot(page, pictures, name)


def test_dark_and_high_contrast(
    browser: Browser, installation: Installation, program: dict[str, Any], pictures: Path
) -> None:
    """The QR code stays dark on light whatever the reader's theme."""
    context = browser.new_context(viewport=PHONE, color_scheme="dark", forced_colors="none", locale="en-GB")  # type: ignore[arg-type]  # a plain dict
    page = context.new_page()
    for name, url in {"certificate-dark": program["url"], "verifier-start-dark": installation.verifier}.items():
        page.goto(url)
        no_violations(page)
        picture = shot(page, pictures, name)
        if name == "certificate-dark":
            assert len(zxingcpp.read_barcodes(Image.open(picture), try_invert=False)) == 1
    context.close()


def test_every_name_and_script_holds(page: Page, installation: Installation, pictures: Path) -> None:
    """One certificate per learner of the worked cases: the name as it was given, and nothing overflows."""
    seen = set()
    for entry in installation.credentials():
        if entry["learner"] in seen:
            continue
        seen.add(entry["learner"])
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict
        page.goto(entry["url"])
        name = page.request.get(f"{entry['url']}.json").json()["credentialSubject"]["identifier"][0]["identityHash"]
        assert name in page.locator("main").inner_text()
        fits(page)
    assert len(seen) > 5


def test_a_second_language(
    browser: Browser, installation: Installation, program: dict[str, Any], pictures: Path
) -> None:
    context = browser.new_context(viewport=PHONE, locale="es-ES")  # type: ignore[arg-type]  # a plain dict
    page = context.new_page()
    page.goto(f"{installation.verifier}/verify?url={program['id']}")
    assert page.locator("html").get_attribute("lang") == "es"
    assert "Genuine" not in page.locator("h1").inner_text()
    no_violations(page)
    shot(page, pictures, "verdict-spanish")
    context.close()
