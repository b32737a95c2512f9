"""Is this document an Open Badges 3.0 achievement credential? (1EdTech Open Badges 3.0, appendix B, data model.)

Each class of the data model is a table: member -> what it must be. Where the model says "one or many", both are
read. What the tables do not name is left to the JSON-LD guard, which refuses what no context defines.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vc.dates import parse_datetime
from vc.errors import MalformedValue, ShapeError

Rule = Callable[[Any, str], None]

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")

# AchievementType (appendix B.3): a closed list, or an extension.
ACHIEVEMENT_TYPES = frozenset(
    """
    Achievement ApprenticeshipCertificate Assessment Assignment AssociateDegree Award Badge BachelorDegree
    Certificate CertificateOfCompletion Certification CommunityService Competency Course CoCurricular Degree
    Diploma DoctoralDegree Fieldwork GeneralEducationDevelopment JourneymanCertificate LearningProgram
    License Membership ProfessionalDoctorate QualityAssuranceCredential MasterCertificate MasterDegree
    MicroCredential ResearchDoctorate SecondarySchoolDiploma
    """.split()
)
RESULT_STATUSES = frozenset({"Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"})


@dataclass(frozen=True)
class Member:
    rule: Rule
    required: bool = False
    many: bool = False


def check_structure(credential: dict[str, Any]) -> None:
    """Raises `ShapeError`, naming the member and what was expected there."""
    _object(_CREDENTIAL, types=("VerifiableCredential",), any_of=("OpenBadgeCredential", "AchievementCredential"))(
        credential, ""
    )
    subject = credential["credentialSubject"]
    if "id" not in subject and not subject.get("identifier"):
        raise ShapeError("credentialSubject has neither an id nor an identifier: it is awarded to nobody.")
    criteria = subject["achievement"]["criteria"]
    if "id" not in criteria and "narrative" not in criteria:
        raise ShapeError("credentialSubject.achievement.criteria has neither an id nor a narrative.")
    _check_results(subject)


def _check_results(subject: dict[str, Any]) -> None:
    """A `result` must point to a `resultDescription` of the same achievement, or nobody can tell what it is of."""
    described = {entry.get("id") for entry in many(subject["achievement"].get("resultDescription"))}
    for index, result in enumerate(many(subject.get("result"))):
        target = result.get("resultDescription")
        if target is not None and target not in described:
            raise ShapeError(
                "credentialSubject.result[{index}] is of {target}, which the achievement does not describe.",
                index=index,
                target=target,
            )


def many(value: Any) -> list[Any]:
    """One or many, as many."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _wrong(where: str, expected: str, value: Any) -> ShapeError:
    return ShapeError(
        "{where} must be {expected}, not {value}.",
        where=where or "The document",
        expected=expected,
        value=_short(value),
    )


def _short(value: Any) -> str:
    return "an object" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)[:60]


def _text(value: Any, where: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(where, "a text", value)


def _boolean(value: Any, where: str) -> None:
    if not isinstance(value, bool):
        raise _wrong(where, "true or false", value)


def _uri(value: Any, where: str) -> None:
    if not isinstance(value, str) or not _URI.match(value):
        raise _wrong(where, "an absolute URL or URI", value)


def _moment(value: Any, where: str) -> None:
    try:
        parse_datetime(value)
    except MalformedValue as error:
        raise _wrong(where, "a date and time with a time zone", value) from error


def _language(value: Any, where: str) -> None:
    if not isinstance(value, str) or not _LANGUAGE.match(value):
        raise _wrong(where, "a language tag such as en", value)


def _one_of(allowed: frozenset[str], *, extensible: bool = False) -> Rule:
    def rule(value: Any, where: str) -> None:
        if not isinstance(value, str) or not (value in allowed or (extensible and value.startswith("ext:"))):
            raise _wrong(where, "one of the values that Open Badges 3.0 lists", value)

    return rule


def _anything(value: Any, where: str) -> None:
    """Looked at elsewhere."""


def _object(members: Mapping[str, Member], types: tuple[str, ...] = (), any_of: tuple[str, ...] = ()) -> Rule:
    def rule(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(where, "an object", value)
        named = many(value.get("type"))
        for wanted in types:
            if wanted not in named:
                raise ShapeError("{where} must name {types}.", where=f"{where}.type".lstrip("."), types=wanted)
        if any_of and not set(any_of) & set(map(str, named)):
            raise ShapeError("{where} must name {types}.", where=f"{where}.type".lstrip("."), types=" or ".join(any_of))
        for name, member in members.items():
            for place, item in _items(value, name, member, where):
                member.rule(item, place)

    return rule


def _items(value: dict[str, Any], name: str, member: Member, where: str) -> Iterator[tuple[str, Any]]:
    place = f"{where}.{name}".lstrip(".")
    if name not in value:
        if member.required:
            raise ShapeError("{place} is missing.", place=place)
        return
    if member.many and isinstance(value[name], list):
        yield from ((f"{place}[{index}]", item) for index, item in enumerate(value[name]))
    else:
        yield place, value[name]


def _image(value: Any, where: str) -> None:
    if isinstance(value, str):
        _uri(value, where)
    else:
        _object({"id": Member(_uri, required=True), "caption": Member(_text)})(value, where)


_PROFILE = {"id": Member(_uri, required=True), "name": Member(_text), "url": Member(_uri), "image": Member(_image)}

_ALIGNMENT = {
    "targetName": Member(_text, required=True),
    "targetUrl": Member(_uri, required=True),
    "targetDescription": Member(_text),
    "targetCode": Member(_text),
}

_ACHIEVEMENT = {
    "id": Member(_uri, required=True),
    "name": Member(_text, required=True),
    "description": Member(_text, required=True),
    "criteria": Member(_object({"id": Member(_uri), "narrative": Member(_text)}), required=True),
    "achievementType": Member(_one_of(ACHIEVEMENT_TYPES, extensible=True)),
    "alignment": Member(_object(_ALIGNMENT, types=("Alignment",)), many=True),
    "creator": Member(_object(_PROFILE, types=("Profile",))),
    "image": Member(_image),
    "inLanguage": Member(_language),
    "resultDescription": Member(
        _object(
            {
                "id": Member(_uri, required=True),
                "name": Member(_text, required=True),
                "resultType": Member(_text, required=True),
            },
            types=("ResultDescription",),
        ),
        many=True,
    ),
    "tag": Member(_text, many=True),
    "version": Member(_text),
}

_IDENTITY = {
    "hashed": Member(_boolean, required=True),
    "identityHash": Member(_text, required=True),
    "identityType": Member(_text, required=True),
    "salt": Member(_text),
}

_SUBJECT = {
    "id": Member(_uri),
    "identifier": Member(_object(_IDENTITY, types=("IdentityObject",)), many=True),
    "achievement": Member(_object(_ACHIEVEMENT, types=("Achievement",)), required=True),
    "activityStartDate": Member(_moment),
    "activityEndDate": Member(_moment),
    "result": Member(
        _object(
            {
                "status": Member(_one_of(RESULT_STATUSES)),
                "value": Member(_text),
                "resultDescription": Member(_uri),
                "alignment": Member(_object(_ALIGNMENT, types=("Alignment",)), many=True),
            },
            types=("Result",),
        ),
        many=True,
    ),
}

_CREDENTIAL = {
    "@context": Member(_anything, required=True),
    "id": Member(_uri, required=True),
    "name": Member(_text),
    "description": Member(_text),
    "image": Member(_image),
    "issuer": Member(_object(_PROFILE, types=("Profile",)), required=True),
    "validFrom": Member(_moment, required=True),
    "validUntil": Member(_moment),
    "awardedDate": Member(_moment),
    "credentialSubject": Member(_object(_SUBJECT, types=("AchievementSubject",)), required=True),
    "evidence": Member(
        _object({"id": Member(_uri), "name": Member(_text), "narrative": Member(_text)}, types=("Evidence",)), many=True
    ),
    "relatedResource": Member(
        _object({"id": Member(_uri, required=True), "digestMultibase": Member(_text)}), many=True
    ),
    "credentialSchema": Member(_object({"id": Member(_uri, required=True)}), many=True),
    "credentialStatus": Member(_object({"type": Member(_anything, required=True)}), many=True),
}
