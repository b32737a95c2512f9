"""Parts of a program that are not what was bound (VCDM 2.0 section 5.3)."""

from typing import Any

from tests.attacks.attack import Guard, attack, guard
from tests.attacks.stage import Stage
from vc.multibase import digest_multibase

_COURSES = "verifier/checks/courses.py"

DIGEST = guard("a part's bytes", (_COURSES, "if not digest_matches(digest, data):", "if False:"))


def _subject(credential: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = credential["credentialSubject"]
    return found


def _part(name: str, threat: str, other: Any, by: Guard) -> None:
    """A program whose first course is bound by its digest; `other`: what is served in its place."""

    def build(stage: Stage) -> bytes:
        program = stage.program()
        part = stage.text(stage.secure(stage.course()))
        resource = program["relatedResource"][0]
        resource["digestMultibase"] = digest_multibase(part)
        stage.pages[resource["id"]] = other(stage, part)
        return stage.text(stage.secure_as_is(program))

    attack(name, threat, "courses INCLUDED_CREDENTIAL_ALTERED", by)(build)


def _other_course(stage: Stage, part: bytes) -> bytes:
    return stage.text(stage.secure(stage.course(id="https://credentials.example.org/credentials/other")))


_part(
    "courses/another-certificate",
    "A genuine certificate of another course in the place of the one that was bound.",
    _other_course,
    DIGEST,
)
_part("courses/a-byte-more", "The bytes that were bound, and one more.", lambda stage, part: part + b" ", DIGEST)
_part(
    "courses/a-better-grade", "The part's grade is changed.", lambda stage, part: part.replace(b'"91"', b'"99"'), DIGEST
)
