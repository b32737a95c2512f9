"""Certificates of somebody else, and identities at which a comparison falls over (Open Badges 3.0, IdentityObject)."""

from typing import Any

from tests.attacks.attack import Guard, attack, guard
from tests.attacks.stage import Stage

_SUBJECT = "verifier/checks/subject.py"

ANOTHER = guard("the learner who was meant", (_SUBJECT, "    if any(compared):\n", "    if True:\n"))
COMPARED = guard("an identity that can be compared", (_SUBJECT, "    if not compared:\n", "    if False:\n")) | ANOTHER
BYTES = guard(
    "hashes that are none",
    (_SUBJECT, ".hexdigest().encode(), _bytes(value.lower()))", ".hexdigest(), value.lower())"),
)
HASHES = guard("known hashes", (_SUBJECT, "    if algorithm not in _HASHES:\n", "    if False:\n"))


def _asked(
    name: str, threat: str, problem: str, by: Guard, recipient: str, change: Any = None, verdict: str = "rejected"
) -> None:
    def build(stage: Stage) -> bytes:
        credential = stage.course()
        if change is not None:
            change(credential["credentialSubject"]["identifier"])
        return stage.text(stage.secure_as_is(credential))

    attack(f"recipient/{name}", threat, f"subject {problem}", by, verdict=verdict, asked={"recipient": recipient})(
        build
    )


_asked(
    "somebody-else",
    "A genuine certificate, handed in by somebody else.",
    "RECIPIENT_MISMATCH",
    ANOTHER,
    "max@example.org",
)
_asked(
    "address-that-begins-alike",
    "An address that begins like the learner's.",
    "RECIPIENT_MISMATCH",
    ANOTHER,
    "zoe@example.org.evil.example",
)
_asked(
    "nothing-to-compare",
    "A certificate that names no address.",
    "RECIPIENT_NOT_COMPARABLE",
    COMPARED,
    "zoe@example.org",
    lambda i: i.pop(1),
    verdict="undetermined",
)
_asked(
    "hash-in-another-script",
    "A hash that is none makes a comparison in constant time fall over.",
    "RECIPIENT_MISMATCH",
    BYTES,
    "zoe@example.org",
    lambda i: i[1].update(identityHash="sha256$é"),
)
_asked(
    "unknown-hash",
    "A hash that nobody knows.",
    "RECIPIENT_MISMATCH",
    HASHES,
    "zoe@example.org",
    lambda i: i[1].update(identityHash="rot13$mbr"),
)
