"""Corrections of many: every valid certificate of a course or program, with the title that its newest version has.

    work = outdated(tx, course="toolbox")                       # what there is to correct, and how it will read
    done = correct_all(issuance, work, reason="the title was misspelt")

One by one (`Issuance.correct_alone`), and at the end the program certificates that bind what was corrected. A run that
was cut short is gone on with by the same command: what is corrected is no longer outdated.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from issuer.concerned import version_of_the_day
from issuer.errors import AlreadyIssued, IssuerError, UnknownCourse, UnknownProgram
from issuer.issuance import Finished, Issuance
from issuer.store import catalogues, credentials
from issuer.store.credentials import Kind, StoredCredential
from issuer.store.database import Transaction
from templates.messages import Message
from vc import strict_json
from vc.errors import VcError


@dataclass(frozen=True)
class Outdated:
    """A valid certificate of an older version; `before` and `after`: its title, and what it will be."""

    certificate: StoredCredential
    before: str
    after: str


def outdated(
    tx: Transaction,
    *,
    now: datetime,
    course: str | None = None,
    program: str | None = None,
    organization: str | None = None,
) -> tuple[Outdated, ...]:
    """One of `course` and `program` is given. Raises `UnknownCourse` or `UnknownProgram` where there is none of it."""
    catalogue = catalogues.load(tx, with_sessions=False)
    kind: Kind
    if course is not None:
        kind, subject = "course", course
        if course not in catalogue.courses or organization not in (None, catalogue.courses[course].organization):
            raise UnknownCourse("There is no course {code}.", code=course[:80])
        version, title = catalogue.courses[course].version, catalogue.courses[course].title
    else:
        kind, subject = "program", program or ""
        known = [one for (code, _), one in catalogue.programs.items() if code == subject]
        if not known or organization not in (None, known[0].organization):
            raise UnknownProgram("There is no program {code}.", code=subject[:80])
        newest = version_of_the_day(catalogue, subject, now.date())
        version, title = newest.version, newest.title
    found: list[Outdated] = []
    for one in credentials.older_than(tx, kind, subject, version):
        if one.released and one.status == "valid":
            achievement = strict_json.parse_object(one.unsecured)["credentialSubject"]["achievement"]
            before, after = achievement["name"], title(achievement["inLanguage"])
            # A course's title is corrected in one language, say: certificates in another are right as they are. Of a
            # program all move to the newer version, or some would be awarded it beside this one.
            if kind == "program" or before != after:
                found.append(Outdated(one, before, after))
    return tuple(found)


def correct_all(
    issuance: Issuance,
    work: Iterable[Outdated],
    *,
    reason: str,
    organization: str | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Finished:
    """`organization`: only its program certificates are renewed with them, and the others' by their own reconciliation.
    Each stands for itself: what cannot be corrected is said in `failed`, and stops no other."""
    released: list[StoredCredential] = []
    failed: list[tuple[StoredCredential, Message]] = []
    for one in work:
        try:
            released.append(issuance.correct_alone(one.certificate.share_id, reason=reason))
        except AlreadyIssued:  # by another process, just now
            continue
        except (IssuerError, VcError) as error:
            failed.append((one.certificate, Message("{why}", why=str(error))))
        finally:
            progress()
    renewed = issuance.renew_programs(organization)
    return Finished((*released, *renewed.released), (*failed, *renewed.failed))
