"""What is to be issued, by the hundred: the rows of a cohort, or what was found to be due.

    batches = issuance.by("Rita").batches
    done = batches.due(items)                                       # completions and positive decisions
    done = batches.cohort_rows(caller, cohort, learners, beyond_the_limit=False)
    done.issued, done.courses, done.failed

The same again issues nothing twice, and finishes what an interruption left.
"""

from collections.abc import Iterator, Sequence

from issuer.access import Caller
from issuer.chunks import Chunks, Done, Item, Result, learner_of, said
from issuer.cohort_chunks import CohortChunks
from issuer.errors import AlreadyIssued, KeyRefused, LimitReached
from issuer.facts import Completion
from issuer.selection import Held, held
from issuer.store import intents
from issuer.store.cohorts import Cohort
from issuer.store.credentials import Kind, StoredCredential, course_key, program_key

_ROUNDS = 4  # of the cycle, before learners are let go of


class Batches:
    """Thread-safe."""

    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks

    def due(self, items: Sequence[Item], *, beyond_the_limit: bool = False) -> Done:
        """However many items. Raises what is about the store and not about one of them."""
        issued = courses = skipped = waiting = 0
        failed: list[Held] = []
        limit: LimitReached | None = None
        no_key: KeyRefused | None = None
        for item, result in self.each(items, beyond_the_limit=beyond_the_limit):
            match result:
                case StoredCredential():
                    issued += result.kind == "program"
                    courses += result.kind == "course"
                case AlreadyIssued():
                    skipped += 1
                case LimitReached():
                    waiting, limit = waiting + 1, limit or result
                case _:
                    failed.append(held(item, said(result)))
                    if isinstance(result, KeyRefused):
                        no_key = result
        return Done(issued, courses, tuple(failed), skipped, waiting, limit, no_key)

    def each(self, items: Sequence[Item], *, beyond_the_limit: bool = False) -> Iterator[tuple[Item, Result]]:
        """The same one by one: of some learners the Course Certificates first, then what binds them."""
        limited: dict[tuple[str, int], LimitReached] = {}
        for some in _by_learners(items, self._chunks.config.limits.issued_at_once.value * _ROUNDS):
            results: dict[int, Result] = self._finished(some)
            results |= {
                place: limited[_version(item)]
                for place, item in enumerate(some)
                if place not in results and _version(item) in limited
            }
            left = [place for place in range(len(some)) if place not in results]
            issued = self._chunks.issue([some[place] for place in left], beyond_the_limit=beyond_the_limit)
            results.update(zip(left, issued, strict=True))
            for place, item in enumerate(some):
                result = results[place]
                if isinstance(result, LimitReached):  # said once: the others of that version are not tried
                    limited[_version(item)] = result
                yield item, result

    def _finished(self, items: Sequence[Item]) -> dict[int, Result]:
        """By their places those that an interruption left recorded and not released: nobody may begin them anew."""
        with self._chunks.database.read() as tx:
            begun = intents.open_of(tx, sorted({learner_of(item) for item in items}))
        places = {place: begun[_key(item)] for place, item in enumerate(items) if _key(item) in begun}
        return dict(zip(places, self._chunks.cycle.finish(tuple(places.values())), strict=True)) if places else {}

    def cohort_rows(self, caller: Caller, cohort: Cohort, learners: Sequence[str], *, beyond_the_limit: bool) -> Done:
        """The rows of these learners, at most a few hundred: those that are ready and not settled, and those that
        failed. That the cohort is approved is for the caller to know. `waiting` are rows that
        stay as they were. Raises `CohortState` when it was undone meanwhile, and what is about the store."""
        return CohortChunks(self._chunks, caller, cohort, beyond_the_limit=beyond_the_limit).rows(learners)


def _by_learners(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """About so many at a time, all of a learner's together: what is known of him is read once, and what binds his
    Course Certificates is made of those that were just signed."""
    of_each: dict[str, list[Item]] = {}
    for item in items:
        of_each.setdefault(learner_of(item), []).append(item)
    some: list[Item] = []
    for its in of_each.values():
        if some and len(some) + len(its) > size:
            yield sorted(some, key=_binds)
            some = []
        some += its
    if some:
        yield sorted(some, key=_binds)


def _binds(item: Item) -> bool:
    return not isinstance(item, Completion)


def _version(item: Item) -> tuple[str, int]:
    """Of the program; of a Course Certificate, which nothing limits, none."""
    return ("", 0) if isinstance(item, Completion) else (item.decision.program, item.decision.version)


def _key(item: Item) -> tuple[Kind, str, str]:
    if isinstance(item, Completion):
        return "course", item.learner, course_key(item.course, item.session)
    return "program", item.decision.learner, program_key(item.decision.program, item.decision.version)
