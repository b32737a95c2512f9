"""What we refuse to sign, said before anything is signed.

A verifier must be lenient where the standards are; an issuer need not be. So beyond the structure of Open Badges 3.0
the lint refuses what other implementations are known to read differently: numbers with a fraction, the two
noncharacters that JavaScript escapes in its own way, control characters, two meanings of one id.
"""

import re
from collections.abc import Iterator
from typing import Any

from vc.compiled import Lesson, Shapes, canonical_bytes
from vc.context_rules import OPEN_BADGES
from vc.errors import ShapeError
from vc.openbadges.structure import check_structure
from vc.values import many


def lint(credential: dict[str, Any], *, shapes: Shapes | None = None) -> None:
    """Raises `ShapeError`, `UnknownContext`, `UnsignedData` or `TooLarge`; what passes may be signed. `shapes`: those
    of the issuer's own credentials; they answer only where the full path would have passed it (`vc.compiled`)."""
    # (1) the data model
    check_structure(credential)
    # (2) one status object, with an id; arrays where validators want them
    if "credentialStatus" in credential and not isinstance(credential["credentialStatus"], dict):
        raise ShapeError("credentialStatus must be one object; Open Badges 3.0 validators refuse a list.")
    if "id" not in credential.get("credentialStatus", {"id": ""}):
        raise ShapeError("credentialStatus has no id.")
    if "creator" in credential["credentialSubject"]["achievement"]:
        raise ShapeError("achievement.creator would be merged with the issuer; leave it out.")
    # (3) a name that can be printed
    recipient_name(credential["credentialSubject"])
    # (4) values that everybody reads alike
    check_values(credential)
    # (5) nothing is dropped, merged or too alike
    lesson = None if shapes is None else Lesson(shapes)
    canonical_bytes(credential, rule=OPEN_BADGES, shapes=lesson)
    if lesson is not None:
        lesson.learn()


def recipient_name(subject: dict[str, Any]) -> str:
    """The learner's name in a `credentialSubject`. Raises `ShapeError` when there is none."""
    for identity in many(subject.get("identifier")):
        if identity.get("identityType") == "name":
            return str(identity["identityHash"])
    raise ShapeError("The credential names no learner.")


def check_values(credential: dict[str, Any]) -> None:
    """What no kind of credential may hold, wherever it stands. Raises `ShapeError`."""
    if _is_sound(credential):  # where something stands is looked for only when there is something to say
        return
    for where, value in _values(credential, ""):
        if isinstance(value, float):
            raise ShapeError(
                "{where} is a number with a fraction, which implementations write differently.", where=where
            )
        if isinstance(value, str) and (bad := _UNSOUND.search(value)):
            raise ShapeError(
                "{where} holds the character U+{code}, which cannot be signed.", where=where, code=f"{ord(bad[0]):04X}"
            )


# Controls other than tab and line breaks; surrogates; noncharacters, of which each plane has two at its end (Unicode
# section 23.7).
_ENDS = "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(0x11))
_UNSOUND = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_ENDS}]")


def _is_sound(credential: dict[str, Any]) -> bool:
    left: list[Any] = [credential]
    texts: list[str] = []
    while left:
        value = left.pop()
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
        elif isinstance(value, float):
            return False
    # What Python calls printable holds no control, surrogate or noncharacter, and is told in a tenth of the time.
    text = "\n".join(texts)
    return text.replace("\n", " ").isprintable() or _UNSOUND.search(text) is None


def _values(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _values(member, f"{where}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(item, f"{where}[{index}]")
    else:
        yield where, value
