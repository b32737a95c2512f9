"""Credentials secured by an embedded proof (Verifiable Credential Data Integrity 1.0).

    secured = secure(credential, signer=signer, verification_method=f"{did}#key-1", created=now, rule=OPEN_BADGES)
    verified = verify_proofs(secured, dereference=dereference, expected=Expected(now=now))

Verifying raises unless *every* proof of the set verifies, and gives back the document without its proofs: exactly
what was signed, nothing else. Known libraries accept a set when any one proof verifies; an employer cannot.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from vc import strict_json
from vc.compiled import Shapes
from vc.context_history import contents_of
from vc.context_rules import ContextRule
from vc.cryptosuites import SELECTIVE, cryptosuite, selective
from vc.dates import CLOCK_SKEW, parse_datetime, timestamp
from vc.errors import Invalid, NotSupported, ProofInvalid, ProofMissing, RangeError, UnsignedData, WrongPurpose
from vc.jsonld import CURRENT, Contents
from vc.keys import Signer
from vc.securing import ASSERTION, Dereference, Expected, Secured, Verified, issuer_of, require_controller

__all__ = [
    "ASSERTION",
    "Verified",
    "derive",
    "issuer_of",
    "proofs_of",
    "read",
    "recognizes",
    "secure",
    "secure_base",
    "verify",
    "verify_proofs",
]

# A set of more proofs than this is an attempt to make us work.
MAX_PROOFS = 8

NAME = "data_integrity"


def recognizes(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read(data: bytes) -> Secured:
    """Raises what `vc.strict_json` raises."""
    return Secured(NAME, strict_json.parse_object(data))


def secure(
    credential: dict[str, Any],
    *,
    signer: Signer,
    verification_method: str,
    created: datetime,
    rule: ContextRule,
    suite: str = "eddsa-rdfc-2022",
    shapes: Shapes | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Section 4.2, "Add Proof", and with a proof there already 4.3, "Add Proof Set/Chain". `options`: further members
    of the proof, such as `id`, `previousProof`, `domain`, `challenge`, `proofPurpose`. `shapes`: see `vc.compiled`.

    Raises what canonicalization refuses."""
    unsecured = {name: value for name, value in credential.items() if name != "proof"}
    before = proofs_of(credential) if "proof" in credential else []
    proof = _options(suite, verification_method, created) | options
    covered = _with_previous(unsecured, proof, before)
    made = cryptosuite(suite).create_proof(covered, proof, signer=signer, rule=rule, shapes=shapes)
    return {**credential, "proof": [*before, made]}


def secure_base(
    credential: dict[str, Any],
    *,
    signer: Signer,
    ephemeral: Signer,
    hmac_key: bytes,
    mandatory_pointers: Iterable[str],
    verification_method: str,
    created: datetime,
    rule: ContextRule,
    suite: str = "ecdsa-sd-2023",
) -> dict[str, Any]:
    """The credential with a base proof, for its holder alone. `ephemeral` and `hmac_key`: fresh ones for each proof.

    Raises what canonicalization refuses, and `ShapeError` where the holder could leave out what must be seen."""
    if "proof" in credential:
        raise NotSupported("A base proof stands by itself; this credential has a proof already.")
    proof = selective(suite).create_base_proof(
        credential,
        _options(suite, verification_method, created),
        signer=signer,
        ephemeral=ephemeral,
        hmac_key=hmac_key,
        mandatory_pointers=mandatory_pointers,
        rule=rule,
    )
    return {**credential, "proof": proof}


def derive(credential: dict[str, Any], *, selective_pointers: Iterable[str], rule: ContextRule) -> dict[str, Any]:
    """What the holder of a base proof shows: the mandatory parts and those at the JSON Pointers. Raises `ProofInvalid`,
    `MalformedValue` for a pointer that leads nowhere."""
    unsecured = {name: value for name, value in credential.items() if name != "proof"}
    proofs = proofs_of(credential)
    if len(proofs) != 1:
        raise NotSupported("A part can be shown of a credential with one proof only; this one has {n}.", n=len(proofs))
    suite = selective(_suite_name(proofs[0]))
    revealed, proof = suite.derive(unsecured, proofs[0], selective_pointers=selective_pointers, rule=rule)
    return {**revealed, "proof": proof}


def verify(secured: Secured, *, dereference: Dereference, expected: Expected) -> Verified:
    """Under the current contents of its contexts, and if it does not verify so, under the earlier ones: the bytes
    behind a context URL have changed in place. Raises `Invalid` or `Unavailable`."""
    first: Invalid | None = None
    for contents in contents_of(secured.document):
        try:
            return verify_proofs(secured.document, dereference=dereference, expected=expected, contents=contents)
        except (ProofInvalid, UnsignedData) as error:
            first = first or error
    raise first or ProofInvalid("The proof could not be checked.")


def verify_proofs(
    document: dict[str, Any], *, dereference: Dereference, expected: Expected, contents: Contents = CURRENT
) -> Verified:
    """Sections 4.4 and 4.5, "Verify Proof" and "Verify Proof Sets and Chains"."""
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    proofs = proofs_of(document)
    roots = [proof for proof in proofs if "previousProof" not in proof]
    if not roots:
        raise ProofInvalid("The proofs refer to each other in a circle; none of them is the first.")
    # The first of a chain says what the document itself hashes to.
    found = [
        _verify_one(unsecured, proof, proofs, dereference=dereference, expected=expected, contents=contents)
        for proof in (*roots, *(proof for proof in proofs if "previousProof" in proof))
    ]
    return Verified(
        document=unsecured,
        digest=found[0][0],
        methods=tuple(method for _, method, _ in found),
        created=tuple(created for _, _, created in found),
        contents=contents,
        mechanism=", ".join(dict.fromkeys(_suite_name(proof) for proof in proofs)),
        partial=any(_suite_name(proof) in SELECTIVE for proof in proofs),
    )


def _options(suite: str, verification_method: str, created: datetime) -> dict[str, Any]:
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": timestamp(created),
        "verificationMethod": verification_method,
        "proofPurpose": ASSERTION,
    }


def proofs_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The proof set. Raises `ProofMissing` when there is none: an empty set is no proof."""
    proofs = document.get("proof")
    proofs = proofs if isinstance(proofs, list) else [proofs]
    if not proofs or proofs == [None]:
        raise ProofMissing("The credential is not signed: it has no proof.")
    if len(proofs) > MAX_PROOFS:
        raise ProofInvalid(
            "The credential has {count} proofs; at most {limit} are read.", count=len(proofs), limit=MAX_PROOFS
        )
    if not all(isinstance(proof, dict) for proof in proofs):
        raise ProofInvalid("A proof is not an object.")
    return proofs


def _verify_one(
    unsecured: dict[str, Any],
    proof: dict[str, Any],
    proofs: list[dict[str, Any]],
    *,
    dereference: Dereference,
    expected: Expected,
    contents: Contents,
) -> tuple[bytes, str, datetime | None]:
    # (1) the suite is one we allow
    suite = cryptosuite(_suite_name(proof))
    # (2) made for this purpose, and for nobody else
    _check_audience(proof, expected)
    # (3) its own time is sound
    created = _check_times(proof, expected.now)
    # (4) the key is the issuer's own, listed for this purpose in the issuer's document
    url = proof.get("verificationMethod")
    if not isinstance(url, str):
        raise ProofInvalid("The proof does not name its key (verificationMethod).")
    method = dereference(url, expected.purpose)
    require_controller(method, unsecured, expected)
    # (5) the key is of the suite's kind, and the signature is by it
    if method.key.kind not in suite.key_kinds:
        raise ProofInvalid("A key of the kind {kind} cannot sign with {suite}.", kind=method.key.kind, suite=suite.name)
    covered = _with_previous(unsecured, proof, proofs)
    digest = suite.verify_proof(
        covered, proof, key=method.key, rule=expected.rule, contents=contents, shapes=expected.shapes
    )
    # SHA-384 gives 48 bytes; what stands for a document elsewhere (a rosette, a record) has 32.
    return digest if len(digest) == 32 else hashlib.sha256(digest).digest(), url, created


def _suite_name(proof: dict[str, Any]) -> Any:
    return proof.get("cryptosuite", proof.get("type"))


def _check_audience(proof: dict[str, Any], expected: Expected) -> None:
    """Section 4.4 steps 5 to 8. A proof for another's question is a replay here."""
    if proof.get("proofPurpose") != expected.purpose:
        raise WrongPurpose(
            "The proof's purpose is {purpose!r}, not {expected}.",
            purpose=proof.get("proofPurpose"),
            expected=expected.purpose,
        )
    domains = proof.get("domain")
    if "domain" in proof and expected.domain is None:
        raise ProofInvalid("The proof carries {name}, which a credential for everybody does not.", name="domain")
    if expected.domain is not None and expected.domain not in (domains if isinstance(domains, list) else [domains]):
        raise ProofInvalid("The proof was made for {other!r}, not for {domain}.", other=domains, domain=expected.domain)
    if "challenge" in proof and expected.challenge is None:
        raise ProofInvalid("The proof carries {name}, which a credential for everybody does not.", name="challenge")
    if proof.get("challenge") != expected.challenge:
        raise ProofInvalid("The proof does not answer the challenge that was given.")


def _check_times(proof: dict[str, Any], now: datetime) -> datetime | None:
    created = _moment(proof, "created")
    expires = _moment(proof, "expires")
    if created is not None and created > now + CLOCK_SKEW:
        raise RangeError("The proof is dated {created}, which is in the future.", created=created)
    if expires is not None and expires <= now:
        raise RangeError("The proof expired on {expires}.", expires=expires)
    return created


def _with_previous(unsecured: dict[str, Any], proof: dict[str, Any], proofs: list[dict[str, Any]]) -> dict[str, Any]:
    """Section 4.5 step 4: a proof of a chain covers the proofs before it, too."""
    if "previousProof" not in proof:
        return unsecured
    previous = list(_previous(proof, proofs))
    for earlier in previous:
        _refuse_circles(earlier, proofs, seen=[proof])
    return {**unsecured, "proof": previous}


def _previous(proof: dict[str, Any], proofs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    names = proof.get("previousProof", [])
    names = names if isinstance(names, list) else [names]
    if not names and "previousProof" in proof:
        raise ProofInvalid("The proof's previousProof names none.")
    for index, name in enumerate(names):
        if name in names[:index]:
            # Every way through a chain is walked; names that stand often would make more ways than anybody can walk.
            raise ProofInvalid("The proof's previousProof names a proof twice.")
        found = [other for other in proofs if isinstance(name, str) and other.get("id") == name]
        if len(found) != 1:
            raise ProofInvalid("The proof continues {name!r}, which is not there, or there twice.", name=str(name)[:80])
        yield found[0]


def _refuse_circles(proof: dict[str, Any], proofs: list[dict[str, Any]], seen: list[dict[str, Any]]) -> None:
    if any(proof is earlier for earlier in seen):
        raise ProofInvalid("The proofs refer to each other in a circle; none of them is the first.")
    for earlier in _previous(proof, proofs):
        _refuse_circles(earlier, proofs, [*seen, proof])


def _moment(proof: dict[str, Any], name: str) -> datetime | None:
    if name not in proof:
        return None
    try:
        return parse_datetime(proof[name])
    except Invalid as error:
        raise ProofInvalid("The proof's {name} is no date and time: {reason}", name=name, reason=str(error)) from error
