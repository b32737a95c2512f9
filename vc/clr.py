"""1EdTech Comprehensive Learner Record 2.0: one credential that holds many, and says how they belong together.

1. ClrCredential, ClrSubject, Association: our JSON Schema; the rules for every credential (`vc.model`);
2. somebody is awarded; listed achievements have criteria and sound result descriptions;
3. the two ends of an association are achievements or credentials that the record holds.

The contained credentials are credentials of their own, of whatever kind: `vc.kinds` looks at each.
"""

from collections.abc import Iterator
from typing import Any

from vc import model, schemas
from vc.errors import ShapeError
from vc.openbadges.structure import check_achievement, check_names, check_recipient
from vc.values import inside, many


def check_structure(credential: Any, where: str = "") -> None:
    """All but the contained credentials. Raises `ShapeError`, `RangeError` or `UnknownContext`, naming the member."""
    # (1)
    check_names(credential, where, "ClrCredential")
    schemas.validate("clr-credential", credential, where)
    model.check_credential(credential, where)
    # (2)
    place = inside(where, "credentialSubject")
    subject = credential["credentialSubject"]
    check_recipient(subject, place)
    listed = inside(place, "achievement")
    for index, achievement in enumerate(many(subject.get("achievement"))):
        check_achievement(achievement, inside(listed, index))
    # (3)
    _check_associations(subject, place)


def contained(credential: dict[str, Any], where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each contained credential with its place. The credential has passed `check_structure`."""
    place = inside(inside(where, "credentialSubject"), "verifiableCredential")
    for index, inner in enumerate(many(credential["credentialSubject"]["verifiableCredential"])):
        yield inside(place, index), inner


def _check_associations(subject: dict[str, Any], where: str) -> None:
    held = set(_held(subject))
    if None in held:
        return
    for index, association in enumerate(many(subject.get("association"))):
        for end in ("sourceId", "targetId"):
            if association[end] not in held:
                raise ShapeError(
                    "{where} is {target}, which is no achievement or credential of this record.",
                    where=inside(inside(inside(where, "association"), index), end),
                    target=association[end],
                )


def _held(subject: Any) -> Iterator[str | None]:
    """The ids of all achievements and credentials; None for an envelope, whose inside is not seen here.

    The contained credentials have not been looked at yet, so they may have any form.
    """
    if not isinstance(subject, dict):
        return
    for achievement in many(subject.get("achievement")):
        if isinstance(achievement, dict) and isinstance(achievement.get("id"), str):
            yield achievement["id"]
    for credential in many(subject.get("verifiableCredential")):
        if model.is_enveloped(credential):
            yield None
        elif isinstance(credential, dict):
            if isinstance(credential.get("id"), str):
                yield credential["id"]
            for inner in many(credential.get("credentialSubject")):
                yield from _held(inner)
