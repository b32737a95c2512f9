"""COSE messages that decide outside their signature, or can be read in two ways (RFC 9052, RFC 8949)."""

import json
from typing import Any

from tests.attacks.attack import Guard, attack, guard
from tests.attacks.guards import CONTROLLER, SIGNATURE
from tests.attacks.stage import EVIL, Stage
from tests.simulators import METHOD
from vc import cbor
from vc.dids import key

_COSE, _CBOR = "vc/formats/cose.py", "vc/cbor.py"

OUTSIDE = guard(
    "nothing decides outside the signature",
    (
        _COSE,
        "if header.keys() & unprotected.keys() or unprotected.keys() & {_ALG, _CRIT, _CONTENT, _CLAIMS, _TYP}:",
        "if False:",
    ),
)
CRIT = guard("no crit in COSE", (_COSE, "    if _CRIT in header:\n", "    if False:\n"))
ALGORITHM = guard(
    "known algorithms of COSE",
    (_COSE, "if not isinstance(algorithm, int) or algorithm not in ALGORITHMS:", "if False:"),
)
SAME_KIND = guard("the key's own algorithm in COSE", (_COSE, "if method.key.kind != wanted:", "if False:"))
ATTACHED = guard("a payload", (_COSE, "if not isinstance(payload, bytes):", "if False:"))
SHAPE = guard(
    "a header in bytes",
    (
        _COSE,
        "if not isinstance(protected, bytes) or not isinstance(unprotected, dict) or not isinstance(signature, bytes):",
        "if False:",
    ),
)
KIND = guard(
    "a message carries what it says", (_COSE, "if not isinstance(value, str) or value.lower() != wanted:", "if False:")
)
CONTENT = guard(
    "a message carries a credential",
    (_COSE, 'if is_credential(document) == is_presentation(document) or document.keys() & {"vc", "vp"}:', "if False:"),
)
PROOF = guard(
    "one proof of a message",
    (_COSE, 'if "proof" in document:\n        raise ProofInvalid', "if False:\n        raise ProofInvalid"),
)
CLAIMS = guard("header and payload say the same", (_COSE, "if claims.setdefault(name, value) != value:", "if False:"))
LEFT_OVER = guard("nothing left over", (_CBOR, "if reader.position != len(data):", "if False:"))
SHORTEST = guard("shortest numbers", (_CBOR, "if number < (24 if size == 1 else 1 << (4 * size)):", "if False:"))
KEYS = guard(
    "a key stands once",
    (_CBOR, "if not isinstance(key, int | str) or key in found:", "if not isinstance(key, int | str):"),
)
DEPTH = guard("bounded depth of CBOR", (_CBOR, "if depth > MAX_DEPTH:", "if False:"))
ITEMS = guard("bounded items of CBOR", (_CBOR, "if number > self.max_items:", "if False:"))
ENOUGH = guard("the bytes are there", (_CBOR, "if count > len(self.data) - self.position:", "if False:"))

INVALID = "proof PROOF_VERIFICATION_ERROR"
UNREAD = "structure PROOF_VERIFICATION_ERROR"
BROKEN = "structure PARSING_ERROR"


def message(
    stage: Stage,
    *,
    claims: Any = None,
    header: dict[Any, Any] | None = None,
    protected: bytes | None = None,
    unprotected: Any = None,
    signer: Any = None,
    carried: Any = b"",
    tag: int = 18,
) -> bytes:
    """Signed as it stands. `protected`: the header's bytes in place of `header`; `carried`: another payload than the
    one that is signed."""
    payload = json.dumps(stage.course() if claims is None else claims, ensure_ascii=False).encode()
    whole = {1: -8, 3: "application/vc", 4: METHOD.encode(), 16: "application/vc+cose", **(header or {})}
    head = protected if protected is not None else cbor.encode({k: v for k, v in whole.items() if v is not None})
    signed = cbor.encode(["Signature1", head, b"", payload])
    signature = (signer or stage.signer).sign(signed)
    return cbor.tagged(tag, [head, unprotected or {}, payload if carried == b"" else carried, signature])


def _cose(name: str, threat: str, stopped: str, by: Guard, **values: Any) -> None:
    attack(f"cose/{name}", threat, stopped, by)(
        lambda stage: message(stage, **{k: v(stage) if callable(v) else v for k, v in values.items()})
    )


def _other(stage: Stage) -> bytes:
    return json.dumps({**stage.course(), "name": "Doctor of Medicine"}).encode()


_cose("better-title", "The payload is changed after signing.", INVALID, SIGNATURE, carried=_other)
_cose(
    "signed-by-a-stranger",
    "A stranger's key under the academy's name.",
    INVALID,
    CONTROLLER,
    header=lambda s: {4: key.method_of(s.attacker.public_key).encode()},
    signer=lambda s: s.attacker,
)
_cose("algorithm-outside", "The algorithm stands outside the signature, too.", UNREAD, OUTSIDE, unprotected={1: -7})
_cose(
    "type-outside",
    "The type stands outside the signature.",
    UNREAD,
    OUTSIDE,
    unprotected={16: "application/vp+cose"},
    header={16: None},
)
_cose("crit", "An extension that must be understood is passed over.", UNREAD, CRIT, header={2: [99]})
_cose(
    "unknown-algorithm", "An algorithm that nobody knows.", "structure UNKNOWN_ALGORITHM", ALGORITHM, header={1: -65535}
)
_cose("algorithm-is-a-text", "An algorithm by name.", "structure UNKNOWN_ALGORITHM", ALGORITHM, header={1: "EdDSA"})
_cose(
    "algorithm-missing",
    "A message that does not say how it was signed.",
    "structure UNKNOWN_ALGORITHM",
    ALGORITHM,
    header={1: None},
)
_cose(
    "algorithm-of-another-key",
    "An algorithm that is not the key's.",
    "proof UNKNOWN_ALGORITHM",
    SAME_KIND,
    header={1: -7},
)
_cose(
    "type-of-another-token",
    "A message that was made for another purpose.",
    INVALID,
    KIND,
    header={16: "application/cwt"},
)
_cose(
    "type-of-a-presentation",
    "A credential that says it is a presentation.",
    INVALID,
    KIND,
    header={16: "application/vp+cose"},
)
_cose(
    "with-a-second-credential",
    "A second credential in a claim.",
    INVALID,
    CONTENT,
    claims=lambda s: {**s.course(), "vc": {}},
)
_cose(
    "with-a-proof-inside",
    "A message whose credential has a proof of its own.",
    INVALID,
    PROOF,
    claims=lambda s: s.secure(s.course()),
)
_cose(
    "two-issuers",
    "Header and payload name two issuers.",
    INVALID,
    CLAIMS,
    header={15: {1: EVIL}},
    claims=lambda s: {**s.course(), "iss": s.course()["issuer"]["id"]},
)
_cose(
    "header-with-two-algorithms",
    "A map with one key twice.",
    BROKEN,
    KEYS,
    protected=b"\xa3\x01\x26\x01\x27\x04" + cbor.encode(METHOD.encode()),
)
_cose(
    "longer-number",
    "A number in a longer form than it needs.",
    BROKEN,
    SHORTEST,
    protected=b"\xa2\x01\x38\x07\x04" + cbor.encode(METHOD.encode()),
)


def _bytes(name: str, threat: str, stopped: str, by: Guard, change: Any) -> None:
    attack(f"cose/{name}", threat, stopped, by)(lambda stage: change(message(stage), stage))


_bytes("bytes-after-the-end", "Something behind the message.", BROKEN, LEFT_OVER, lambda m, s: m + b"\xf6")
_bytes("two-messages", "A second message behind the first.", BROKEN, LEFT_OVER, lambda m, s: m + message(s))
_bytes(
    "nested-a-hundred-thousand-deep",
    "A reader that recurses overflows its stack.",
    "structure TOO_LARGE",
    DEPTH,
    lambda m, s: b"\xd2\x84" + b"\x81" * 100_000,
)
_bytes(
    "a-milliard-items",
    "An array that says it has a milliard members.",
    "structure TOO_LARGE",
    ITEMS | ENOUGH,
    lambda m, s: b"\xd2\x84\x40\xa0\x9a\x3b\x9a\xca\x00" + b"\x80" * 900_000,
)
_bytes(
    "longer-than-the-file",
    "A text that says it is longer than the message.",
    BROKEN,
    ENOUGH | LEFT_OVER | SIGNATURE,
    lambda m, s: m[:-10],
)
_bytes(
    "without-payload",
    "A message that signs something elsewhere.",
    BROKEN,
    ATTACHED,
    lambda m, s: message(s, carried=[]),
)
_bytes(
    "header-is-a-map",
    "A header that is not in bytes is signed by nobody.",
    BROKEN,
    SHAPE,
    lambda m, s: cbor.tagged(18, [{1: -8}, {}, b"{}", b""]),
)
