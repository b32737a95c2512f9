"""The stored catalogue: versions stay as they are, sessions come and go."""

from dataclasses import replace

import pytest

from issuer.catalogue import Catalogue, Session
from issuer.errors import InputRefused
from issuer.store import catalogues
from tests.issuer.installation import CATALOGUE, MINI, NOW, Installation

TOOLBOX = CATALOGUE.courses["toolbox"]


def save(school: Installation, catalogue: Catalogue) -> catalogues.Saved:
    with school.database.write() as tx:
        return catalogues.save(tx, catalogue, at=NOW)


def load(school: Installation) -> Catalogue:
    with school.database.read() as tx:
        return catalogues.load(tx)


def test_what_was_saved_is_loaded(school: Installation) -> None:
    assert load(school).to_json() == CATALOGUE.to_json()


def test_a_second_import_adds_nothing(school: Installation) -> None:
    saved = save(school, CATALOGUE)
    assert (saved.new_courses, saved.new_programs, saved.courses, saved.programs) == (0, 0, 3, 1)
    assert saved.sessions == 3 * 18


def test_a_version_with_other_content_is_refused_and_nothing_is_taken(school: Installation) -> None:
    changed = replace(TOOLBOX, titles={"en": "Another title"})
    other = replace(MINI, titles={"en": "Another title"})
    fresh = replace(TOOLBOX, code="fresh")
    with pytest.raises(InputRefused, match="give the changed one a new number") as refused:
        save(school, Catalogue(courses={"toolbox": changed, "fresh": fresh}, programs={("mini", 1): other}))
    assert refused.value.lines == ("course toolbox, version 1", "program mini, version 1")
    assert load(school).to_json() == CATALOGUE.to_json()


def test_a_new_version_stands_beside_the_old_one(school: Installation) -> None:
    second = replace(TOOLBOX, version=2, titles={"en": "Toolbox, new"}, sessions=())
    save(school, Catalogue(courses={"toolbox": second}))
    assert load(school).courses["toolbox"].titles == {"en": "Toolbox, new"}
    with school.database.read() as tx:
        assert catalogues.course(tx, "toolbox", 1).titles == TOOLBOX.titles


def test_sessions_are_added_and_moved_without_a_new_version(school: Installation) -> None:
    moved = replace(TOOLBOX.sessions[0], end=TOOLBOX.sessions[0].end.replace(day=27))
    added = Session("13-en", "toolbox", moved.start, moved.end, "en")
    save(school, Catalogue(courses={"toolbox": replace(TOOLBOX, sessions=(moved, added))}))
    found = {one.code: one for one in load(school).courses["toolbox"].sessions}
    assert len(found) == len(TOOLBOX.sessions) + 1
    assert (found[moved.code], found["13-en"]) == (moved, added)


def test_who_needs_no_sessions_gets_none(school: Installation) -> None:
    with school.database.read() as tx:
        assert catalogues.load(tx, with_sessions=False).courses["toolbox"].sessions == ()


def test_what_is_not_there_is_said(school: Installation) -> None:
    with school.database.read() as tx:
        with pytest.raises(LookupError):
            catalogues.course(tx, "toolbox", 9)
        with pytest.raises(LookupError):
            catalogues.program(tx, "maxi", 1)
