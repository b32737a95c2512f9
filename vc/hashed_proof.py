"""What most cryptosuites share: the signature is over the hash of the proof's options and the hash of the document.

Data Integrity EdDSA Cryptosuites 1.0 section 3 and ECDSA Cryptosuites 1.0 section 3 say the same five algorithms for
each suite; they differ in three things: how a document becomes bytes (RDFC-1.0 or JCS), which keys may sign, and how
the proof names itself. A key of P-384 hashes with SHA-384 everywhere, inside the canonicalization too.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vc import jcs
from vc.compiled import Lesson, Shapes, canonical_bytes
from vc.context_rules import ContextRule, check_contexts
from vc.errors import MalformedValue, NotSupported, ProofInvalid
from vc.jsonld import CURRENT, Contents
from vc.keys import KeyKind, PublicKey, Signer
from vc.multibase import multibase_decode, multibase_encode

# Which hash goes with which key (ECDSA section 3.1.1; EdDSA section 3.1), and how long its signatures are, in bytes.
_HASH: dict[KeyKind, str] = {"Ed25519": "sha256", "P-256": "sha256", "P-384": "sha384"}
_HASHES = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}
_LENGTH: dict[KeyKind, int] = {"Ed25519": 64, "P-256": 64, "P-384": 96}

Transform = Callable[[dict[str, Any], ContextRule, Contents, str, Lesson | None], bytes]
"""`transform(document, rule, contents, hash name, lesson)`: the bytes that are hashed."""


def rdfc(
    document: dict[str, Any], rule: ContextRule, contents: Contents, algorithm: str, lesson: Lesson | None
) -> bytes:
    return canonical_bytes(document, rule=rule, contents=contents, algorithm=algorithm, shapes=lesson)


def jcs_(document: dict[str, Any], rule: ContextRule, contents: Contents, algorithm: str, _: Lesson | None) -> bytes:
    """Everything is signed, so nothing can be dropped; the contexts must be known ones all the same."""
    if "@context" in document:
        check_contexts(document["@context"], rule)
    return jcs.canonical(document)


@dataclass(frozen=True)
class HashedProof:
    """A cryptosuite of this family. `type`: the proof's; `verify_only`: it is not made any more."""

    name: str
    key_kinds: frozenset[KeyKind]
    transform: Transform
    type: str = "DataIntegrityProof"
    verify_only: bool = False

    def create_proof(
        self,
        document: dict[str, Any],
        options: dict[str, Any],
        *,
        signer: Signer,
        rule: ContextRule,
        shapes: Shapes | None = None,
    ) -> dict[str, Any]:
        """Sections 3.2.1 and 3.3.1. `options` is the proof without `proofValue`; the result has it. `shapes` are asked
        before the full path, and learn what they did not know."""
        if self.verify_only:
            raise NotSupported("New signatures of the kind {name} are not made here.", name=self.name)
        kind = signer.public_key.kind
        if self.transform is jcs_ and "@context" in document:  # section 3.3.1 step 2
            options = {**options, "@context": document["@context"]}
        lesson = None if shapes is None else Lesson(shapes)
        data = self.hash_data(document, options, kind=kind, rule=rule, lesson=lesson)
        signature = signer.sign(data)
        if lesson is not None:
            lesson.learn()
        return {**options, "proofValue": multibase_encode(signature, "z")}

    def verify_proof(
        self,
        document: dict[str, Any],
        proof: dict[str, Any],
        *,
        key: PublicKey,
        rule: ContextRule,
        contents: Contents = CURRENT,
        shapes: Shapes | None = None,
    ) -> bytes:
        """Sections 3.2.2 and 3.3.2. The hash of the canonical document. `shapes` learn what is genuine alone."""
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        signature = _signature(proof, _LENGTH[key.kind])
        lesson = None if shapes is None else Lesson(shapes)
        data = self.hash_data(document, options, kind=key.kind, rule=rule, contents=contents, lesson=lesson)
        key.verify(signature, data)
        if lesson is not None:
            lesson.learn()
        return data[len(data) // 2 :]

    def hash_data(
        self,
        document: dict[str, Any],
        options: dict[str, Any],
        *,
        kind: KeyKind,
        rule: ContextRule,
        contents: Contents = CURRENT,
        lesson: Lesson | None = None,
    ) -> bytes:
        """Transformation, hashing and proof configuration: the configuration's hash, then the document's."""
        check_options(options, document, type=self.type, name=self.name)
        if self.transform is rdfc:
            options = {**options, "@context": document.get("@context")}
        algorithm = _HASH[kind]
        hash_ = _HASHES[algorithm]
        return b"".join(
            [hash_(self.transform(part, rule, contents, algorithm, lesson)).digest() for part in (options, document)]
        )


def check_options(options: dict[str, Any], document: dict[str, Any], *, type: str, name: str) -> None:
    """What section 3.2.5, "Proof Configuration", wants of the proof's options. Raises `ProofInvalid`."""
    if options.get("type") != type or options.get("cryptosuite", name) != name:
        raise ProofInvalid("The proof is not of type {type} with cryptosuite {name}.", type=type, name=name)
    if options.get("@context", document.get("@context")) != document.get("@context"):
        # Section 3.3.2 would let the document name further contexts than the proof does. They would be unsigned.
        raise ProofInvalid("The proof has another @context than the credential.")


def _signature(proof: dict[str, Any], length: int) -> bytes:
    try:
        signature = multibase_decode(proof.get("proofValue", ""), "z")
    except MalformedValue as error:
        raise ProofInvalid("The proof's proofValue cannot be read: {reason}", reason=str(error)) from error
    if len(signature) != length:
        raise ProofInvalid(
            "A signature by this key has {expected} bytes; this one has {length}.",
            expected=length,
            length=len(signature),
        )
    return signature
