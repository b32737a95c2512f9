"""What is earned and not issued: Course Certificates, awards of who is eligible, and why it did not come to them.

Trying again issues Course Certificates, which follow from the record alone. An award waits for a cohort that somebody
approves, or for `issuer issue`.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from heapq import heappop, heappush

from issuer import selection
from issuer.catalogue import Catalogue
from issuer.errors import NotNow
from issuer.facts import Completion
from issuer.known import Known
from issuer.queue_items import Desk, Item, Tried
from issuer.selection import Held, Plan
from issuer.store import credentials, unissued
from issuer.store.decisions import StoredDecision
from issuer.work import program_work
from issuer.workshop import Workshop
from templates.messages import Message

_BEGINS = "unissued/"
_AT_ONCE = 200  # learners: a page of the queue has hardly more of them


class Unissued:
    def items(self, desk: Desk) -> Iterable[Item]:
        return self.items_after(desk, "")

    def items_after(self, desk: Desk, after: str) -> Iterator[Item]:
        """In the order of their ids. A page of a long queue costs a page, wherever it begins: learners are looked up as
        they are asked for, and why an award did not come to one only of those that are shown."""
        last = after.removeprefix(_BEGINS) if after.startswith(_BEGINS) else ""
        # An id is the learner's and more. So later ids are those of later learners, and of those whose own id the last
        # one begins with ("ana" and "ana-maria": "ana-maria/…" stands before "ana/…").
        also = tuple(last[:end] for end in range(1, len(last) + 1))
        waiting: list[tuple[str, int, Callable[[], Item]]] = []
        with desk.database.read() as tx:
            chosen = selection.choice(tx, organization=desk.organization)
        number = 0
        while True:
            with desk.database.read() as tx:
                some = unissued.learners(
                    tx, chosen.programs, courses=chosen.courses, after=last, also=also, limit=_AT_ONCE
                )
                found = selection.of_learners(tx, chosen, some, now=desk.now())
            for id_, make in _found(desk, found):
                if id_ > after:
                    heappush(waiting, (id_, number := number + 1, make))
            also = ()
            # All learners that come now are later than the last one here, and so are their ids.
            last = max(some, default=last)
            while waiting and (not some or waiting[0][0] <= _BEGINS + last):
                yield heappop(waiting)[2]()
            if not some:
                return

    def retry(self, desk: Desk) -> Iterable[Tried]:
        with desk.database.read() as tx:
            plan = selection.plan(tx, now=desk.now(), program=None, organization=desk.organization)
        # one by one, so that each answer belongs to its certificate
        issuance = desk.issuance().by(desk.actor)
        for fact in plan.courses:
            done = issuance.issue(Plan(plan.catalogue, (fact,), (), (), 0))
            why = done.held[0].why if done.held else Message("Issued")
            yield Tried("unissued", _course_id(fact), not done.held, why)


def _found(desk: Desk, plan: Plan) -> Iterator[tuple[str, Callable[[], Item]]]:
    """Each id, and what makes its item."""
    for one in plan.held:
        yield f"{_BEGINS}{one.learner}/{one.subject}", partial(_held, one)
    for fact in plan.courses:
        yield _course_id(fact), partial(_course, fact)
    for stored in plan.programs:
        yield _program_id(stored), partial(_program, desk, plan.catalogue, stored)


def _held(held: Held) -> Item:
    return Item(
        "unissued",
        f"{_BEGINS}{held.learner}/{held.subject}",
        held.learner,
        held.subject,
        None,
        held.why,
        Message("Correct what is said there; then try again"),
    )


def _course(fact: Completion) -> Item:
    return Item(
        "unissued",
        _course_id(fact),
        fact.learner,
        fact.course,
        fact.recorded_at,
        Message("The Course Certificate is earned, and not issued"),
        Message("Try again, or run: issuer issue"),
    )


def _program(desk: Desk, catalogue: Catalogue, stored: StoredDecision) -> Item:
    made = stored.decision
    why = Message("Eligible since {date}, and not awarded", date=stored.decided_at.date())
    try:
        with desk.database.read() as tx:
            program_work(Known(tx, Workshop(desk.config, catalogue)), stored, now=desk.now())
    except NotNow as error:
        why = error.message
    return Item(
        "unissued",
        _program_id(stored),
        made.learner,
        made.program,
        stored.decided_at,
        why,
        Message("Prepare and approve a cohort, or run: issuer decide, then issuer issue"),
    )


def _course_id(fact: Completion) -> str:
    return f"{_BEGINS}{fact.learner}/{credentials.course_key(fact.course, fact.session)}"


def _program_id(stored: StoredDecision) -> str:
    made = stored.decision
    return f"{_BEGINS}{made.learner}/{credentials.program_key(made.program, made.version)}"
