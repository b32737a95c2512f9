"""Where an attack is built: the issuer and the attacker with their keys, and the pages that the world will serve.

stage = Stage()
stage.text(stage.secure(stage.course()))        # what a genuine certificate is
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.attacks.keys import WordSigner
from tests.simulators import DID, METHOD, World
from tests.vc.samples import HOST, course, specialization
from vc import jose, rdf, rdfc
from vc.context_rules import CREDENTIAL, OPEN_BADGES, ContextRule
from vc.cryptosuites import CRYPTOSUITES
from vc.dids import web
from vc.hashed_proof import HashedProof
from vc.keys import KeyKind, PublicKey, Signer
from vc.multibase import multibase_encode

EVIL = "did:web:evil.example"
LIST = f"{HOST}/status/1"


class Stage:
    """`world`: the genuine one; `pages`: what is served beside it or in place of it; `missing`: where
    nothing is. `names`, `answers`: of `internet.Internet`, where the fetcher itself is attacked."""

    def __init__(self) -> None:
        self.world = World()
        self.signer = self.world.signer
        self.attacker = WordSigner("an attacker")
        self.pages: dict[str, bytes] = {}
        self.missing: set[str] = set()
        self.names: dict[str, list[str]] = {}
        self.answers: dict[str, bytes] = {}

    # --- documents -----------------------------------------------------------------------------------------

    def course(self, **members: Any) -> dict[str, Any]:
        return {**self.world.issuer_of(course(self.signer)), **members}

    def program(self) -> dict[str, Any]:
        """Its parts have no certificates of their own that could be had."""
        return self.world.issuer_of(specialization(self.signer, 3))

    def text(self, document: Any) -> bytes:
        return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")

    # --- signatures ----------------------------------------------------------------------------------------

    def secure(self, credential: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return self.world.secure(credential, **changes)

    def secure_as_is(
        self,
        document: dict[str, Any],
        *,
        signer: Signer | None = None,
        method: str = METHOD,
        suite: str = "eddsa-rdfc-2022",
        rule: ContextRule = OPEN_BADGES,
        proof: Mapping[str, Any] | None = None,
        seen: dict[str, Any] | None = None,
        named: str | None = None,
    ) -> dict[str, Any]:
        """Signed by somebody whose software has no guards. `proof`: members of it, None takes one out; `seen`: what
        that software saw of the document; `named`: the suite whose algorithm is used, if not the proof's own."""
        options: dict[str, Any] = {
            "type": "DataIntegrityProof",
            "cryptosuite": suite,
            "created": "2026-03-02T12:00:00Z",
            "verificationMethod": method,
            "proofPurpose": "assertionMethod",
            **(proof or {}),
        }
        options = {name: value for name, value in options.items() if value is not None}
        signer = signer or self.signer
        how = CRYPTOSUITES[named or suite]
        if not isinstance(how, HashedProof):
            raise TypeError(f"{suite} hashes in its own way")
        digest = hash_data(how, seen or document, options, signer.public_key, rule)
        value = multibase_encode(signer.sign(digest), "z")
        return {**document, "proof": [{**options, "proofValue": value}]}

    def token(self, claims: Any, header: Mapping[str, Any] | None = None, *, signer: Signer | None = None) -> bytes:
        """A JWS by somebody whose software has no guards. `claims`: an object, or the payload's bytes; `header`:
        members of it, None takes one out."""
        whole = {"typ": "vc+jwt", "kid": METHOD, **(header or {})}
        payload = claims if isinstance(claims, bytes) else json.dumps(claims, ensure_ascii=False).encode()
        return jose.sign(
            {name: value for name, value in whole.items() if value is not None}, payload, signer or self.signer
        )

    # --- identifiers ---------------------------------------------------------------------------------------

    def publish(self, did: str, keys: Mapping[str, PublicKey], **changes: Any) -> dict[str, Any]:
        """A did:web document, put where it belongs; `changes` None takes a member out."""
        document = {**web.document(did, keys), **changes}
        document = {name: value for name, value in document.items() if value is not None}
        self.pages[web.document_url(did)] = self.text(document)
        return document

    def campus(self, kind: KeyKind, word: str = "a campus") -> tuple[str, WordSigner]:
        """An issuer of the same academy with a key of another kind: its did:web and signer; the key is `#key-1`."""
        did = f"{DID}:{kind.lower()}"
        signer = WordSigner(word, kind)
        self.pages[web.document_url(did)] = self.text(campus_document(did, signer))
        return did, signer

    # --- status lists --------------------------------------------------------------------------------------

    def status_list(self, change: Any = None, **options: Any) -> None:
        """The issuer's list, unsound as `change` makes it, signed as it then is."""
        document = {name: value for name, value in self.world.status_list().items() if name != "proof"}
        if change is not None:
            change(document)
        self.pages[LIST] = self.text(self.secure_as_is(document, rule=CREDENTIAL, **options))


def campus_document(did: str, signer: WordSigner) -> dict[str, Any]:
    key = {"id": f"{did}#key-1", "type": "JsonWebKey", "controller": did, "publicKeyJwk": signer.jwk}
    return {"id": did, "verificationMethod": [key], "assertionMethod": [f"{did}#key-1"]}


def hash_data(
    suite: HashedProof, document: dict[str, Any], options: dict[str, Any], key: PublicKey, rule: ContextRule
) -> bytes:
    """What the suite signs, by a software that checks nothing of it."""
    from vc import hashed_proof, jcs, jsonld

    algorithm = "sha384" if key.kind == "P-384" else "sha256"
    parts = []
    for part in (options, document):
        if suite.transform is hashed_proof.jcs_:
            text = jcs.canonical(part)
        else:
            whole = {**part, "@context": document["@context"]}
            with unguarded():
                expanded = jsonld._pyld.expand(
                    jsonld._pinned(whole, jsonld.CURRENT),
                    {"base": rdf.RELATIVE_BASE, "documentLoader": jsonld._load, "processingMode": "json-ld-1.1"},
                )
                text = rdfc.canonicalize(rdf.quads_of(expanded), algorithm=algorithm).text.encode()
        parts.append(hashlib.new(algorithm, text).digest())
    return b"".join(parts)


@contextmanager
def unguarded() -> Iterator[None]:
    """`vc.rdf` as it would be if it refused nothing: only while an attack is signed."""
    kept = rdf.iri, rdf._Conversion
    rdf.iri, rdf._Conversion = _any_iri, _Conversion  # type: ignore[misc]  # put back below
    try:
        yield
    finally:
        rdf.iri, rdf._Conversion = kept  # type: ignore[misc]  # as it was


def _any_iri(text: str) -> str:
    return f"<{text}>"


class _Conversion(rdf._Conversion):
    """States what it is given, twice if need be."""

    def run(self, expanded: list[Any]) -> set[rdf.Quad]:
        self.described = _Forgetful()
        for node in expanded:
            self._node(node, "")
        return self.quads


class _Forgetful(dict[tuple[str, str], set[int]]):
    def setdefault(self, key: tuple[str, str], default: set[int] | None = None) -> set[int]:
        return set()
