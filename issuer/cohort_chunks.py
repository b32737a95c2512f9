"""Some hundred rows of an approved cohort: the Course Certificates that an award needs, then the award's own.

(1) What an interruption left of a row is finished.
(2) The rows are decided again: what no longer holds is not issued, and the row says so.
(3) The Course Certificates that count and are not there yet; a partner's are the partner's to issue.
(4) The programs' certificates; with their intents, in one transaction, the rows are bound to them.
(5) What became of each row is written down, in one transaction.

Because of (4) a power cut leaves no certificate of which the cohort does not know, and whatever is run again, or by two
processes at once, is issued once. A row that the limit of an hour holds up (`issuer.hourly_limit`), or that has no key
to be signed by, waits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from issuer.access import Caller
from issuer.chunks import TRIES, Chunks, Done, said
from issuer.cohort_rows import may_certify
from issuer.editions import program_renewed
from issuer.errors import AlreadyIssued, CohortState, KeyRefused, LimitReached, NotNow
from issuer.facts import Completion
from issuer.intending import Outcome, Overtaken
from issuer.known import Known
from issuer.selection import Held
from issuer.store import changes, cohorts, credentials, decisions, intents
from issuer.store.changes import Position
from issuer.store.cohorts import Cohort, Row, State
from issuer.store.credentials import StoredCredential
from issuer.store.database import Transaction
from issuer.store.decisions import StoredDecision
from issuer.work import Work, course_work, program_work, require_still_true
from templates.messages import Message

_ELSEWHERE = Message("It was issued already, but not by this cohort.")

Results = dict[str, Outcome | NotNow]
"""By learner what came of the row so far."""


@dataclass(frozen=True)
class _View:
    """What is known at one moment: `decided`, by their sequences, the decisions of the rows."""

    known: Known
    since: Position
    decided: Mapping[int, StoredDecision]


class CohortChunks:
    """`caller`: in whose name a partner's Course Certificates are issued, or are not."""

    def __init__(self, chunks: Chunks, caller: Caller, cohort: Cohort, *, beyond_the_limit: bool) -> None:
        self._chunks = chunks
        self._database = chunks.database
        self._caller = caller
        self._cohort = cohort
        self._hourly = not beyond_the_limit

    def rows(self, learners: Sequence[str]) -> Done:
        """Raises `CohortState` when the cohort was undone meanwhile."""
        with self._database.read() as tx:
            found = cohorts.rows_of(tx, self._cohort.number, learners)
            wanted = {one.learner: one for one in found if one.outcome == "ready" and one.state in ("", "failed")}
            bound = intents.several(tx, [one.credential for one in wanted.values() if one.credential is not None])
        # (1) what an interruption left
        results: Results = dict(self._finished(bound.values()))
        # (2) to (4)
        courses = 0
        for _ in range(TRIES):
            left = [row for row in wanted.values() if isinstance(results.get(row.learner, Overtaken()), Overtaken)]
            if left:
                courses += self._award(left, results)
        # (5) what became of each row
        done = self._settle(wanted, results)
        return replace(done, courses=courses, skipped=done.skipped + len(found) - len(wanted))

    def _award(self, rows: Sequence[Row], results: Results) -> int:
        """Those rows, of which something comes in `results`. Gives the number of Course Certificates."""
        works: dict[tuple[str, int], Work] = {}
        unfinished: list[StoredCredential] = []
        with self._database.read() as tx:
            since = changes.position(tx)
            decided = {one.sequence: one for one in decisions.several(tx, [row.decision or 0 for row in rows])}
            view = _View(self._chunks.known(tx, [row.learner for row in rows]), since, decided)
            for row in rows:
                results.pop(row.learner, None)
                try:
                    # (2) decided again
                    new, begun = self._needed(view, row)
                except NotNow as error:
                    results[row.learner] = error
                else:
                    works.update(new)
                    unfinished += begun
        # (3) Course Certificates
        courses = self._certify(view, works, unfinished, results)
        # (4) the programs' certificates
        self._award_each(view, [row for row in rows if row.learner not in results], results)
        return courses

    def _needed(self, view: _View, row: Row) -> tuple[dict[tuple[str, int], Work], list[StoredCredential]]:
        """The Course Certificates that count, are for us to issue and are not there yet; those that are there and not
        released. Raises `NotNow`."""
        known, stored = view.known, view.decided[row.decision or 0]
        require_still_true(known, stored, self._chunks.now())
        new: dict[tuple[str, int], Work] = {}
        begun: list[StoredCredential] = []
        for place, fact in enumerate(known.fact(one) for one in stored.decision.evidence):
            if isinstance(fact, Completion) and may_certify(self._caller, known.workshop.catalogue, fact.course):
                there = known.certificate_of(fact)
                if there is None:
                    new[row.learner, place] = course_work(known, fact)
                elif not there.released:
                    begun.append(there)
        return new, begun

    def _certify(
        self,
        view: _View,
        works: Mapping[tuple[str, int], Work],
        unfinished: Sequence[StoredCredential],
        results: Results,
    ) -> int:
        outcomes = self._chunks.conduct(works, since=view.since)
        issued = [one for one in outcomes.values() if isinstance(one, StoredCredential)]
        others: list[Work] = []
        for key, outcome in outcomes.items():
            if isinstance(outcome, AlreadyIssued):  # another process is at it
                others.append(works[key])
            elif not isinstance(outcome, StoredCredential):
                results[key[0]] = outcome
        with self._database.read() as tx:
            newest = [credentials.newest(tx, "course", one.learner, one.subject_key) for one in others]
        view.known.remember(issued)
        for learner, outcome in self._finished([*unfinished, *(one for one in newest if one is not None)]):
            if isinstance(outcome, StoredCredential):
                view.known.remember([outcome])
            else:
                results[learner] = outcome
        return len(issued)

    def _award_each(self, view: _View, rows: Sequence[Row], results: Results) -> None:
        works: dict[str, Work] = {}
        with self._database.read() as tx:
            view.known.go_on(tx)
            for row in rows:
                try:
                    works[row.learner] = replace(self._work(tx, view, row), hourly=self._hourly)
                except NotNow as error:
                    results[row.learner] = error
        results.update(self._chunks.conduct(works, since=view.since, recorded=self._bind))

    def _work(self, tx: Transaction, view: _View, row: Row) -> Work:
        stored = view.decided[row.decision or 0]
        if row.anew is None:
            return program_work(view.known, stored, now=self._chunks.now())
        # The edition after that one: of two that are issued anew in its place, the store lets one win.
        before = credentials.get(tx, row.anew)
        return program_renewed(view.known, before, stored, reason=f"issued anew with cohort {self._cohort.number}")

    def _bind(self, tx: Transaction, stored: Sequence[StoredCredential]) -> None:
        if any(one.event == "undone" for one in cohorts.events(tx, self._cohort.number)):
            raise CohortState("Cohort {number} was undone while it was issued.", number=self._cohort.number)
        cohorts.bind(tx, self._cohort.number, {one.learner: one.number for one in stored})

    def _finished(self, several: Iterable[StoredCredential]) -> list[tuple[str, Outcome]]:
        """By learner each of them, released; or why it could not be."""
        given = tuple(several)
        open_ = [one for one in given if not one.released]
        outcomes = self._chunks.cycle.finish(open_) if open_ else []
        released = [(one.learner, one) for one in given if one.released]
        return [*released, *((one.learner, outcome) for one, outcome in zip(open_, outcomes, strict=True))]

    def _settle(self, rows: Mapping[str, Row], results: Results) -> Done:
        became: dict[str, tuple[State, str | None]] = {}
        failed: list[Held] = []
        waiting: list[Exception] = []
        with self._database.write() as tx:
            now = {one.learner: one for one in cohorts.rows_of(tx, self._cohort.number, tuple(rows))}
            bound = intents.several(tx, [one.credential for one in now.values() if one.credential is not None])
            for learner, result in results.items():
                row = now[learner]
                if row.state in ("issued", "undone"):
                    continue  # another process was quicker
                its = None if row.credential is None else bound[row.credential]
                match result:
                    case StoredCredential():
                        became[learner] = ("issued", None)
                    case LimitReached() | KeyRefused() | Overtaken():
                        waiting.append(result)
                    case AlreadyIssued() if its is not None:
                        # It was, by this cohort: another process is at it, or the next run finishes it.
                        became[learner] = ("issued" if its.released else "", None)
                    case _:
                        elsewhere = isinstance(result, AlreadyIssued)
                        became[learner] = ("failed", str(_ELSEWHERE if elsewhere else result))
                        failed.append(
                            Held("program", learner, self._cohort.program, _ELSEWHERE if elsewhere else said(result))
                        )
            cohorts.settle(tx, self._cohort.number, became)
        issued = sum(isinstance(results[learner], StoredCredential) for learner in became)
        return Done(
            issued=issued,
            failed=tuple(failed),
            skipped=len(rows) - issued - len(failed) - len(waiting),
            waiting=len(waiting),
            limit=next((one for one in waiting if isinstance(one, LimitReached)), None),
            no_key=next((one for one in waiting if isinstance(one, KeyRefused)), None),
        )
