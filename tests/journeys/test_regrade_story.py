"""What becomes of an award after a regrade, told end to end: on the issuer's pages and at the verifier, in a browser.

Three learners. Zoë's certificate of a course is lost, another one counts in its place; then her name is corrected.
Begoña's is lost 35 days ago and nothing came in its place: revoked; then she earns it again. Günther's fee is refunded
and paid again: suspended, reinstated. What lies in the past is done with a clock that stands there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from issuer import deciding
from issuer.app import wire
from issuer.facts import Completion
from issuer.reconciliation import Reconciliation
from issuer.store import facts
from tests.issuer import domain
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.services import EXAMPLES, Installation
from tests.journeys.test_in_a_browser import fits, no_violations, shot

COURSES = ("think-again", "data-analysis-inference", "english-composition", "reasoning-capstone")
LOST = "data-analysis-inference"
NAMES = {"zoe": "Zoë Ünlü-Beispiel", "begona": "Begoña Imaginaria Ficticia", "gunther": "Günther Erdachtmann"}


@dataclass
class Story:
    """`at(days)`: a clock that stands so many days ago."""

    installation: Installation
    page: Page
    pictures: Path
    pictured: int = 0

    def record(self, *told: Completion, days: int = 0) -> None:
        now = datetime.now(UTC) - timedelta(days=days)
        services = wire(self.installation.home, environ={}, now=lambda: now)
        with services.database.write() as tx:
            facts.append(tx, (replace(one, recorded_at=now, as_of=now) for one in told))

    def reconcile(self, days: int) -> list[tuple[str, str]]:
        now = datetime.now(UTC) - timedelta(days=days)
        services = wire(self.installation.home, environ={}, now=lambda: now)
        run = Reconciliation(services.config, services.database, services.issuance(), now=lambda: now)
        return [(one.did, one.certificate.subject) for one in run.run().deeds]

    def issue(self, days: int) -> None:
        now = datetime.now(UTC) - timedelta(days=days)
        services = wire(self.installation.home, environ={}, now=lambda: now)
        deciding.run(services.database, now=now)
        issuance = services.issuance()
        issuance.issue(issuance.plan())

    def command(self, *arguments: str) -> str:
        return self.installation.command("issuer", *arguments).stdout

    def program_of(self, learner: str) -> dict[str, Any]:
        """The newest edition: ids come in the order of issuing."""
        return [
            one for one in self.installation.credentials() if (one["learner"], one["program"]) == (learner, PROGRAM)
        ][-1]

    def sees(self, name: str, certificate: dict[str, Any], *said: str, verdict: str, reason: str) -> None:
        """The certificate's page says `said`; the verifier, by the QR code's address, `verdict` and `reason`."""
        self.pictured += 1
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict
            self.page.goto(certificate["url"])
            text = self.page.locator("main").inner_text()
            for words in said:
                assert words in text, (name, words, text)
            banner = self.page.locator(".banner").count()
            assert banner == (0 if verdict == "Genuine" else 1), name
            no_violations(self.page)
            fits(self.page)
            shot(self.page, self.pictures, f"regrade-{self.pictured:02}-{name}-page")
            self.page.goto(f"{self.installation.verifier}/verify?url={certificate['id']}")
            assert self.page.locator("h1").inner_text().strip().endswith(verdict), name
            assert reason in self.page.locator("main").inner_text(), (name, reason)
            no_violations(self.page)
            fits(self.page)
            shot(self.page, self.pictures, f"regrade-{self.pictured:02}-{name}-verdict")

    def follows_to(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        """From the old certificate's page and from its verdict, one link leads to the new one."""
        self.page.goto(old["url"])
        self.page.locator(".banner a").click()
        assert self.page.url == new["url"]
        self.page.goto(f"{self.installation.verifier}/verify?url={old['id']}")
        self.page.locator(".notice a").click()
        assert self.page.locator("h1").inner_text().strip().endswith("Genuine")
        assert new["id"].rpartition("/")[2] in self.page.url


PROGRAM = "reasoning-data-writing"


def done(learner: str, course: str, session: str = "2024-01-08-en", **changes: Any) -> Completion:
    values: dict[str, Any] = {
        "learner": learner,
        "name": NAMES[learner],
        "email": f"{learner}@example.org",
        "completed_on": date(2024, 2, 2),
    }
    return domain.done(course, session=session, **values | changes)


@pytest.fixture
def story(tmp_path: Path, page: Page, pictures: Path) -> Iterator[Story]:
    made = Installation(tmp_path / "home")
    made.command(
        "issuer",
        "init",
        *("--organization", "Testamur (demonstration)"),
        *("--url", made.issuer),
        *("--verifier-url", made.verifier),
    )
    made.command("issuer", "import", "catalogue", str(EXAMPLES / "catalogue"))
    told = Story(made, page, pictures)
    told.record(*(done(learner, course) for learner in NAMES for course in COURSES), days=60)
    told.issue(days=60)
    # 35 days ago Begoña's course turned out not to be passed, and nothing came in its place
    told.record(done("begona", LOST, outcome="failed"), days=35)
    assert told.reconcile(days=35) == [("suspended", LOST), ("suspended", PROGRAM)]
    made.start("issuer", "verifier")
    yield told
    made.stop()


def test_a_regrade_from_the_award_to_the_last_edition(story: Story) -> None:
    zoe, begona, gunther = (story.program_of(learner) for learner in NAMES)
    title = "Data Analysis and Statistical Inference"

    # 1. awarded
    story.sees("awarded", zoe, NAMES["zoe"], title, verdict="Genuine", reason="not revoked")

    # 2. lost, and another certificate counts in its place
    story.record(
        done("zoe", LOST, outcome="failed"), done("zoe", LOST, "2024-03-04-en", completed_on=date(2024, 3, 29))
    )
    # 3. Günther's fee is refunded: suspended at once; Begoña's 30 days are over: revoked
    story.record(done("gunther", LOST, fee_paid=False))
    said = story.command("reconcile")
    assert f"zoe, {PROGRAM}: renewed. Another certificate counts in place of that of {title}" in said
    assert f"gunther, {PROGRAM}: suspended. {title}: By a later record the fee is not paid" in said
    assert f"begona, {PROGRAM}: revoked. The certificate of {title} is revoked; it was not put right by" in said
    assert "nothing to do" in story.command("reconcile")

    substituted = story.program_of("zoe")
    story.sees(
        "substituted-old",
        zoe,
        f"Another certificate counts in place of that of {title}",
        verdict="Not genuine",
        reason="Replaced by a newer certificate on",
    )
    story.sees("substituted-new", substituted, title, "29 March 2024", verdict="Genuine", reason="not revoked")
    story.follows_to(zoe, substituted)
    story.sees(
        "suspended",
        gunther,
        "Suspended since",
        "By a later record the fee is not paid",
        "It can be put right until",
        verdict="Not genuine",
        reason="It can be put right until",
    )
    story.sees(
        "revoked",
        begona,
        "Revoked on",
        "it was not put right by",
        verdict="Not genuine",
        reason="Revoked by the issuer on",
    )

    # 4. the fee is paid again, and the course is passed in another session
    story.record(done("gunther", LOST))
    story.record(done("begona", LOST, "2024-04-01-en", completed_on=date(2024, 4, 26)))
    said = story.command("reconcile")
    assert f"gunther, {PROGRAM}: reinstated. What it rests on counts again" in said
    assert f"begona, {PROGRAM}: issued anew" in said
    story.sees("reinstated", gunther, NAMES["gunther"], verdict="Genuine", reason="not revoked")
    again = story.program_of("begona")
    story.sees(
        "revoked-and-earned-again",
        begona,
        "Revoked on",
        "It was earned again",
        verdict="Not genuine",
        reason="Revoked by the issuer on",
    )
    story.sees("earned-again", again, "26 April 2024", verdict="Genuine", reason="not revoked")
    story.follows_to(begona, again)

    # 5. renamed, and superseded
    story.command("correct", substituted["id"], "--name", "Zoë Marie Ünlü-Beispiel", "--reason", "a name was missing")
    renamed = story.program_of("zoe")
    story.sees("renamed-old", substituted, "a name was missing", verdict="Not genuine", reason=": a name was missing")
    story.sees("renamed-new", renamed, "Zoë Marie Ünlü-Beispiel", verdict="Genuine", reason="not revoked")
    story.follows_to(substituted, renamed)

    # nobody is forgotten: only the Course Certificate that Zoë lost waits for its day
    assert "nothing to do" in story.command("reconcile")
    said = story.command("queue")
    assert f"zoe, {LOST}: Suspended: By a later record the course is not passed" in said
    assert "1 item." in said
