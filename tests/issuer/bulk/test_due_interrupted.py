"""A worker that is killed after it recorded certificates and before it released them: whoever takes the chunk over
finishes them, and names nobody as failed."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from issuer.access import Caller
from issuer.bulk.asking import Wanted
from issuer.bulk.conducting import Done
from issuer.bulk.together import Together
from issuer.bulk.working import Working
from issuer.facts import Completion
from issuer.issuance import Issuance
from issuer.store.decisions import StoredDecision
from tests.issuer.bulk.by_hand import ByHand
from tests.issuer.installation import Installation, earned


class Killed(BaseException):
    """As if by kill -9: nothing that comes after it is done."""


@dataclass
class Cut:
    """Issues in earnest, and is killed when certificates are recorded for the `times`th time."""

    school: Installation
    times: int

    def due(self, caller: Caller, items: Sequence[Completion | StoredDecision], *, beyond_the_limit: bool) -> Done:
        school = self.school
        keyring = school.services.keyring
        issuance = Issuance(school.config, school.database, keyring, now=lambda: school.now, reached=self._reached)
        issuance.batches.due(items, beyond_the_limit=beyond_the_limit)
        raise AssertionError("nobody was killed")

    cohort_rows = Together.cohort_rows

    def _reached(self, step: str) -> None:
        self.times -= step == "recorded"
        if self.times == 0:
            raise Killed


@pytest.mark.parametrize("times", [1, 2], ids=["Course Certificates", "the program's"])
def test_what_was_recorded_is_finished_by_whoever_takes_over(school: Installation, times: int) -> None:
    school.record(*earned("ana"), *earned("ben"))
    school.decide()
    bench = ByHand.of(school)
    run = bench.start(Wanted())
    bench.feed()
    (chunk,) = bench.queue
    with pytest.raises(Killed):
        _working(school, Cut(school, times)).chunk(*chunk)
    assert any(one.released_at is None for one in school.certificates())
    assert _working(school, Together(school.services)).chunk(*chunk) == "done"
    assert bench.counts(run) == (6, 0, 0, 0)
    released = school.certificates()
    assert len(released) == 6
    assert all(one.released_at is not None for one in released)


def _working(school: Installation, conductor: "Cut | Together") -> Working:
    return Working(school.services, conductor, "w-1", lambda: False, lambda seconds: None)  # type: ignore[arg-type]
