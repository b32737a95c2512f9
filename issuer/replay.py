"""Decides again what is stored, of the very same inputs, and compares: the same bytes, or not.

    replay_one(tx, stored).outcome            # "same", "different" or "not_replayable"

Of a stored decision are known: the facts that it was made of, which of their certificates were revoked, the revision of
the catalogue, the day, and the award that there was (`issuer.inputs`). Nothing that came later is looked at. So a
decision can be shown years afterwards to be what the rules said, and a change of the engine is seen where it matters.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from issuer.catalogue import Catalogue
from issuer.concerned import require_program
from issuer.decisions import Decision
from issuer.eligibility import Engine, prepared
from issuer.errors import UnknownLearner
from issuer.facts import Fact
from issuer.inputs import ENGINE, Inputs
from issuer.store import catalogues, decisions, facts
from issuer.store.database import Database, Transaction
from issuer.store.decisions import StoredDecision
from templates.messages import Message

ReplayOutcome = Literal["same", "different", "not_replayable"]
OUTCOMES: tuple[ReplayOutcome, ...] = get_args(ReplayOutcome)

_AT_ONCE = 500  # decisions: a view of the database is open for about a second
_REVISIONS_KEPT = 4  # catalogues: a cohort was decided by one, its corrections by the next


@dataclass(frozen=True)
class Replayed:
    """`again`: what is decided of the same inputs now; None when it cannot be known. `why`: said of all but "same"."""

    stored: StoredDecision
    outcome: ReplayOutcome
    again: Decision | None
    why: Message | None

    def to_json(self) -> dict[str, Any]:
        """Both decisions whole, where they differ."""
        different = self.outcome == "different" and self.again is not None
        return {
            "number": self.stored.sequence,
            "outcome": self.outcome,
            "why": None if self.why is None else str(self.why),
            "stored": json.loads(self.stored.canonical) if different else None,
            "again": self.again.to_json() if different and self.again is not None else None,
        }


@dataclass
class Catalogues:
    """The catalogues and engines of the revisions used last, so that a thousand decisions read them once."""

    _loaded: OrderedDict[int, tuple[Catalogue, dict[tuple[str, int], Engine]]] = field(default_factory=OrderedDict)

    def engine(self, tx: Transaction, revision: int, key: tuple[str, int]) -> Engine:
        """Raises `LookupError` when that revision does not have the program version, or a course of it."""
        if revision not in self._loaded:
            self._loaded[revision] = (catalogues.load(tx, revision=revision), {})
            if len(self._loaded) > _REVISIONS_KEPT:
                self._loaded.popitem(last=False)
        self._loaded.move_to_end(revision)
        catalogue, engines = self._loaded[revision]
        if key not in engines:
            engines[key] = prepared(catalogue.programs[key], catalogue)
        return engines[key]


def replay_one(tx: Transaction, stored: StoredDecision) -> Replayed:
    return replay_all(tx, (stored,), Catalogues())[0]


def replay_all(tx: Transaction, several: Sequence[StoredDecision], known: Catalogues) -> tuple[Replayed, ...]:
    """Their facts are read together; so `several` are a few hundred."""
    ids = (fact for stored in several if stored.inputs is not None for fact in stored.inputs.facts)
    told = facts.by_ids(tx, ids)
    return tuple(_replayed(tx, stored, told, known) for stored in several)


def _replayed(tx: Transaction, stored: StoredDecision, told: Mapping[str, Fact], known: Catalogues) -> Replayed:
    """(1) Its inputs, (2) the facts, and the catalogue as it was, (3) decide, (4) compare byte for byte."""
    # (1)
    inputs = stored.inputs
    if inputs is None:
        why = Message("It was made by an earlier version of this program, which did not keep what it was made of")
        return Replayed(stored, "not_replayable", None, why)
    # (2) Facts and revisions are never deleted; who takes them out of the database by hand is told so.
    made = stored.decision
    missing = next((fact for fact in inputs.facts if fact not in told), None)
    if missing is not None:
        return Replayed(stored, "not_replayable", None, Message("The fact {id} is not recorded any more", id=missing))
    try:
        engine = known.engine(tx, inputs.revision, (made.program, made.version))
    except LookupError:
        why = Message("Revision {number} of the catalogue does not have the program", number=inputs.revision)
        return Replayed(stored, "not_replayable", None, why)
    # (3)
    again = engine.decide(
        [told[fact] for fact in inputs.facts],
        learner=made.learner,
        on=made.on,
        revoked=frozenset(inputs.revoked),
        awarded_on=inputs.awarded_on,
    )
    # (4)
    if again.canonical() == stored.canonical and _is_intact(stored):
        return Replayed(stored, "same", again, None)
    return Replayed(stored, "different", again, _why_different(stored, inputs))


def stream(
    database: Database,
    *,
    organization: str | None = None,
    program: str | None = None,
    learner: str | None = None,
    everything: bool = False,
) -> Iterator[Replayed]:
    """The newest decision of each learner and version, or with `everything` all that there ever were, oldest first.
    Raises `UnknownProgram`, for another organization's too, and `UnknownLearner`."""
    with database.read() as tx:
        catalogue = catalogues.load(tx, with_sessions=False)
        own = catalogue.programs_of(organization)
        if program is not None:
            require_program(Catalogue(programs=own), program)
        if learner is not None and not facts.is_learner(tx, learner):
            raise UnknownLearner("No completion or enrolment names the learner {learner}.", learner=learner)
        keys = [key for key in own if program in (None, key[0])]
        numbers = decisions.numbers(tx, keys, learner=learner, newest=not everything)
    known = Catalogues()
    for some in facts.batched(numbers, _AT_ONCE):
        with database.read() as tx:
            replayed = replay_all(tx, decisions.several(tx, some), known)
        yield from replayed


def _is_intact(stored: StoredDecision) -> bool:
    return hashlib.sha256(stored.canonical).hexdigest() == stored.digest


def _why_different(stored: StoredDecision, inputs: Inputs) -> Message:
    if not _is_intact(stored):
        return Message("Its bytes are not those that were stored: the database was changed by hand")
    if inputs.engine != ENGINE:
        return Message("It was made by engine {old}, and this is engine {new}", old=inputs.engine, new=ENGINE)
    return Message("The same engine decides otherwise now: please report it")
