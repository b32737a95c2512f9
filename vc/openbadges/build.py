"""Open Badges 3.0 achievement credentials (1EdTech Open Badges 3.0, appendix B.1), unsecured.

A Specialization certificate says each of its courses four ways at once, all inside the signature: as `alignment` of
the achievement (what the curriculum is), as `resultDescription` with the learner's `result` (that this learner did
it), as `evidence` (a link that a person can open), and as `relatedResource` with a digest (the exact bytes of each
Course Certificate). No two nodes share an id, so no member can be moved.
"""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from vc.context_rules import OB_303, OB_EXTENSIONS, VC2
from vc.dates import timestamp
from vc.openbadges.awards import Achievement, CourseAward, IncludedPart, Issuer, ProgramAward, Recipient

SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"


def course_certificate(award: CourseAward) -> dict[str, Any]:
    """The credential for one completed course or capstone."""
    achievement = award.achievement
    described = f"{achievement.id}#completion"
    result: dict[str, Any] = {"type": ["Result"], "resultDescription": described, "status": "Completed"}
    if award.grade is not None:
        result["value"] = award.grade
    credential = _shell(award, "ext:Capstone" if award.capstone else "Course")
    credential["credentialSubject"]["activityEndDate"] = _day(award.completed_on)
    credential["credentialSubject"]["achievement"]["resultDescription"] = [
        _result_description(described, achievement.title)
    ]
    credential["credentialSubject"]["result"] = [result]
    if award.narrative:
        credential["evidence"] = [
            {
                "id": f"{award.id}#work",
                "type": ["Evidence"],
                "name": achievement.title,
                "genre": "Capstone project" if award.capstone else "Course work",
                "narrative": award.narrative,
            }
        ]
    return _in_order(credential)


def program_certificate(award: ProgramAward) -> dict[str, Any]:
    """The credential for a Specialization or XSeries, its courses and capstone inside."""
    parts = award.parts
    courses = sum(part.kind == "course" for part in parts)
    credential = _shell(award, "LearningProgram")
    subject = credential["credentialSubject"]
    subject["activityEndDate"] = _day(max(part.awarded for part in parts))
    subject["achievement"]["resultDescription"] = [
        _result_description(_described(award.achievement, part), part.title) for part in parts
    ]
    subject["achievement"]["alignment"] = [
        _alignment(part, number, courses) for number, part in enumerate(parts, start=1)
    ]
    subject["result"] = [_result(award.achievement, part) for part in parts]
    credential["evidence"] = [_evidence(part) for part in parts]
    credential["relatedResource"] = [
        {"id": part.credential_id, "digestMultibase": part.digest, "mediaType": "application/vc"} for part in parts
    ]
    return _in_order(credential)


def _shell(award: CourseAward | ProgramAward, achievement_type: str) -> dict[str, Any]:
    """What every certificate has."""
    credential: dict[str, Any] = {
        "@context": [VC2, OB_303, OB_EXTENSIONS],  # the last one defines the type of credentialSchema
        "id": award.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.achievement.title,
        "issuer": _issuer(award.issuer),
        "validFrom": timestamp(award.valid_from),
        "awardedDate": timestamp(award.awarded),
        "credentialSubject": {
            **({} if award.recipient.id is None else {"id": award.recipient.id}),
            "type": ["AchievementSubject"],
            "identifier": _identifiers(award.recipient),
            "achievement": _achievement(award.achievement, achievement_type),
        },
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": award.status,
    }
    if award.image is not None:
        credential["image"] = _image(award.image, award.achievement.title)
    return credential


def _issuer(issuer: Issuer) -> dict[str, Any]:
    profile: dict[str, Any] = {"id": issuer.id, "type": ["Profile"], "name": issuer.name, "url": issuer.url}
    if issuer.description is not None:
        profile["description"] = issuer.description
    if issuer.image is not None:
        profile["image"] = _image(issuer.image, issuer.name)
    return profile


def _identifiers(recipient: Recipient) -> list[dict[str, Any]]:
    """IdentityObjects: the name in the open, the e-mail address hashed (Open Badges 3.0, IdentityObject)."""
    identifiers: list[dict[str, Any]] = [
        {"type": "IdentityObject", "hashed": False, "identityHash": recipient.name, "identityType": "name"}
    ]
    if recipient.email is not None:
        salt = recipient.salt or ""
        identifiers.append(
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": identity_hash(recipient.email, salt),
                "identityType": "emailAddress",
                "salt": salt,
            }
        )
    return identifiers


def identity_hash(identity: str, salt: str) -> str:
    """Open Badges 3.0 IdentityHash: `sha256$` and the hex digest of identity and salt together."""
    return "sha256$" + hashlib.sha256((identity + salt).encode("utf-8")).hexdigest()


def _achievement(achievement: Achievement, achievement_type: str) -> dict[str, Any]:
    members: dict[str, Any] = {
        "id": achievement.id,
        "type": ["Achievement"],
        "achievementType": achievement_type,
        "name": achievement.title,
        "description": achievement.description,
        "inLanguage": achievement.language,
        "version": achievement.version,
        "humanCode": achievement.code,
        "criteria": {"id": achievement.criteria_id, "narrative": achievement.narrative},
    }
    if achievement.image is not None:
        members["image"] = _image(achievement.image, achievement.title)
    if achievement.tags:
        members["tag"] = sorted(set(achievement.tags))
    if achievement.other_languages:
        members["related"] = [
            {"id": id_, "type": ["Related"], "inLanguage": language, "version": achievement.version}
            for language, id_ in achievement.other_languages
        ]
    return members


def _image(url: str, caption: str) -> dict[str, Any]:
    return {"id": url, "type": "Image", "caption": caption}


def _described(achievement: Achievement, part: IncludedPart) -> str:
    return f"{achievement.id}#{part.kind}-{part.code}"


def _result_description(id_: str, title: str) -> dict[str, Any]:
    return {"id": id_, "type": ["ResultDescription"], "name": title, "resultType": "Status"}


def _alignment(part: IncludedPart, number: int, courses: int) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetType": "ext:Capstone" if part.kind == "capstone" else "ext:Course",
        "targetName": part.title,
        "targetDescription": "Capstone project" if part.kind == "capstone" else f"Course {number} of {courses}",
        "targetCode": part.code,
        "targetUrl": part.achievement_id,
    }


def _result(achievement: Achievement, part: IncludedPart) -> dict[str, Any]:
    return {
        "type": ["Result"],
        "resultDescription": _described(achievement, part),
        "status": "Completed",
        "alignment": [
            {
                "type": ["Alignment"],
                "targetType": "ext:CourseCertificate",
                "targetName": f"{part.title} – certificate",
                "targetUrl": part.credential_id,
            }
        ],
    }


def _evidence(part: IncludedPart) -> dict[str, Any]:
    evidence: dict[str, Any] = {
        "id": part.verify_url,
        "type": ["Evidence"],
        "name": part.title,
        "genre": "Capstone project" if part.kind == "capstone" else "Course certificate",
        "description": f"Verified certificate, completed {part.awarded.isoformat()}",
    }
    if part.narrative:
        evidence["narrative"] = part.narrative
    return evidence


def _day(day: date) -> str:
    return timestamp(datetime(day.year, day.month, day.day, tzinfo=UTC))


_ORDER = (
    "@context id type name description image issuer validFrom awardedDate validUntil credentialSubject "
    "evidence relatedResource credentialSchema credentialStatus"
).split()


def _in_order(credential: dict[str, Any]) -> dict[str, Any]:
    """Members in the order in which a person reads them; it has no meaning for the signature."""
    return {name: credential[name] for name in _ORDER if name in credential}
