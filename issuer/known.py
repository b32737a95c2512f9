"""What certificates are drafted from: the facts, earlier certificates and versions that concern some learners.

    known = Known(tx, workshop)
    known.read_ahead(learners)            # a few hundred: a handful of statements, however many they are
    known.newest(learner, "toolbox/2026-03")

What was not read ahead is read when it is asked for, so one certificate is made like five hundred. What was read is not
read again: a `Known` is a view of one moment. `go_on` takes it into a later transaction, with the certificates that
were released meanwhile (`remember`); that nothing else came in is for who records to look (`issuer.cycle`).
"""

from collections.abc import Iterable, Sequence

from issuer.catalogue import Course
from issuer.config import Config
from issuer.facts import Completion, Fact, current
from issuer.store import catalogues, credentials, disagreements, facts
from issuer.store.credentials import StoredCredential
from issuer.store.database import Transaction
from issuer.workshop import Workshop, Workshops


class Known:
    """Not for several threads."""

    def __init__(self, tx: Transaction, workshop: Workshop) -> None:
        self.workshop = workshop
        self._tx = tx
        self._told: dict[str, Sequence[Fact]] = {}
        self._facts: dict[str, Fact] = {}
        self._held: dict[str, tuple[Fact, ...]] = {}
        self._gone: dict[str, frozenset[tuple[str, str]]] = {}
        self._newest: dict[tuple[str, str], StoredCredential] = {}
        self._all_of: set[str] = set()  # learners whose certificates are in `_newest`, whatever there is
        self._courses: dict[tuple[str, int], Course] = {}

    @classmethod
    def of(cls, tx: Transaction, config: Config) -> "Known":
        """With the catalogue of now."""
        return cls(tx, Workshops(config).of(tx))

    @property
    def tx(self) -> Transaction:
        return self._tx

    @property
    def config(self) -> Config:
        return self.workshop.config

    def read_ahead(self, learners: Sequence[str]) -> None:
        told = facts.told_of(self._tx, learners)
        gone = disagreements.revoked_by_word(self._tx, learners)
        of_whom: dict[str, set[tuple[str, str]]] = {}
        for pair in gone:
            of_whom.setdefault(pair[0], set()).add(pair)
        for learner in learners:
            self._keep(learner, told.get(learner, ()))
            self._gone[learner] = frozenset(of_whom.get(learner, ()))
        for one in credentials.newest_courses(self._tx, learners):
            self._newest[one.learner, one.subject_key] = one
        self._all_of.update(learners)

    def go_on(self, tx: Transaction) -> None:
        self._tx = tx

    def look_again(self, learners: Iterable[str]) -> None:
        """Somebody else issued Course Certificates of theirs meanwhile."""
        gone = self._all_of.intersection(learners)
        self._all_of -= gone
        self._newest = {key: one for key, one in self._newest.items() if key[0] not in gone}

    def remember(self, released: Iterable[StoredCredential]) -> None:
        for one in released:
            if one.kind == "course":
                self._newest[one.learner, one.subject_key] = one

    # --- facts ---------------------------------------------------------------------------------------------

    def held(self, learner: str) -> tuple[Fact, ...]:
        """The learner's facts that hold."""
        if (found := self._held.get(learner)) is None:
            if learner not in self._told:
                self._keep(learner, facts.read(self._tx, learner))
            found = self._held[learner] = current(self._told[learner])
        return found

    def fact(self, fact_id: str) -> Fact:
        """Raises `LookupError`."""
        if (found := self._facts.get(fact_id)) is None:
            found = self._facts[fact_id] = facts.find(self._tx, fact_id)
        return found

    def completion(self, fact_id: str | None) -> Completion:
        """Raises `LookupError` also when it is no completion."""
        found = self.fact(fact_id or "")
        if not isinstance(found, Completion):
            raise LookupError(fact_id)
        return found

    def revoked(self, learner: str) -> frozenset[str]:
        """Of the facts that hold those whose Course Certificate somebody revoked (`issuer.life`)."""
        if (gone := self._gone.get(learner)) is None:
            gone = self._gone[learner] = disagreements.revoked_by_word(self._tx, [learner])
        if not gone:
            return frozenset()
        return frozenset(
            fact.id
            for fact in self.held(learner)
            if isinstance(fact, Completion) and (learner, credentials.course_key(fact.course, fact.session)) in gone
        )

    def _keep(self, learner: str, told: Sequence[Fact]) -> None:
        self._told[learner] = told
        self._facts.update((one.id, one) for one in told)

    # --- certificates and versions -------------------------------------------------------------------------

    def certificate_of(self, completion: Completion) -> StoredCredential | None:
        """The newest edition of the Course Certificate for that attempt, released or not."""
        learner, key = completion.learner, credentials.course_key(completion.course, completion.session)
        if (found := self._newest.get((learner, key))) is None and learner not in self._all_of:
            found = credentials.newest(self._tx, "course", learner, key)
            if found is not None:
                self._newest[learner, key] = found
        return found

    def course(self, code: str, version: int) -> Course:
        """That very version, without its sessions. Raises `LookupError`."""
        if (found := self._courses.get((code, version))) is None:
            found = self._courses[code, version] = catalogues.course(self._tx, code, version)
        return found
