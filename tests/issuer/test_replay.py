"""A stored decision is made again months later: the same bytes, or it is said why not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text, update

from issuer import deciding, inputs, replay
from issuer.catalogue import Catalogue, Session
from issuer.store import catalogues, decisions
from issuer.store.decisions import StoredDecision
from issuer.store.tables import decision
from tests import databases
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, NOW, Installation, earned


def outcomes(school: Installation) -> list[str]:
    return [one.outcome for one in replay.stream(school.database, everything=True)]


def stored(school: Installation) -> Iterator[StoredDecision]:
    with school.database.read() as tx:
        numbers = decisions.numbers(tx, [("mini", 1)], newest=False)
        return iter(decisions.several(tx, numbers))


def without_guards(school: Installation, *statements: str) -> None:
    """As somebody with the file in his hands."""
    with school.database.write() as tx:
        databases.without_guards(tx)
        for statement in statements:
            tx.execute(text(statement))


def canonical_bytes_changed(school: Installation, old: str, new: str) -> None:
    """In the one decision that there is. Bytes are changed here: SQLite would do it in SQL, PostgreSQL would not."""
    without_guards(school)
    with school.database.write() as tx:
        canonical = bytes(tx.execute(select(decision.c.canonical)).scalar_one())
        tx.execute(update(decision).values(canonical=canonical.replace(old.encode(), new.encode())))


def test_everything_that_was_ever_decided_is_the_same_after_all_that_came_later(awarded: Installation) -> None:
    awarded.record(*earned("bela", fee_paid=False), domain.done("toolbox", learner="chen"))
    awarded.decide()
    # the courses change: titles, sessions, equivalents
    awarded.later(days=40)
    toolbox = CATALOGUE.courses["toolbox"]
    renamed = replace(toolbox, version=2, titles={"en": "The Toolbox, renamed"}, sessions=(), replaces=("programming",))
    run = Session("07-en", "capstone", date(2026, 7, 28), date(2026, 8, 28), "en")
    capstone = replace(CATALOGUE.courses["capstone"], sessions=(run,))
    with awarded.database.write() as tx:
        changed = Catalogue(CATALOGUE.organizations, {"toolbox": renamed, "capstone": capstone})
        catalogues.save(tx, changed, at=awarded.now)
    awarded.decide()
    # facts are corrected, withdrawn, added; a certificate is revoked
    awarded.record(
        *earned("bela", recorded_at=awarded.now),
        domain.done("toolbox", learner="chen", outcome="withdrawn", recorded_at=awarded.now),
        domain.done("programming", learner="chen"),
    )
    awarded.change(awarded.certificates()[0], "revoke")
    awarded.decide()
    awarded.later(days=200)
    awarded.decide()
    assert len(outcomes(awarded)) >= 8
    assert set(outcomes(awarded)) == {"same"}


def test_the_newest_or_all_of_one_program_or_learner(school: Installation) -> None:
    school.record(*earned(), *earned("bela", fee_paid=False))
    school.decide()
    school.record(*earned("bela"))
    school.decide()
    assert len(list(replay.stream(school.database))) == 2
    assert len(list(replay.stream(school.database, everything=True))) == 3
    assert len(list(replay.stream(school.database, learner="bela", everything=True))) == 2
    assert list(replay.stream(school.database, organization="nobody")) == []


def test_those_of_earlier_versions_say_that_they_cannot_be_made_again(school: Installation) -> None:
    """And the next run makes them anew, so that they can."""
    school.record(*earned())
    (made,) = school.decide(dry_run=True).decided
    with school.database.write() as tx:
        decisions.append(tx, made.decision, decided_at=NOW)
    (one,) = replay.stream(school.database)
    assert (one.outcome, one.again) == ("not_replayable", None)
    assert "earlier version" in str(one.why)
    assert [one.new for one in deciding.stream(school.database, now=NOW)] == [True]
    assert [one.outcome for one in replay.stream(school.database)] == ["same"]


def test_what_another_engine_decided_otherwise_is_not_hidden(
    school: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.record(*earned())
    school.decide()
    monkeypatch.setattr(replay, "ENGINE", inputs.ENGINE + 1)
    assert outcomes(school) == ["same"]
    canonical_bytes_changed(school, '"en"', '"es"')
    (changed,) = stored(school)
    without_guards(school, f"UPDATE decision SET digest = '{changed.decision.digest}'")
    (one,) = replay.stream(school.database)
    assert one.outcome == "different"
    assert f"made by engine {inputs.ENGINE}, and this is engine {inputs.ENGINE + 1}" in str(one.why)
    said = one.to_json()
    assert (said["stored"]["language"], said["again"]["language"]) == ("es", "en")


def test_bytes_that_were_changed_by_hand_are_noticed(school: Installation) -> None:
    school.record(*earned("bela", fee_paid=False))
    school.decide()
    canonical_bytes_changed(school, "not_eligible", "eligible")
    (one,) = replay.stream(school.database)
    assert (one.outcome, "changed by hand" in str(one.why)) == ("different", True)


def test_a_digest_that_was_changed_by_hand_is_noticed(school: Installation) -> None:
    school.record(*earned())
    school.decide()
    without_guards(school, "UPDATE decision SET digest = '00'")
    (one,) = replay.stream(school.database)
    assert (one.outcome, "changed by hand" in str(one.why)) == ("different", True)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DELETE FROM fact WHERE subject = 'capstone'", "The fact"),
        ("UPDATE program_version SET revision = 2", "Revision 1 of the catalogue"),
        ("UPDATE course_version SET revision = 2 WHERE code = 'toolbox'", "Revision 1 of the catalogue"),
    ],
)
def test_what_it_was_made_of_has_to_be_there(school: Installation, statement: str, why: str) -> None:
    school.record(*earned())
    school.decide()
    without_guards(school, statement)
    (one,) = replay.stream(school.database)
    assert (one.outcome, str(one.why).startswith(why)) == ("not_replayable", True)
