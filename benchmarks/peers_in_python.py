"""Everybody in this process who can issue and verify a credential, each as two functions without arguments.

    steps(cohort)["pyld"].issue()        # the next learner's document, secured, as bytes

The floor is what no signer can do without: SHA-256 of the canonical form, and the signature; to verify, the same. The
peers are used as their manuals say; what is no part of them (hashing, Ed25519, base58) is the same code for all.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, cycle
from typing import Any, NoReturn

import orjson
import pyoxigraph
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry
from openvc.keys import Ed25519SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite
from pyld import jsonld

from benchmarks.cohort_documents import CREATED, NOW, known
from tests.peers import samples
from vc import dids, strict_json
from vc.compiled import Shapes
from vc.context_rules import OPEN_BADGES
from vc.dates import timestamp
from vc.formats import data_integrity
from vc.jsonld import canonical_form
from vc.keys import PublicKey
from vc.multibase import base64url_encode, multibase_decode, multibase_encode
from vc.securing import Expected

Document = dict[str, Any]
Canonize = Callable[[Document], bytes]

_PRIVATE = Ed25519PrivateKey.from_private_bytes(samples.SEED)
_RAW = _PRIVATE.public_key().public_bytes_raw()
_PUBLIC = PublicKey("Ed25519", _RAW)  # by the quicker of the two libraries (docs/adr/0044)
_OPTIONS: Mapping[str, str] = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": timestamp(CREATED),
    "verificationMethod": samples.METHOD,
    "proofPurpose": "assertionMethod",
}


@dataclass(frozen=True)
class Step:
    """`issue` and `verify` take the cohort's documents in turn. `secured`: what was issued, as it is verified.
    `same`: the suite is eddsa-rdfc-2022, so the signature must be everybody's."""

    name: str
    issue: Callable[[], object]
    verify: Callable[[], object]
    secured: Sequence[bytes] = ()
    same: bool = True


def steps(cohort: Sequence[Document]) -> dict[str, Step]:
    secured = [orjson.dumps(_ours(document)) for document in cohort]
    known_forms = [canonical_form(one, rule=OPEN_BADGES).text.encode() for one in cohort]
    return {
        "floor": _floor(cohort, secured, known_forms),
        "full": _step("Testamur, any document", cohort, secured, _ours, _verify_ours),
        "shape": _by_shape(cohort, secured),
        "parsed": _parsed_before(cohort, secured),
        "jcs": _step(
            "Testamur, eddsa-jcs-2022 (no RDF)",
            cohort,
            [orjson.dumps(_jcs(document)) for document in cohort],
            _jcs,
            _verify_ours,
            same=False,
        ),
        "oxigraph": _by_canonizing("pyoxigraph (RDF in Rust) + Ed25519", cohort, secured, _oxigraph(known())),
        "pyld": _by_canonizing("PyLD + Ed25519", cohort, secured, _pyld(known())),
        "openvc": _openvc(cohort, secured),
        "jws": _jws(cohort),
    }


def agree(found: Mapping[str, Step]) -> None:
    """Everybody issues the same signature, and verifies it. Raises `RuntimeError`, or what the peer raises."""
    whole = json.loads(found["full"].secured[0])
    for step in found.values():
        issued = step.issue()
        if step.same and isinstance(issued, bytes) and _value(json.loads(issued)) != _value(whole):
            raise RuntimeError(f"{step.name} signs the first document otherwise than we do")
        step.verify()


def _value(secured: Document) -> str:
    proof = secured["proof"]
    return str((proof[0] if isinstance(proof, list) else proof)["proofValue"])


def _step(
    name: str,
    cohort: Sequence[Document],
    secured: Sequence[bytes],
    issue: Callable[[Document], Document],
    verify: Callable[[Document], object],
    *,
    same: bool = True,
) -> Step:
    drafts, texts = cycle(cohort), cycle(secured)
    return Step(
        name,
        lambda: orjson.dumps(issue(next(drafts))),
        lambda: verify(strict_json.parse_object(next(texts))),
        secured,
        same,
    )


# --- the floor ---------------------------------------------------------------------------------------------


def _floor(cohort: Sequence[Document], secured: Sequence[bytes], forms: Sequence[bytes]) -> Step:
    """The hash of the proof's options is there already, once for all: a signer of many could do as well."""
    turn = count()
    signatures = [multibase_decode(_value(json.loads(one)), "z") for one in secured]
    options = _hash_of_options(cohort[0])

    def issue() -> bytes:
        form = forms[next(turn) % len(forms)]
        return _PRIVATE.sign(options + hashlib.sha256(form).digest())

    def verify() -> None:
        place = next(turn) % len(forms)
        _PUBLIC.verify(signatures[place], options + hashlib.sha256(forms[place]).digest())

    return Step("the floor: SHA-256 + Ed25519", issue, verify, secured, same=False)


def _hash_of_options(document: Document) -> bytes:
    options = {**_OPTIONS, "@context": document["@context"]}
    return hashlib.sha256(canonical_form(options, rule=OPEN_BADGES).text.encode()).digest()


# --- ours --------------------------------------------------------------------------------------------------


def _secure(document: Document, *, suite: str, shapes: Shapes | None = None) -> Document:
    return data_integrity.secure(
        document,
        signer=samples.SIGNER,
        verification_method=samples.METHOD,
        created=CREATED,
        rule=OPEN_BADGES,
        suite=suite,
        shapes=shapes,
    )


_ours = partial(_secure, suite="eddsa-rdfc-2022")
_jcs = partial(_secure, suite="eddsa-jcs-2022")


def _verify_ours(document: Document, *, shapes: Shapes | None = None) -> object:
    expected = Expected(now=NOW, rule=OPEN_BADGES, shapes=shapes)
    return data_integrity.verify_proofs(document, dereference=_dereference, expected=expected)


def _by_shape(cohort: Sequence[Document], secured: Sequence[bytes]) -> Step:
    shapes = _learnt(secured)
    issue = partial(_ours, shapes=shapes)
    return _step("Testamur, shape known", cohort, secured, issue, partial(_verify_ours, shapes=shapes))


def _parsed_before(cohort: Sequence[Document], secured: Sequence[bytes]) -> Step:
    """Without reading and writing JSON: from object to object, as inside a pipeline."""
    shapes = _learnt(secured)
    drafts, signed = cycle(cohort), cycle([strict_json.parse_object(one) for one in secured])
    return Step(
        "Testamur, shape known, without JSON",
        lambda: _ours(next(drafts), shapes=shapes),
        lambda: _verify_ours(next(signed), shapes=shapes),
        secured,
        same=False,
    )


def _learnt(secured: Sequence[bytes]) -> Shapes:
    """What a process knows that has verified some of the cohort."""
    shapes = Shapes()
    for one in secured[: len(secured) // 2]:
        _verify_ours(strict_json.parse_object(one), shapes=shapes)
    return shapes


def _no_network(url: str) -> NoReturn:
    raise RuntimeError(f"{url} would have been fetched")


_dereference = partial(dids.dereference, resolve=partial(dids.resolve, get=_no_network))


# --- the same by other canonicalizations -------------------------------------------------------------------


def _by_canonizing(name: str, cohort: Sequence[Document], secured: Sequence[bytes], canonize: Canonize) -> Step:
    """The suite's five lines around another library's canonical form (Data Integrity EdDSA section 3.2)."""

    def data(document: Document, options: Mapping[str, Any]) -> bytes:
        configuration = {**options, "@context": document["@context"]}
        return b"".join(hashlib.sha256(canonize(part)).digest() for part in (configuration, document))

    def issue(document: Document) -> Document:
        value = multibase_encode(_PRIVATE.sign(data(document, _OPTIONS)), "z")
        return {**document, "proof": [{**_OPTIONS, "proofValue": value}]}

    def verify(document: Document) -> None:
        (proof,) = document["proof"]
        unsecured = {name: value for name, value in document.items() if name != "proof"}
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        _PUBLIC.verify(multibase_decode(proof["proofValue"], "z"), data(unsecured, options))

    return _step(name, cohort, secured, issue, verify)


def _pyld(contexts: Mapping[str, Any]) -> Canonize:
    def loaded(url: str, _: Any) -> Document:
        document = contexts[url]
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": loaded}
    return lambda document: bytes(jsonld.normalize(document, options).encode())


def _oxigraph(contexts: Mapping[str, Any]) -> Canonize:
    """It has no loader of contexts for Python, so they stand in the document, written out once."""
    written: dict[str, bytes] = {}

    def whole(document: Document) -> bytes:
        urls = document["@context"]
        name = " ".join(urls)
        if name not in written:
            written[name] = orjson.dumps([contexts[url]["@context"] for url in urls])
        body = orjson.dumps({name: value for name, value in document.items() if name != "@context"})
        return b'{"@context":' + written[name] + b"," + body[1:]

    def canonize(document: Document) -> bytes:
        quads = pyoxigraph.parse(whole(document), pyoxigraph.RdfFormat.JSON_LD)
        dataset = pyoxigraph.Dataset(quads)
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
        lines = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS) or b""
        return b"".join(sorted(lines.splitlines(keepends=True)))

    return canonize


# --- others ------------------------------------------------------------------------------------------------


def _openvc(cohort: Sequence[Document], secured: Sequence[bytes]) -> Step:
    contexts = known()
    more = {url: contexts[url] for url in cohort[0]["@context"]}
    key = Ed25519SigningKey(_PRIVATE, samples.METHOD)
    suite = DataIntegrityProofSuite()

    def issue(document: Document) -> Document:
        return suite.add_proof(
            document, signing_key=key, verification_method=samples.METHOD, created=CREATED, extra_contexts=more
        )

    def verify(document: Document) -> object:
        (proof,) = document["proof"]
        return suite.verify({**document, "proof": proof}, now=NOW, extra_contexts=more)

    return _step("openvc-core", cohort, secured, issue, verify)


def _jws(cohort: Sequence[Document]) -> Step:
    """What a token over the same claims takes (RFC 7515): no RDF, no contexts, base64url around everything."""
    key = OKPKey.import_key(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": base64url_encode(_RAW),
            "d": base64url_encode(samples.SEED),
        }
    )
    registry = JWSRegistry(algorithms=["Ed25519"])
    registry.max_payload_length = 1 << 20
    drafts = cycle(cohort)

    def issue() -> bytes:
        return jws.serialize_compact({"alg": "Ed25519"}, orjson.dumps(next(drafts)), key, registry=registry).encode()

    secured = [issue() for _ in cohort]
    texts = cycle(secured)
    verify = lambda: orjson.loads(jws.deserialize_compact(next(texts), key, registry=registry).payload)  # noqa: E731
    return Step("joserfc (JWS over the same claims)", issue, verify, secured, same=False)
