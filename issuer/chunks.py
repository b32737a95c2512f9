"""Some hundred items through the cycle: Course Certificates first, then the programs' that bind their bytes.

    results = chunks.issue(items)        # for each the released certificate, or why there is none

(1) In one view: what is known of their learners (`issuer.known`), and how far the store had come.
(2) The Course Certificates go through the cycle together (`issuer.cycle`).
(3) In a second view, with those: each decision is looked at again, and its certificate drafted.
(4) These go through the cycle together.
(5) Those of whose learners something came in meanwhile begin again at (1), a few times.

Whatever is done again is issued once. One that cannot be issued holds up no other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from issuer.config import Config
from issuer.cycle import Cycle
from issuer.errors import AlreadyIssued, IssuerError, KeyRefused, LimitReached, NotNow
from issuer.facts import Completion
from issuer.intending import Outcome, Overtaken, Recorded, unobserved
from issuer.known import Known
from issuer.selection import Held
from issuer.store import changes
from issuer.store.changes import Position
from issuer.store.credentials import StoredCredential
from issuer.store.database import Database, Transaction
from issuer.store.decisions import StoredDecision
from issuer.store.facts import batched
from issuer.work import Work, course_work, program_work, require_current
from issuer.workshop import Workshops
from templates.messages import Message
from vc.errors import VcError

Item = Completion | StoredDecision
Result = Outcome | NotNow

_Place = TypeVar("_Place")

TRIES = 3  # while facts about the very learners come in


@dataclass(frozen=True)
class Done:
    """What became of a chunk. `issued`: program certificates, `courses`: Course Certificates; `failed`: each with why;
    `skipped`: what was there already; `waiting`: what the hour's limit left, `limit` says until when. `no_key`: nothing
    was recorded in the name of an organization whose key cannot be had."""

    issued: int = 0
    courses: int = 0
    failed: tuple[Held, ...] = ()
    skipped: int = 0
    waiting: int = 0
    limit: LimitReached | None = None
    no_key: KeyRefused | None = None


class Chunks:
    """Thread-safe."""

    def __init__(
        self, config: Config, database: Database, cycle: Cycle, workshops: Workshops, now: Callable[[], datetime]
    ) -> None:
        self.config = config
        self.database = database
        self.cycle = cycle
        self.now = now
        self._workshops = workshops

    def known(self, tx: Transaction, learners: Sequence[str]) -> Known:
        """What is known of them now."""
        known = Known(tx, self._workshops.of(tx))
        for some in batched(sorted(set(learners))):
            known.read_ahead(some)
        return known

    def issue(self, items: Sequence[Item], *, beyond_the_limit: bool = False) -> list[Result]:
        """`beyond_the_limit`: somebody else approved of more than an hour's certificates (`issuer.hourly_limit`)."""
        results: dict[int, Result] = {place: Overtaken() for place in range(len(items))}
        for _ in range(TRIES):
            left = {place: items[place] for place, found in results.items() if isinstance(found, Overtaken)}
            if not left:
                break
            self._issue(left, beyond_the_limit, results)
        return [results[place] for place in range(len(items))]

    def _issue(self, items: Mapping[int, Item], beyond_the_limit: bool, results: dict[int, Result]) -> None:
        courses: dict[int, Work] = {}
        programs: dict[int, Work] = {}
        # (1) what is known
        with self.database.read() as tx:
            since = changes.position(tx)
            known = self.known(tx, [learner_of(item) for item in items.values()])
            for place, item in items.items():
                if isinstance(item, Completion):
                    try:
                        require_current(known, item)
                        courses[place] = course_work(known, item)
                    except NotNow as error:
                        results[place] = error
        # (2) Course Certificates
        results.update(self.conduct(courses, since=since))
        known.look_again(courses[place].learner for place in courses if isinstance(results[place], AlreadyIssued))
        known.remember(one for place in courses if isinstance(one := results[place], StoredCredential))
        again = {courses[place].learner for place in courses if isinstance(results[place], Overtaken)}
        # (3) the programs' certificates
        with self.database.read() as tx:
            known.go_on(tx)
            for place, item in items.items():
                if isinstance(item, StoredDecision) and item.decision.learner not in again:
                    try:
                        work = program_work(known, item, now=self.now())
                        programs[place] = replace(work, hourly=not beyond_the_limit)
                    except NotNow as error:
                        results[place] = error
        # (4) through the cycle
        results.update(self.conduct(programs, since=since))

    def conduct(
        self, works: Mapping[_Place, Work], *, since: Position, recorded: Recorded = unobserved
    ) -> dict[_Place, Outcome]:
        """By the places of the works what became of them; so many at once as one transaction may hold."""
        outcomes: dict[_Place, Outcome] = {}
        for places in batched(tuple(works), self.config.limits.issued_at_once.value):
            some = [works[place] for place in places]
            outcomes.update(zip(places, self.cycle.conduct(some, since=since, recorded=recorded), strict=True))
        return outcomes


def learner_of(item: Item) -> str:
    return item.learner if isinstance(item, Completion) else item.decision.learner


def said(error: Exception) -> Message:
    """Why something was not issued, for lists; what is wrong with a key is for the operator, and not in them."""
    match error:
        case KeyRefused():
            return Message("The organization’s key cannot be used at present")
        case Overtaken():
            return Message("Facts about the learner keep coming in. Try again in a moment")
        case IssuerError():
            return error.message
        case VcError():
            return Message(error.message, **error.params)
    raise error
