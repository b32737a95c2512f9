"""From a fact or a decision to the unsecured credential: pure, randomness and time are arguments.

Four dates stay apart: *completed* (when the learner did it), *awarded* (when the institution knew that all that a
certificate needs was there), *valid from* (when this certificate was made), and the proof's *created*.

    credential = course_certificate(workshop, course, completion, slot=slot, recipient=recipient, at=now)
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from issuer.achievements import MULTIPLE_LANGUAGES
from issuer.catalogue import Course, Program
from issuer.config import Config
from issuer.facts import Completion, plain
from issuer.workshop import Workshop
from vc.multibase import digest_multibase
from vc.openbadges import CourseAward, IncludedPart, ProgramAward, Recipient
from vc.openbadges import course_certificate as build_course
from vc.openbadges import program_certificate as build_program
from vc.status import bitstring

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
    workshop: Workshop,
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
    config = workshop.config
    award = CourseAward(
        id=config.credential_url(slot.share_id),
        issuer=workshop.issuer(course.organization),
        recipient=recipient,
        achievement=workshop.course_achievement(course, completion.language),
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
    workshop: Workshop,
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
    config = workshop.config
    award = ProgramAward(
        id=config.credential_url(slot.share_id),
        issuer=workshop.issuer(program.organization),
        recipient=recipient,
        achievement=workshop.program_achievement(program, language or MULTIPLE_LANGUAGES),
        parts=tuple(_included(config, part) for part in parts),
        awarded=min(awarded, at),
        valid_from=at,
        status=_status(config, slot),
        image=f"{config.credential_url(slot.share_id)}.png",
    )
    return build_program(award)


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
