"""The table of what follows on what: every status, cause and evidence, written out."""

from datetime import date
from typing import get_args

import pytest

from issuer.life import Evidence, Standing, Step, step
from issuer.store.credentials import Status
from issuer.store.status import Cause

TODAY = date(2026, 6, 1)

# (status, cause, evidence) -> what follows; whatever is not here is left alone.
FOLLOWS: dict[tuple[Status, Cause | None, Evidence], Step] = {
    **{("valid", cause, "replaced"): "renew" for cause in (None, *get_args(Cause))},
    **{("valid", cause, "lost"): "suspend" for cause in (None, *get_args(Cause))},
    ("suspended", "evidence", "stands"): "reinstate",
    ("suspended", "evidence", "replaced"): "renew",
    ("revoked", "evidence", "stands"): "reissue",
    ("revoked", "evidence", "replaced"): "reissue",
}


@pytest.mark.parametrize("evidence", get_args(Evidence))
@pytest.mark.parametrize("cause", [None, *get_args(Cause)])
@pytest.mark.parametrize("status", get_args(Status))
def test_what_follows(status: Status, cause: Cause | None, evidence: Evidence) -> None:
    standing = Standing(status, cause, until=TODAY)
    assert step(standing, evidence, today=TODAY) == FOLLOWS.get((status, cause, evidence))


def test_grace_is_over_the_day_after_its_last() -> None:
    suspended = Standing("suspended", "evidence", until=TODAY)
    assert step(suspended, "lost", today=TODAY) is None
    assert step(suspended, "lost", today=date(2026, 6, 2)) == "revoke"


def test_a_suspension_by_hand_never_becomes_a_revocation_by_itself() -> None:
    assert step(Standing("suspended", "hand", until=TODAY), "lost", today=date(2027, 1, 1)) is None


def test_what_somebody_decided_knowing_of_it_stays() -> None:
    assert step(Standing("valid", "hand"), "lost", today=TODAY, overruled=True) is None
    assert step(Standing("valid", "hand"), "replaced", today=TODAY, overruled=True) == "renew"
