"""From a fact or a decision to the unsecured credential: pure, randomness and time are arguments.

Four dates stay apart: *completed* (when the learner did it), *awarded* (when the institution knew that all that a
certificate needs was there), *valid from* (when this certificate was made), and the proof's *created*.

    credential = course_certificate(config, catalogue, course, completion, slot=slot, recipient=recipient, at=now)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from issuer.catalogue import Catalogue, Course, Program
from issuer.config import Config
from issuer.facts import Completion, plain
from issuer.rule_wording import Line, outline
from templates.i18n import say
from templates.messages import Message
from vc.multibase import digest_multibase
from vc.openbadges import Achievement, CourseAward, IncludedPart, Issuer, ProgramAward, Recipient
from vc.openbadges import course_certificate as build_course
from vc.openbadges import program_certificate as build_program
from vc.status import bitstring

# BCP 47 (RFC 5646 section 2.2.1; ISO 639-2): a program whose courses were completed in several languages.
MULTIPLE_LANGUAGES = "mul"

PURPOSE = "revocation"


@dataclass(frozen=True)
class Slot:
    """The place that is kept for a certificate: its public id and its bit in a status list, whose address ends with
    `list_name`."""

    share_id: str
    list_number: int
    list_name: str
    list_index: int


@dataclass(frozen=True)
class Part:
    """A Course Certificate that a program certificate will bind. `code` and `kind` are the requirement's; `secured`
    is the certificate exactly as it was signed."""

    code: str
    kind: Literal["course", "capstone"]
    completion: Completion
    course: Course
    share_id: str
    secured: bytes


def course_certificate(
    config: Config,
    catalogue: Catalogue,
    course: Course,
    completion: Completion,
    *,
    slot: Slot,
    recipient: Recipient,
    awarded: datetime,
    at: datetime,
) -> dict[str, Any]:
    """The Course Certificate for a completion that earns one, in the language of its session."""
    if completion.completed_on is None:
        raise ValueError("a completion that earns a certificate has its day")  # issuer.facts sees to it
    language = completion.language
    award = CourseAward(
        id=config.credential_url(slot.share_id),
        issuer=_issuer(config, catalogue, course.organization),
        recipient=recipient,
        achievement=course_achievement(config, course, language),
        completed_on=completion.completed_on,
        awarded=min(awarded, at),  # a clock that went back must not date an award after its certificate
        valid_from=at,
        status=_status(config, slot),
        image=f"{config.credential_url(slot.share_id)}.png",
        capstone=course.kind == "capstone",
        grade=None if completion.grade is None else plain(completion.grade),
        narrative=completion.narrative,
    )
    return build_course(award)


def program_certificate(
    config: Config,
    catalogue: Catalogue,
    program: Program,
    parts: tuple[Part, ...],
    *,
    language: str | None,
    slot: Slot,
    recipient: Recipient,
    awarded: datetime,
    at: datetime,
) -> dict[str, Any]:
    """The certificate of a program, binding the exact bytes of its Course Certificates by their digests."""
    award = ProgramAward(
        id=config.credential_url(slot.share_id),
        issuer=_issuer(config, catalogue, program.organization),
        recipient=recipient,
        achievement=program_achievement(config, catalogue, program, language or MULTIPLE_LANGUAGES),
        parts=tuple(_included(config, part) for part in parts),
        awarded=min(awarded, at),
        valid_from=at,
        status=_status(config, slot),
        image=f"{config.credential_url(slot.share_id)}.png",
    )
    return build_program(award)


def course_achievement(config: Config, course: Course, language: str) -> Achievement:
    """What a course is, in one of its languages: the same on the achievement's page and inside every certificate."""
    id_ = config.achievement_url("courses", course.code, language, course.version)
    others = tuple(other for other in course.languages if other != language)
    title = course.title(language)
    demand = (
        Message("Complete the capstone project {title} with a verified identity.", title=title)
        if course.kind == "capstone"
        else Message("Pass the course {title} with a verified identity.", title=title)
    )
    lines = [demand] if course.hours is None else [demand, Message("About {hours} hours of work.", hours=course.hours)]
    return Achievement(
        id=id_,
        code=course.code,
        title=course.title(language),
        description=course.description(language),
        criteria_id=f"{id_}/criteria",
        narrative=" ".join(say(line, language) for line in lines),
        language=language,
        version=str(course.version),
        tags=course.skills,
        hours=course.hours,
        other_languages=tuple(
            (other, config.achievement_url("courses", course.code, other, course.version)) for other in others
        ),
    )


def program_achievement(config: Config, catalogue: Catalogue, program: Program, language: str) -> Achievement:
    """What a program is, in one language; the criteria say its rule in words."""
    id_ = config.achievement_url("programs", program.code, language, program.version)
    one = None if language == MULTIPLE_LANGUAGES else language
    demand, *parts = outline(program, catalogue, one)
    who = [catalogue.organizations[code].name for code in (program.organization, *program.partners)]
    offered = Message("Offered by {organizations}.", organizations=tuple(who))
    lines = [
        say(offered, language),
        "",
        demand.said(language),
        "",
        *_numbered(parts, language),
    ]
    return Achievement(
        id=id_,
        code=program.code,
        title=program.title(language),
        description=program.description(language),
        criteria_id=f"{id_}/criteria",
        narrative="\n".join(lines),
        language=language,
        version=str(program.version),
        tags=tuple(
            sorted({skill for leaf in catalogue.parts(program) for skill in catalogue.courses[leaf.code].skills})
        ),
        other_languages=tuple(
            (other, config.achievement_url("programs", program.code, other, program.version))
            for other in sorted(program.titles)
            if other != language
        ),
    )


def _numbered(lines: Iterable[Line], language: str) -> Iterator[str]:
    """A list as CommonMark writes it: the parts are numbered, what stands below one is indented."""
    number = 0
    for line in lines:
        number += line.level == 1
        lead = f"{number}. " if line.level == 1 else "   " * (line.level - 1) + "- "
        yield lead + line.said(language)


def _issuer(config: Config, catalogue: Catalogue, code: str) -> Issuer:
    organization = catalogue.organizations[code]
    return Issuer(id=config.did_of(code), name=organization.name, url=organization.url)


def _status(config: Config, slot: Slot) -> dict[str, Any]:
    return bitstring.entry(
        list_url=config.status_list_url(slot.list_name),
        index=slot.list_index,
        purpose=PURPOSE,
        reference=f"{config.credential_url(slot.share_id)}/status",
    )


def _included(config: Config, part: Part) -> IncludedPart:
    language = part.completion.language
    return IncludedPart(
        code=part.code,
        title=part.course.title(language),
        kind=part.kind,
        achievement_id=config.achievement_url("courses", part.course.code, language, part.course.version),
        credential_id=config.credential_url(part.share_id),
        verify_url=config.verify_url(part.share_id),
        awarded=part.completion.completed_on or date.min,
        digest=digest_multibase(part.secured),
        narrative=part.completion.narrative,
    )
