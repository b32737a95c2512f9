"""The queue: each kind of what is stuck, what is said about it, and what trying again does."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from issuer.catalogue import Catalogue
from issuer.queue import page, queue, retry
from issuer.queue_items import Desk
from issuer.store import catalogues, refused
from issuer.store.office_tables import refused as refused_table
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, Installation, PowerCut, earned
from tests.issuer.test_reconciliation import AGAIN, newest, partners, regrade
from tests.issuer.test_rest import COMPLETION


def desk(school: Installation, organization: str | None = None) -> Desk:
    return Desk(school.config, school.database, lambda: school.issuance, lambda: school.now, organization, actor="Rita")


def stuck(school: Installation) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.learner, one.subject, str(one.why)) for one in queue(desk(school))]


def tried(school: Installation) -> list[tuple[str, bool, str]]:
    return [(one.kind, one.done, str(one.why)) for one in retry(desk(school))]


def test_where_all_is_done_nothing_is_stuck(awarded: Installation) -> None:
    assert stuck(awarded) == []
    assert tried(awarded) == []


def test_a_certificate_that_was_not_finished(awarded: Installation) -> None:
    awarded.cut_after = "recorded"
    with pytest.raises(PowerCut):
        awarded.issuance.correct(newest(awarded, "mini").share_id, name="Ana M. Invenira", reason="typing error")
    assert stuck(awarded) == [
        ("unfinished", "ana", "mini", "The certificate is recorded, and not signed and released yet")
    ]
    assert tried(awarded) == [("unfinished", True, "Signed and released")]
    assert stuck(awarded) == []


def test_who_is_eligible_and_not_awarded_is_not_forgotten(school: Installation) -> None:
    school.record(*earned())
    school.decide()
    assert stuck(school) == [
        ("unissued", "ana", "capstone", "The Course Certificate is earned, and not issued"),
        ("unissued", "ana", "mini", "There is no Course Certificate for toolbox yet."),
        ("unissued", "ana", "toolbox", "The Course Certificate is earned, and not issued"),
    ]
    assert tried(school) == [("unissued", True, "Issued")] * 2
    assert stuck(school) == [("unissued", "ana", "mini", "Eligible since 1 June 2026, and not awarded")]
    assert tried(school) == []  # an award waits for somebody


def test_what_cannot_be_issued_says_why(school: Installation) -> None:
    school.record(domain.done("old-toolbox"), *earned("bela", narrative="a control: \x07"))
    assert stuck(school)[0] == (
        "unissued",
        "ana",
        "old-toolbox",
        "The catalogue does not describe the course old-toolbox. Import its description.",
    )
    assert [(done, "U+0007" in why) for _, done, why in tried(school)] == [(False, True)] * 2


def test_a_suspension_says_until_when_and_what_to_do(awarded: Installation) -> None:
    regrade(awarded)
    awarded.reconcile()
    awarded.change(newest(awarded, "capstone"), "suspend", "under review")
    items = {one.subject: one for one in queue(desk(awarded))}
    assert str(items["mini"].why) == "Suspended: Toolbox: By a later record the course is not passed"
    assert str(items["mini"].what_to_do).startswith("Until 1 July 2026 a newer record or another certificate")
    assert str(items["capstone"].what_to_do).startswith("Somebody suspended it and is to decide")
    assert [done for _, done, _ in tried(awarded)] == [False, False]  # by hand is not tried
    awarded.later(days=31)
    assert "Its last day was 1 July 2026" in str({one.subject: one for one in queue(desk(awarded))}["mini"].what_to_do)
    assert [done for _, done, _ in tried(awarded)] == [True, True]
    assert [(one.subject, str(one.why)) for one in queue(desk(awarded))] == [("capstone", "Suspended: under review")]


def test_a_renewal_that_is_due(awarded: Installation) -> None:
    awarded.record(AGAIN)
    awarded.issue()
    awarded.change(newest(awarded, "toolbox"), "suspend", "the later one")  # not the one that is bound
    bound = next(one for one in awarded.certificates() if one.subject_key == "toolbox/03-en")
    awarded.change(newest(awarded, "toolbox"), "reinstate", "reviewed")
    awarded.change(bound, "revoke", "grade corrected")
    assert [kind for kind, *_ in stuck(awarded)] == ["unrenewed"]
    assert tried(awarded) == [("unrenewed", True, "Another certificate counts in place of that of Toolbox")]
    assert stuck(awarded) == []


def test_it_is_shown_page_by_page(school: Installation) -> None:
    school.record(*(domain.done("toolbox", learner=f"l-{number}") for number in range(5)))
    school.cut_after = "recorded"
    with pytest.raises(PowerCut):
        school.issue()
    everything = [one.id for one in queue(desk(school))]
    assert len(everything) == 5
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        items, after = page(desk(school), limit=2, after=after)
        found += [one.id for one in items]
    assert found == everything


def test_each_sees_its_own(tmp_path: Path) -> None:
    """The toolbox belongs to another organization than the program and its capstone."""
    two = partners(tmp_path)
    two.record(*earned())
    two.decide()
    assert [one.subject for one in queue(desk(two, "college"))] == ["toolbox"]
    assert [one.subject for one in queue(desk(two, "school"))] == ["capstone", "mini"]
    assert [one.id for one in retry(desk(two, "school"))] == ["unissued/ana/capstone/03-en"]
    two.issue()
    two.later(hours=1)
    two.record(replace(earned()[0], outcome="failed", recorded_at=two.now))
    # the college's certificate is the college's to suspend; the school's award has lost its evidence all the same
    assert [one.certificate.subject for one in two.reconcile(organization="school").deeds] == ["mini"]
    assert [one.subject for one in queue(desk(two, "school"))] == ["mini"]
    assert [one.subject for one in queue(desk(two, "college"))] == []
    assert [one.certificate.subject for one in two.reconcile(organization="college").deeds] == ["toolbox"]
    with two.database.read() as tx:
        assert set(catalogues.organizations(tx)) == {"school", "college"}


def test_a_completion_of_tomorrow_is_said_and_waits(school: Installation) -> None:
    school.record(domain.done("toolbox", completed_on=date(2026, 6, 2)))
    assert "yet to come" in stuck(school)[0][3]
    assert tried(school) == []


def test_what_a_source_sent_and_nobody_could_take(school: Installation) -> None:
    sent = {"completions": [COMPLETION | {"course": "later"}, COMPLETION | {"grade": "many"}]}
    with school.database.write() as tx:
        number = refused.add(
            tx,
            organization="school",
            source="rest",
            webhook=None,
            problems=["row 1: There is no course later", "row 2"],
            payload=json.dumps(sent).encode(),
            at=school.now,
        )
    (item,) = queue(desk(school))
    assert (item.kind, item.id, item.subject, item.since) == ("unread", f"unread/{number}", "rest", school.now)
    assert str(item.why) == "row 1: There is no course later (and 1 more)"
    assert list(queue(desk(school, "other"))) == []
    ((kind, done, why),) = tried(school)
    assert (kind, done) == ("unread", False)
    assert "later" in why
    with school.database.write() as tx:
        later = replace(CATALOGUE.courses["toolbox"], code="later")
        catalogues.save(tx, Catalogue(CATALOGUE.organizations, {"later": later}, {}), at=school.now)
        mended = json.dumps(sent).replace('"many"', "90").encode()
        tx.execute(update(refused_table).values(payload=mended))
    assert ("unread", True, "Taken") in tried(school)
    assert "unread" not in {one.kind for one in queue(desk(school))}


def test_what_cannot_be_read_at_all_holds_up_no_other(school: Installation) -> None:
    told: dict[str, Any] = {"organization": "school", "webhook": None, "problems": ["row 1"], "at": school.now}
    sent = json.dumps({"completions": [COMPLETION]}).encode()
    with school.database.write() as tx:
        refused.add(tx, source="rest", payload=b"no JSON", **told)
        refused.add(tx, source="rest", payload=sent, **told)
    assert [done for kind, done, _ in tried(school) if kind == "unread"] == [False, True]
