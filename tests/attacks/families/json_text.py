"""Bytes in which two readers see two documents, or at which a reader falls over (RFC 8259, RFC 7493)."""

import re
from typing import Any

from tests.attacks.attack import Guard, attack, caught, guard, issued
from tests.attacks.guards import FORM, TWICE
from tests.attacks.stage import LIST, Stage
from tests.simulators import DID
from vc.dids import web

_PATH = "vc/strict_json.py"

CONSTANTS = guard("no NaN, no Infinity", (_PATH, "parse_constant=_refuse_constant,", ""))
FINITE = guard("numbers are finite", (_PATH, "if not math.isfinite(value):", "if False:"))
INTEGERS = guard("integers are read alike", (_PATH, "if len(text) > 17 or abs(int(text)) > MAX_INTEGER:", "if False:"))
DIGITS = guard("integers are short", (_PATH, "if len(text) > 17 or abs(int(text)) > MAX_INTEGER:", "if False:"))
SURROGATES = guard("whole characters", (_PATH, "    _check_surrogates(value)\n    return value", "    return value"))
UTF_8 = caught("UTF-8", _PATH, "UnicodeDecodeError")
DEPTH = guard("bounded depth", (_PATH, "if max(accumulate(map(_STEP.__getitem__, brackets))) > limit:", "if False:"))
SIZE = guard("bounded size", (_PATH, "if len(data) > max_bytes:", "if False:"))
JSON = caught("JSON", _PATH, "json.JSONDecodeError")
OBJECT = guard("an object", (_PATH, "if not isinstance(value, dict):", "if False:"))

_NAME = '"name": "The Toolbox"'


def _rewritten(name: str, threat: str, old: str, new: str, by: Guard, stopped: str = "structure PARSING_ERROR") -> None:
    """A genuine certificate whose text is changed in one place; `old` is a pattern."""

    def build(stage: Stage) -> bytes:
        text = stage.text(stage.secure(stage.course())).decode()
        changed, count = re.subn(old, lambda _: new, text, count=1)
        if count != 1:
            raise LookupError(old)
        return changed.encode("utf-8", "surrogatepass")

    attack(name, threat, stopped, by)(build)


_rewritten(
    "json/duplicate-member",
    "A reader that takes the first of two members shows another title than the one that was signed.",
    f"(?={_NAME})",
    '"name": "Doctor of Medicine", ',
    TWICE,
)
_rewritten(
    "json/duplicate-member-escaped",
    "The second spelling of a member's name is escaped, so a search of the text does not see that it stands twice.",
    f"(?={_NAME})",
    '"na\\u006de": "Doctor of Medicine", ',
    TWICE,
)
_rewritten(
    "json/duplicate-learner",
    "The learner's identity stands twice, and a reader may take the forged one.",
    r'(?="identityHash")',
    '"identityHash": "Somebody Else", ',
    TWICE,
)
_rewritten(
    "json/duplicate-proof",
    "A forged proof in front of the genuine one is dropped by one reader and believed by another.",
    r'(?="proof": \[)',
    '"proof": [{"type": "DataIntegrityProof"}], ',
    TWICE,
)
_rewritten(
    "json/duplicate-issuer",
    "A second issuer of the same name as a member is read by one program and dropped by another.",
    r'(?="issuer": \{)',
    '"issuer": {"id": "did:web:evil.example", "type": ["Profile"]}, ',
    TWICE,
)

_CREDITS = r'(?="achievementType")'
_rewritten(
    "json/nan", "A number that is none has no canonical form.", _CREDITS, '"creditsAvailable": NaN, ', CONSTANTS | FORM
)
_rewritten("json/infinity", "Infinity is no JSON.", _CREDITS, '"creditsAvailable": Infinity, ', CONSTANTS | FORM)
_rewritten(
    "json/minus-infinity", "-Infinity is no JSON.", _CREDITS, '"creditsAvailable": -Infinity, ', CONSTANTS | FORM
)
_rewritten(
    "json/huge-exponent",
    "A number beyond every double becomes Infinity.",
    _CREDITS,
    '"creditsAvailable": 1e999, ',
    FINITE | FORM,
)
_rewritten(
    "json/five-thousand-digits",
    "Turning a text of many digits into a number takes time that grows with its square.",
    _CREDITS,
    f'"creditsAvailable": {"9" * 5000}, ',
    DIGITS,
)
_rewritten(
    "json/lone-surrogate",
    "Half a character can be signed by one program and cannot even be encoded by another.",
    "The Toolbox",
    "The Toolbox\\ud83c",
    SURROGATES,
)
_rewritten(
    "json/lone-surrogate-reversed",
    "The halves of a character in the wrong order.",
    "The Toolbox",
    "\\udf93\\ud83c",
    SURROGATES,
)
_rewritten(
    "json/surrogate-in-utf-8",
    "A lone surrogate written out in bytes is not UTF-8.",
    "The Toolbox",
    "The Toolbox\ud83c",
    UTF_8,
)
_rewritten("json/comment", "A comment hides from one reader what another reads.", r"\{", "{ /* name */ ", JSON)
_rewritten("json/single-quotes", "What only lenient readers take.", f"{_NAME}", "'name': 'The Toolbox'", JSON)
_rewritten("json/leading-zero", "A number that is octal for some.", _CREDITS, '"creditsAvailable": 020, ', JSON)
_rewritten("json/raw-newline", "A raw line break inside a text.", "The Toolbox", "The\nToolbox", JSON)
_rewritten(
    "json/raw-nul", "A raw zero byte inside a text ends it for programs in C.", "The Toolbox", "The Toolbox\0", JSON
)

issued(
    "json/integer-beyond-doubles",
    "2**53 + 1 and 2**53 are one number for JavaScript, so two readers see two values under one signature.",
    lambda c: c["credentialSubject"]["achievement"].update(creditsAvailable=2**53 + 1),
    "structure PARSING_ERROR",
    INTEGERS,
)


@attack(
    "json/two-documents",
    "A second document after the first is read by nobody or by somebody.",
    "structure PARSING_ERROR",
    JSON,
)
def _(stage: Stage) -> bytes:
    genuine = stage.text(stage.secure(stage.course()))
    return genuine + b"\n" + genuine


@attack("json/nul-after-the-end", "A zero byte ends the text for programs in C.", "structure PARSING_ERROR", JSON)
def _(stage: Stage) -> bytes:
    return stage.text(stage.secure(stage.course())) + b"\0"


@attack(
    "json/latin-1", "Bytes that are not UTF-8 are guessed at, and guesses differ.", "structure PARSING_ERROR", UTF_8
)
def _(stage: Stage) -> bytes:
    return stage.text(stage.secure(stage.course())).decode().encode("latin-1", "replace")


@attack("json/overlong-utf-8", "An overlong quotation mark is one for some decoders.", "structure PARSING_ERROR", UTF_8)
def _(stage: Stage) -> bytes:
    return stage.text(stage.secure(stage.course())).replace(b"The Toolbox", b"The\xc0\xa2Toolbox", 1)


@attack(
    "json/nested-a-hundred-thousand-deep", "A reader that recurses overflows its stack.", "structure TOO_LARGE", DEPTH
)
def _(stage: Stage) -> bytes:
    return b'{"a":' * 100_000


@attack(
    "json/too-large",
    "A genuine certificate with megabytes of white space costs memory for each copy.",
    "structure TOO_LARGE",
    SIZE,
)
def _(stage: Stage) -> bytes:
    genuine = stage.text(stage.secure(stage.course()))
    return genuine + b" " * (4 * 1024 * 1024 + 1 - len(genuine))


def _page(name: str, threat: str, url: str, text: bytes, stopped: str, by: Guard, **more: Any) -> None:
    def build(stage: Stage) -> bytes:
        stage.pages[url] = text
        return stage.text(stage.secure(stage.course()))

    attack(name, threat, stopped, by, **more)(build)


_page(
    "json/did-document-is-a-list",
    "An issuer's document that is no object makes its reader fall over.",
    web.document_url(DID),
    b"[]",
    "proof INVALID_CONTROLLED_IDENTIFIER_DOCUMENT",
    OBJECT,
)
_page(
    "json/status-list-is-a-list",
    "A status list that is no object makes its reader fall over.",
    LIST,
    b' {"a": [}',
    "status STATUS_VERIFICATION_ERROR",
    JSON,
)
