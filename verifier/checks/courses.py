"""Which courses and which capstone does it include, and does each of them still hold?

What the credential says of its parts is signed. Each part may also name its own certificate with the digest of its
exact bytes (`relatedResource`, VCDM 2.0 section 5.3): when that can be had, its bytes are compared and its own status
is looked up. A part that was revoked is shown as such; whether the whole still holds is the issuer's word (`status`),
so it does not colour the verdict. A part whose bytes are not those that were bound does: somebody changed them.
"""

from typing import Any

from templates.messages import Message
from vc import strict_json
from vc.dates import parse_datetime
from vc.errors import Unavailable, VcError
from vc.multibase import digest_matches
from vc.openbadges import check_structure, many
from verifier import record
from verifier.case import JSON, Case
from verifier.checks import status
from verifier.refusal import message_of
from verifier.report import Check, Outcome, Part

MAX_PARTS = 50  # a Specialization has ten; each part costs one request

_ALTERED = "https://testamur.example/problems#INCLUDED_CREDENTIAL_ALTERED"


def check(case: Case) -> Check:
    if record.is_record(case.signed):
        return record.check(case)
    listed = _listed(case.subject)
    if not listed:
        return Check("courses", Outcome.SKIPPED, Message("It includes no other courses."))
    case.parts = tuple(_part(case, *entry) for entry in listed[:MAX_PARTS])
    altered = [part for part in case.parts if part.detail == _OTHER_BYTES]
    if altered:
        return Check(
            "courses",
            Outcome.FAILED,
            Message("The certificate for {name} was altered.", name=altered[0].name),
            _ALTERED,
        )
    failed = [part.name for part in case.parts if part.outcome is Outcome.FAILED]
    if failed:
        return Check(
            "courses", Outcome.PASSED, Message("All parts are signed; one no longer holds: {name}.", name=failed[0])
        )
    return Check("courses", Outcome.PASSED, Message("{count} parts, each signed by the issuer.", count=len(case.parts)))


_OTHER_BYTES = Message("The certificate that is there now is not the one that was signed.")


def _listed(subject: dict[str, Any]) -> list[tuple[str, str, str | None, dict[str, Any]]]:
    """(name, kind, credential, result) for each part of a program; none for a single course."""
    if "achievement" not in subject or subject["achievement"].get("achievementType") in ("Course", "ext:Capstone"):
        return []
    described = {entry["id"]: entry for entry in many(subject["achievement"].get("resultDescription"))}
    capstones = {
        entry["targetName"]
        for entry in many(subject["achievement"].get("alignment"))
        if entry.get("targetType") == "ext:Capstone"
    }
    parts = []
    for result in many(subject.get("result")):
        description = described.get(result.get("resultDescription"))
        if description is None:
            continue
        certificates = [
            entry["targetUrl"]
            for entry in many(result.get("alignment"))
            if entry.get("targetType") == "ext:CourseCertificate"
        ]
        kind = "capstone" if description["name"] in capstones else "course"
        parts.append((description["name"], kind, certificates[0] if certificates else None, result))
    return parts


def _part(case: Case, name: str, kind: str, credential: str | None, result: dict[str, Any]) -> Part:
    if result.get("status") != "Completed":
        return Part(name, kind, credential, Outcome.FAILED, Message("Not completed."))
    digest = next(
        (r.get("digestMultibase") for r in many(case.signed.get("relatedResource")) if r["id"] == credential), None
    )
    if credential is None or digest is None:
        return Part(name, kind, credential, Outcome.PASSED, Message("Completed, signed by the issuer."))
    try:
        outcome, detail, awarded = _own_outcome(case, credential, digest)
    except Unavailable:
        outcome, detail, awarded = (
            Outcome.UNKNOWN,
            Message("Completed, signed by the issuer; its own certificate cannot be reached now."),
            None,
        )
    except VcError as error:
        outcome, detail, awarded = Outcome.FAILED, message_of(error), None
    return Part(name, kind, credential, outcome, detail, awarded)


def _own_outcome(case: Case, credential: str, digest: str) -> tuple[Outcome, Message, Any]:
    data = case.get(credential, JSON)
    if not digest_matches(digest, data):
        return Outcome.FAILED, _OTHER_BYTES, None
    # The bytes are those that the issuer bound, so they are as good as signed by the same proof, whoever issued them:
    # a program may be offered by several universities.
    document = strict_json.parse_object(data)
    check_structure(document)
    ended = document["credentialSubject"].get("activityEndDate")
    awarded = None if ended is None else parse_datetime(ended)
    finding = status.find(case, document)
    if finding is not None and finding.outcome is Outcome.FAILED:
        return Outcome.FAILED, finding.detail, awarded
    return Outcome.PASSED, Message("Completed; its own certificate is genuine."), awarded
