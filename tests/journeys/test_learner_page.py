"""A learner opens the link, sees what is missing and how to get it, and goes on to a certificate."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import DESKTOP, PHONE, SMALLEST
from tests.journeys.services import Installation
from tests.journeys.test_in_a_browser import fits, no_violations, shot

WIDTHS = [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop")]

# learner, program: what stands there
STATES = {
    "two-languages": ("case-09-b", "reasoning-data-writing"),
    "fee": ("case-03", "reasoning-data-writing"),
    "awarded": ("case-07", "reasoning-data-writing"),
    "long": ("case-05", "data-science"),
    "choice": ("case-18-b", "mending-things"),
}


def link(installation: Installation, learner: str, program: str) -> str:
    made = installation.command("issuer", "learners", "link", learner, "--program", program, "--json")
    url: str = json.loads(made.stdout)["url"]
    return url


@pytest.fixture(scope="session")
def links(installation: Installation) -> dict[str, str]:
    return {name: link(installation, *what) for name, what in STATES.items()}


@pytest.mark.parametrize("size", WIDTHS)
def test_a_learner_sees_what_is_missing_and_follows_a_certificate(
    page: Page, links: dict[str, str], size: Any, pictures: Path
) -> None:
    page.set_viewport_size(size)
    page.goto(links["two-languages"])
    text = page.locator("main").inner_text()
    assert "In Spanish 3 of 4 are done; missing:" in text
    assert page.locator("section.way").count() == 2
    assert "Next sessions" in text
    assert "@" not in text
    no_violations(page)
    fits(page)
    shot(page, pictures, "learner-two-languages")
    page.locator(".requirement-met a").first.click()
    assert "/credentials/" in page.url
    assert page.locator("h1").inner_text().strip() == "Conceição Quimérinho"


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("name", ["fee", "awarded", "long", "choice"])
def test_each_state_is_said_and_holds(page: Page, links: dict[str, str], name: str, size: Any, pictures: Path) -> None:
    page.set_viewport_size(size)
    page.goto(links[name])
    text = page.locator("main").inner_text()
    expected = {"fee": "To pay in all\n$", "awarded": "Nothing is left to do.", "long": "Not complete yet"} | {
        "choice": "Any 2 of these 3:"
    }
    assert expected[name].replace("\n", "") in text.replace("\n", "").replace(" $", "$")
    no_violations(page)
    fits(page)
    shot(page, pictures, f"learner-{name}")


@pytest.mark.parametrize("lang", ["en", "es", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["two-languages", "choice"])
def test_it_speaks_the_learners_language_in_both_themes(
    browser: Browser, links: dict[str, str], name: str, lang: str, scheme: Any, pictures: Path
) -> None:
    for size in (PHONE, DESKTOP):
        context = browser.new_context(viewport=size, locale=lang, color_scheme=scheme)  # type: ignore[arg-type]  # a dict
        page = context.new_page()
        page.goto(links[name])
        assert page.locator("html").get_attribute("dir") == ("rtl" if lang == "ar" else "ltr")
        no_violations(page)
        fits(page)
        shot(page, pictures, f"learner-{name}-{lang}-{scheme}")
        context.close()


def test_it_holds_on_the_smallest_screen_and_at_twice_the_size(page: Page, links: dict[str, str]) -> None:
    page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]  # a plain dict
    for url in links.values():
        page.goto(url)
        fits(page)


def test_a_suspension_is_said_where_the_learner_looks(
    page: Page, installation: Installation, links: dict[str, str], pictures: Path
) -> None:
    program = next(one for one in installation.credentials() if (one["kind"], one["learner"]) == ("program", "case-07"))
    installation.command("issuer", "suspend", program["id"], "--reason", "Grade under review")
    try:
        page.goto(links["awarded"])
        text = page.locator("main").inner_text()
        assert "Suspended" in text
        assert "Grade under review" in text
        no_violations(page)
        shot(page, pictures, "learner-suspended")
        waiting = json.loads(installation.command("issuer", "outbox", "list", "--all", "--json").stdout)
        assert [one["kind"] for one in waiting if one["learner"] == "case-07"][-1] == "suspended"
    finally:
        installation.command("issuer", "reinstate", program["id"], "--reason", "The grade stands")


def test_a_revoked_link_leads_nowhere(page: Page, installation: Installation) -> None:
    url = link(installation, "case-04", "reasoning-data-writing")
    page.goto(url)
    assert page.locator("h1").inner_text()
    installation.command("issuer", "learners", "link", "case-04", "--program", "reasoning-data-writing", "--revoke")
    answered = page.goto(url)
    assert answered is not None
    assert answered.status == 404
    assert "This link leads nowhere" in page.locator("main").inner_text()


def test_the_server_sends_what_the_outbox_holds(installation: Installation) -> None:
    """`issuer serve` runs beside it: by now or soon every message is a file."""
    files = installation.home / "outbox"
    waiting = json.loads(installation.command("issuer", "outbox", "list", "--all", "--json").stdout)
    assert waiting
    installation.command("issuer", "outbox", "send")
    assert all(path.suffix == ".eml" for path in files.iterdir())
