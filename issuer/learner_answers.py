"""What one learner may know of one program, read from the store at the moment of asking. Nothing is kept.

Only facts about the program and its courses are looked at: the same learner id in a course of another organization,
which the program does not ask for, may be somebody else's.
"""

from collections.abc import Iterable
from datetime import date, datetime

from issuer.catalogue import Catalogue, Program
from issuer.cohort_undoing import taken_back
from issuer.concerned import name_of, require_program, version_of, version_of_the_day
from issuer.config import Config
from issuer.deciding import revoked_facts
from issuer.errors import UnknownLearner, UnknownProgram
from issuer.facts import current
from issuer.revocation import statement
from issuer.standing import Certificate, Standing, stands
from issuer.store import catalogues, credentials, decisions, facts, status
from issuer.store.credentials import StoredCredential
from issuer.store.database import Transaction
from vc import strict_json


def answer(
    tx: Transaction, config: Config, *, organization: str, learner: str, program: str, now: datetime
) -> Standing:
    """Raises `UnknownProgram` when it is not that organization's, `UnknownLearner` when no fact speaks of both."""
    # (1) the program, in the version that concerns the learner
    catalogue = catalogues.load(tx, with_sessions=False)
    require_program(catalogue, program)
    issued = [one for one in credentials.newest_of(tx, learner) if one.released]
    version = _version(catalogue, program, issued, now)
    if version.organization != organization:
        raise UnknownProgram("There is no program {code}.", code=program)
    # (2) what is known of the learner in it
    concerned = version_of(catalogue, version)
    told = facts.of_learners(tx, [learner], concerned.about).get(learner, ())
    own = current(told)
    if not own:
        raise UnknownLearner("No completion or enrolment in {program} names that learner.", program=program)
    courses = concerned.about.courses
    of_it = [one for one in issued if one.subject == program or (one.kind == "course" and one.subject in courses)]
    # (3) how it stands
    return stands(
        version,
        catalogues.with_sessions_of(tx, catalogue, courses),
        own,
        learner=learner,
        name=name_of(catalogue, concerned, told),
        on=now.date(),
        revoked=revoked_facts(tx, own),
        certificates=[_shown(tx, config, one) for one in of_it],
        awarded_on=_awarded_on(tx, of_it, version),
        sessions=config.limits.next_sessions.value,
    )


def owner_of(tx: Transaction, program: str) -> str:
    """The organization whose program it is. Raises `UnknownProgram`."""
    catalogue = catalogues.load(tx, with_sessions=False)
    require_program(catalogue, program)
    return catalogue.latest(program).organization


def _version(catalogue: Catalogue, code: str, issued: Iterable[StoredCredential], now: datetime) -> Program:
    """The newest version that was awarded and still stands; else the one that awards today, or else the highest."""
    awarded = [
        one.version for one in issued if (one.kind, one.subject) == ("program", code) and one.status != "revoked"
    ]
    if awarded:
        return catalogue.programs[(code, max(awarded))]
    return version_of_the_day(catalogue, code, now.date())


def _awarded_on(tx: Transaction, issued: Iterable[StoredCredential], version: Program) -> date | None:
    """Since when the learner holds an award of this very version."""
    key = credentials.program_key(version.code, version.version)
    for one in issued:
        if one.award is not None and one.subject_key == key and one.status != "revoked":
            return decisions.find_award(tx, one.award).awarded_at.date()
    return None


def _attempt(stored: StoredCredential) -> tuple[str, str]:
    course, _, session = stored.subject_key.partition("/")
    return course, session


def _shown(tx: Transaction, config: Config, stored: StoredCredential) -> Certificate:
    document = strict_json.parse_object(stored.unsecured)
    now = statement(tx, stored)
    last = status.last(tx, stored.number)
    by_word = last is not None and last.cause in ("hand", "cohort")
    return Certificate(
        kind=stored.kind,
        subject=stored.subject,
        title=document["name"],
        language=document["credentialSubject"]["achievement"]["inLanguage"],
        url=config.credential_url(stored.share_id),
        verify_url=config.verify_url(stored.share_id),
        issued=(stored.released_at or stored.intended_at).date(),
        status=now.status,
        since=now.since.date(),
        reason=now.reason,
        attempt=None if stored.kind == "program" else _attempt(stored),
        until=now.until,
        newer=None if now.superseded_by is None else config.credential_url(now.superseded_by),
        by_word=by_word or (stored.kind == "program" and taken_back(tx, stored) is not None),
    )
