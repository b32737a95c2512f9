"""Tokens whose holder adds, swaps or hides what the issuer signed (RFC 9901, SD-JWT), and borrowed presentations."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from tests.attacks.attack import Guard, attack, guard
from tests.attacks.families.tokens import repacked
from tests.attacks.guards import SIGNATURE, TWICE
from tests.attacks.keys import WordSigner
from tests.attacks.stage import Stage
from tests.simulators import METHOD
from tests.vc.samples import NOW
from vc.formats import sd_jwt
from vc.multibase import base64url_encode

_SD, _DIS, _KB = "vc/formats/sd_jwt.py", "vc/disclosures.py", "vc/key_binding.py"

FOREIGN = guard("a disclosure is the issuer's", (_DIS, "if len(work.places) != len(disclosures):", "if False:"))
DOUBLED = guard("a disclosure stands once", (_DIS, "if len(by_digest) != len(disclosures):", "if False:"))
DIGESTS = guard("a digest stands once", (_DIS, "if one in self.seen:", "if False:"))
REPLACES = guard("a disclosure replaces nothing", (_DIS, "if name in found:", "if False:"))
NAMES = guard("names of disclosures", (_DIS, "if not isinstance(name, str) or name in _SPECIAL:", "if False:"))
FORM = guard(
    "a disclosure's form",
    (_DIS, "if not isinstance(parts, list) or len(parts) != count or not isinstance(parts[0], str):", "if False:"),
)
BESIDE = guard("a digest stands alone", (_DIS, "if len(item) != 1:", "if False:"))
HASHES = guard(
    "safe hashes",
    (_DIS, "if isinstance(name, str) and name in HASHES:", "if isinstance(name, str):"),
    (_DIS, "hashlib.new(HASHES[algorithm], text)", "hashlib.new(HASHES.get(algorithm, 'md5'), text)"),
)
MANY = guard("bounded disclosures", (_DIS, "if len(disclosures) > MAX_DISCLOSURES:", "if False:"))
DEPTH = guard("bounded depth of disclosures", (_DIS, "if depth > strict_json.MAX_DEPTH:", "if False:"))
SPECIAL = guard("names of digests", (_DIS, "if name in (_DOTS, _ALG):", "if False:"))
WITHHELD = guard("what is never withheld", (_SD, 'if place.split("/")[1] in _NEVER_WITHHELD:', "if False:"))
KNOWN_TYPE = guard("known types of disclosing tokens", (_SD, "if typ and typ not in _TYPES:", "if False:"))
KIND = guard(
    "a disclosing token carries what its type says",
    (
        _SD,
        'if credential == presentation or presentation != (typ == "vp+sd-jwt") or document.keys() & {"vc", "vp"}:',
        "if False:",
    ),
)
PROOF = guard(
    "one proof of a disclosing token",
    (_SD, 'if "proof" in document:\n        raise ProofInvalid', "if False:\n        raise ProofInvalid"),
)
ONE_ISSUER = guard(
    "one issuer of a disclosing token",
    (_SD, "if any(said != party for said in", "if False and any(said != party for said in"),
    ("vc/jwt_claims.py", "if name in claims and claims[name] != member:", "if False:"),
)
UNASKED = guard(
    "presented to nobody else", (_KB, "if expected.challenge is None and expected.domain is None:", "if False:")
)
AUDIENCE = guard(
    "presented to us", (_KB, 'if expected.domain is not None and claims["aud"] != expected.domain:', "if False:")
)
NONCE = guard(
    "presented now", (_KB, 'if expected.challenge is not None and claims["nonce"] != expected.challenge:', "if False:")
)
CHOICE = guard("presented as it is", (_KB, 'if claims["sd_hash"] != digest(covered, algorithm):', "if False:"))
OLD = guard("presented lately", (_KB, 'if moment(claims, "iat") < expected.now - MAX_AGE:', "if False:"))
KB_TYPE = guard("a holder's signature", (_KB, 'if jose.media_type(jws.header, "typ") != TYPE:', "if False:"))
BOUND = guard("the holder signed", (_SD, '    elif asked and typ != "vp+sd-jwt":\n', "    elif False:\n"))

INVALID = "proof PROOF_VERIFICATION_ERROR"
UNREAD = "structure PROOF_VERIFICATION_ERROR"
ASKED = {"domain": "https://employer.example", "challenge": "k3Jr9c"}
HOLDER = WordSigner("a learner")
_SALTS = [bytes([number]) * 16 for number in range(1, 40)]
GRADE = "/credentialSubject/result/0/value"


def genuine(stage: Stage, *pointers: str, holder: bool = False, **claims: Any) -> bytes:
    """With every disclosure."""
    return sd_jwt.secure(
        stage.course(),
        signer=stage.signer,
        verification_method=METHOD,
        disclosable=pointers or (GRADE,),
        salts=_SALTS,
        holder=HOLDER.public_key if holder else None,
        **claims,
    )


def bound(stage: Stage, **changes: Any) -> bytes:
    values: dict[str, Any] = {"audience": ASKED["domain"], "nonce": ASKED["challenge"], "now": NOW, "holder": HOLDER}
    return sd_jwt.bind(genuine(stage, holder=True), **(values | changes))


def _text(*parts: Any) -> str:
    return base64url_encode(json.dumps(parts, ensure_ascii=False).encode())


def _digest(text: str, algorithm: str = "sha256") -> str:
    return base64url_encode(hashlib.new(algorithm, text.encode()).digest())


def _sd(name: str, threat: str, stopped: str, by: Guard, build: Callable[[Stage], bytes], **more: Any) -> None:
    attack(f"sd-jwt/{name}", threat, stopped, by, **more)(build)


def _issued(stage: Stage, change: Callable[[dict[str, Any]], Any], *texts: str, **header: Any) -> bytes:
    """Signed as it stands, by somebody whose software has no guards; then its disclosures."""
    claims = stage.course()
    change(claims)
    return b"~".join([stage.token(claims, {"typ": "vc+sd-jwt", **header}), *(text.encode() for text in texts), b""])


# --- by the holder, or by who found it ---------------------------------------------------------------------

_sd(
    "better-title",
    "The signed part is changed.",
    INVALID,
    SIGNATURE,
    lambda s: b"~".join(
        [repacked(genuine(s).split(b"~")[0], "The Toolbox", "The Doctor"), *genuine(s).split(b"~")[1:]]
    ),
)
_sd(
    "better-grade",
    "A disclosure is swapped for one that says more.",
    UNREAD,
    FOREIGN,
    lambda s: b"~".join([genuine(s).split(b"~")[0], _text("AQEBAQEBAQEBAQEBAQEBAQ", "value", "100").encode(), b""]),
)
_sd(
    "added-disclosure",
    "A disclosure that the issuer never made.",
    UNREAD,
    FOREIGN,
    lambda s: genuine(s) + _text("c2FsdA", "honours", "summa cum laude").encode() + b"~",
)
_sd(
    "disclosure-of-another-token",
    "A disclosure of another learner's credential.",
    UNREAD,
    FOREIGN,
    lambda s: genuine(s) + genuine(s, "/name").split(b"~")[1] + b"~",
)
_sd(
    "disclosure-twice",
    "One disclosure in two places.",
    UNREAD,
    DOUBLED | FOREIGN,
    lambda s: genuine(s) + genuine(s).split(b"~")[1] + b"~",
)
_sd(
    "more-than-a-thousand",
    "Disclosures beyond number.",
    "structure TOO_LARGE",
    MANY | FOREIGN,
    lambda s: genuine(s) + b"".join(_text(f"c2Fsd{n}", "x", n).encode() + b"~" for n in range(1_001)),
)

# --- by an issuer whose digests say two things -------------------------------------------------------------

_TEXT = _text("AQEBAQEBAQEBAQEBAQEBAQ", "description", "About something else.")
_NAME = _text("AQEBAQEBAQEBAQEBAQEBAQ", "name", "Doctor of Medicine")


def _with(*digests: str) -> Callable[[dict[str, Any]], None]:
    return lambda c: c.update(_sd=list(digests))


_sd(
    "digest-twice",
    "A digest in two places shows one value twice.",
    UNREAD,
    DIGESTS | REPLACES,
    lambda s: _issued(s, _with(_digest(_TEXT), _digest(_TEXT)), _TEXT),
)
_sd(
    "disclosure-replaces-a-member",
    "A disclosure replaces what stands there openly.",
    UNREAD,
    REPLACES,
    lambda s: _issued(s, _with(_digest(_NAME)), _NAME),
)
for _word in ("_sd", "...", "_sd_alg"):
    _sd(
        f"disclosure-called-{_word.strip('_').replace('...', 'dots')}",
        "A disclosure that makes further digests.",
        UNREAD,
        NAMES,
        lambda s, w=_word: _issued(s, _with(_digest(_text("c2FsdA", w, []))), _text("c2FsdA", w, [])),
    )
_sd(
    "disclosure-of-two-parts",
    "A disclosure of an array's form where a member is.",
    UNREAD,
    FORM,
    lambda s: _issued(s, _with(_digest(_text("c2FsdA", "x"))), _text("c2FsdA", "x")),
)
_sd(
    "disclosure-with-two-names",
    "A disclosure in which a member stands twice.",
    "structure PARSING_ERROR",
    TWICE,
    lambda s: _issued(s, _with(_digest(_TWO)), _TWO),
)
_sd(
    "digest-with-something-beside-it",
    "A digest in an array with members beside it.",
    UNREAD,
    BESIDE,
    lambda s: _issued(
        s, lambda c: c["type"].append({"...": _digest(_text("c2FsdA", "urn:x")), "x": 1}), _text("c2FsdA", "urn:x")
    ),
)
_sd(
    "dots-as-a-member",
    "The name of a digest as a member's.",
    UNREAD,
    SPECIAL,
    lambda s: _issued(s, lambda c: c["issuer"].update({"...": "x"})),
)
_sd(
    "digests-by-md5",
    "A hash for which anybody can make a second disclosure.",
    UNREAD,
    HASHES,
    lambda s: _issued(s, lambda c: c.update(_sd_alg="md5", _sd=[_digest(_HONOURS, "md5")]), _HONOURS),
)
_sd(
    "digests-by-sha-1",
    "The same with SHA-1.",
    UNREAD,
    HASHES,
    lambda s: _issued(s, lambda c: c.update(_sd_alg="sha-1", _sd=[])),
)
for _word, _value in (
    ("exp", 1900000000),
    ("nbf", 1700000000),
    ("cnf", {"jwk": HOLDER.jwk}),
    ("iss", "did:web:credentials.example.org"),
):
    _sd(
        f"withheld-{_word}",
        "What decides whether it holds is not the holder's to withhold.",
        UNREAD,
        WITHHELD,
        lambda s, w=_word, v=_value: _issued(s, _with(_digest(_text("c2FsdA", w, v))), _text("c2FsdA", w, v)),
    )
_sd(
    "disclosures-in-disclosures",
    "Disclosures that nest without end.",
    "structure TOO_LARGE",
    DEPTH,
    lambda s: _nested(s),
)
_sd(
    "type-of-an-access-token",
    "A token that was made for another purpose.",
    UNREAD,
    KNOWN_TYPE,
    lambda s: _issued(s, lambda c: None, typ="at+jwt"),
)
_sd(
    "type-of-a-presentation",
    "A credential that says it is a presentation.",
    INVALID,
    KIND,
    lambda s: _issued(s, lambda c: None, typ="vp+sd-jwt"),
)
_sd(
    "another-iss",
    "The claims name another issuer than the credential.",
    INVALID,
    ONE_ISSUER,
    lambda s: _issued(s, lambda c: c.update(iss="did:web:evil.example")),
)
_sd(
    "with-a-proof-inside",
    "A token whose credential has a proof of its own.",
    INVALID,
    PROOF,
    lambda s: _issued(s, lambda c: c.update(proof=s.secure(s.course())["proof"])),
)

_TWO = base64url_encode(b'["c2FsdA", "x", {"a": 1, "a": 2}]')
_HONOURS = _text("c2FsdA", "name2", "x")


def _nested(stage: Stage) -> bytes:
    texts: list[str] = []
    value: Any = "x"
    for number in range(70):
        text = _text("c2FsdA", f"n{number}", value)
        texts.append(text)
        value = {"_sd": [_digest(text)]}
    return _issued(stage, lambda c: c.update(value), *texts)


# --- the holder's signature --------------------------------------------------------------------------------

_sd(
    "made-for-somebody-else", "What was presented to one is passed on to another.", INVALID, UNASKED, lambda s: bound(s)
)
_sd(
    "not-bound",
    "A copy without the holder's signature is handed in as an answer.",
    INVALID,
    BOUND,
    lambda s: genuine(s, holder=True),
    asked=ASKED,
)
_sd(
    "bound-by-a-thief",
    "Somebody else signs for the holder.",
    INVALID,
    SIGNATURE,
    lambda s: bound(s, holder=s.attacker),
    asked=ASKED,
)
_sd(
    "bound-for-another-audience",
    "An answer to another asker.",
    INVALID,
    AUDIENCE,
    lambda s: bound(s, audience="https://shop.example"),
    asked=ASKED,
)
_sd(
    "bound-with-another-nonce",
    "An answer to another question.",
    INVALID,
    NONCE,
    lambda s: bound(s, nonce="another"),
    asked=ASKED,
)
_sd(
    "bound-last-year",
    "An answer from long ago.",
    "proof RANGE_ERROR",
    OLD,
    lambda s: bound(s, now=NOW.replace(year=2025)),
    asked=ASKED,
)
_sd(
    "bound-to-another-choice",
    "The holder's signature over fewer disclosures is put under more.",
    INVALID,
    CHOICE,
    lambda s: genuine(s, holder=True) + bound_to_nothing(s).rpartition(b"~")[2],
    asked=ASKED,
)
_sd(
    "bound-by-a-credential",
    "Another token by the holder in the place of the signature.",
    INVALID,
    KB_TYPE,
    lambda s: _untyped(s),
    asked=ASKED,
)


def bound_to_nothing(stage: Stage) -> bytes:
    shown = sd_jwt.present(genuine(stage, holder=True), disclose=[])
    return sd_jwt.bind(shown, holder=HOLDER, audience=ASKED["domain"], nonce=ASKED["challenge"], now=NOW)


def _untyped(stage: Stage) -> bytes:
    covered = genuine(stage, holder=True)
    claims = {
        "iat": int(NOW.timestamp()),
        "aud": ASKED["domain"],
        "nonce": ASKED["challenge"],
        "sd_hash": _digest(covered.decode()),
    }
    return covered + stage.token(claims, {"typ": "JWT", "kid": None}, signer=HOLDER)
