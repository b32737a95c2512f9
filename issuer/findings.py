"""What was certified and would not be today: awards without their evidence, Course Certificates without a completion.

What follows is the registrar's to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from issuer.concerned import name_of, version_of
from issuer.decisions import Decision
from issuer.facts import Completion, current
from issuer.store import catalogues, credentials, decisions, disagreements, facts
from issuer.store.credentials import StoredCredential
from issuer.store.database import Transaction


@dataclass(frozen=True)
class LostEvidence:
    """`certificate` was awarded for what `decision` no longer finds."""

    decision: Decision
    name: str
    certificate: StoredCredential


@dataclass(frozen=True)
class Unsupported:
    """A valid Course Certificate whose completion was corrected to one that would not earn it."""

    completion: Completion
    certificate: StoredCredential


def lost(
    tx: Transaction, *, organization: str | None = None, program: str | None = None, learner: str | None = None
) -> tuple[LostEvidence, ...]:
    """By the newest decisions that are stored, in the order of program, version and learner."""
    catalogue = catalogues.load(tx, with_sessions=False)
    own = catalogue.programs_of(organization)
    wanted = {key: version_of(catalogue, one) for key, one in own.items() if program in (None, one.code)}
    made: list[tuple[Decision, str]] = []
    for stored in decisions.lost(tx, wanted, learner):
        version = wanted[stored.decision.program, stored.decision.version]
        who = stored.decision.learner
        told = facts.of_learners(tx, [who], version.about)
        made.append((stored.decision, name_of(catalogue, version, told.get(who, ()))))
    return would_be_lost(tx, made)


def would_be_lost(tx: Transaction, awarded: Iterable[tuple[Decision, str]]) -> tuple[LostEvidence, ...]:
    """The same by decisions, each with the learner's name, of those who have the award. What was dealt with, because
    the certificate is revoked or superseded, is left out."""
    found: list[LostEvidence] = []
    for made, name in awarded:
        if made.outcome == "not_eligible":
            key = credentials.program_key(made.program, made.version)
            certificate = credentials.newest(tx, "program", made.learner, key)
            if certificate is not None and certificate.released and certificate.status in ("valid", "suspended"):
                found.append(LostEvidence(made, name, certificate))
    return tuple(found)


def unsupported(tx: Transaction, learner: str | None = None) -> tuple[Unsupported, ...]:
    found: list[Unsupported] = []
    for fact_id, certificate in disagreements.not_earned(tx, learner):
        held = current(facts.read(tx, certificate.learner))
        fact = next((one for one in held if one.id == fact_id), None)
        if isinstance(fact, Completion):
            found.append(Unsupported(fact, certificate))
    return tuple(found)
