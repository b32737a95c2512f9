"""Published canonical forms through both paths: the W3C's vectors of Data Integrity, and the tests of rdf-canon.

A vector is answered by a shape that was learnt from it and from a variant of it. The tests of rdf-canon are graphs and
not documents, and their predicates are words of no context that this project knows; so they are given to that part of
the fast path that canonicalizes, as statements, once as they are and once with every IRI and every literal in a hole.
It answers for graphs whose blank nodes are trees without ties, and must be silent or right about all others.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.attacks import corpus
from tests.exactness.families import leaves, put
from tests.exactness.references import Query, full
from tests.optional import compare_with
from tests.vc import nquads
from tests.vc.published_proofs import RULE, Vector, published, transcribed
from vc.compiled import Shapes
from vc.compiled.compiling import Outline, Term
from vc.compiled.guards import IRI, LITERAL
from vc.compiled.pattern import Unfit
from vc.compiled.rendering import Rendering
from vc.context_rules import CLR, CREDENTIAL, OPEN_BADGES
from vc.rdfc import Quad, canonicalize

SUITE = Path(__file__).parents[3] / "shared" / "data" / "vectors" / "rdf-canon"
ENTRIES = json.loads((SUITE / "manifest.jsonld").read_text("utf-8"))["entries"] if SUITE.exists() else []

VECTORS = {name: vector for name, vector in transcribed() if "rdfc" in name or name == "Ed25519Signature2020"}
FOLDERS = (
    *(("vc-di-eddsa", folder, "keyPair.json") for folder in ("eddsa-rdfc-2022", "Ed25519Signature2020")),
    *(("vc-di-ecdsa", f"ecdsa-rdfc-2019-p{bits}", f"p{bits}KeyPair.json") for bits in (256, 384)),
)


# --- the W3C's vectors ---------------------------------------------------------------------------------------


def variant(document: dict[str, Any]) -> dict[str, Any]:
    """The document with other texts and ids wherever those may vary."""
    other: dict[str, Any] = json.loads(json.dumps(document))
    for number, (path, value) in enumerate(leaves(document)):
        if path[-1] in ("id", "verificationMethod"):
            put(other, path, f"urn:example:{number}")
        elif path[-1] in ("name", "description", "alumniOf", "created", "validFrom"):
            put(other, path, f"{value}, but not quite")
    return other


def answers(document: dict[str, Any], algorithm: str) -> bytes | None:
    shapes = Shapes()
    for one in (variant(document), document):
        shapes.learn(one, rule=RULE, algorithm=algorithm)
    return shapes.canonical(json.loads(json.dumps(document)), rule=RULE, algorithm=algorithm)


def check(vector: Vector) -> None:
    algorithm = "sha384" if len(vector.steps["docHash"]) == 96 else "sha256"
    options = vector.steps["proofConfig"]
    assert answers(vector.document, algorithm) == vector.steps["canonDoc"].encode()
    assert answers(options, algorithm) == vector.steps["proofCanon"].encode()


@pytest.mark.parametrize("name", VECTORS)
def test_a_transcribed_vector(name: str) -> None:
    check(VECTORS[name])


@pytest.mark.parametrize(("spec", "folder", "key"), FOLDERS)
def test_a_vector_of_the_specifications_files(spec: str, folder: str, key: str) -> None:
    compare_with(SUITE.exists(), "the W3C's files")
    check(published(spec, folder, key))


# --- rdf-canon -----------------------------------------------------------------------------------------------


def rendered(quads: set[Quad], algorithm: str, *, holes: bool) -> bytes | None:
    """The canonical form by the fast path's own canonicalization; None where it is silent."""
    if any(graph for *_, graph in quads):
        return None  # a shape has statements of the default graph alone (`vc.compiled.compiling`)
    terms: dict[str, Term] = {}
    texts: list[tuple[int, bytes]] = []
    for term in sorted({term for s, _, o, _ in quads for term in (s, o)}):
        if term.startswith("_:"):
            terms[term] = Term("", node=term)
        elif holes and term.startswith("<"):
            terms[term] = Term("<", ">", len(texts))
            texts.append((IRI, term.encode()))
        elif holes and term.rindex('"') > 0:
            end = term.rindex('"')
            terms[term] = Term('"', term[end:], len(texts))
            texts.append((LITERAL, term[1:end].encode()))
        else:
            terms[term] = Term(term)
    statements = frozenset((terms[s], Term(p), terms[o]) for s, p, o, _ in quads)
    try:
        rendering = Rendering(Outline(statements, bytes(kind for kind, _ in texts)), algorithm)
    except Unfit:
        return None
    return rendering([text for kind in (LITERAL, IRI) for own, text in texts if own == kind])


def expected(entry: dict[str, str], quads: set[Quad], algorithm: str) -> bytes | None:
    """What the suite expects; None for graphs that are to be refused."""
    if entry["type"] == "rdfc:RDFC10NegativeEvalTest":
        return None
    if entry["type"] == "rdfc:RDFC10EvalTest":
        return (SUITE / entry["result"]).read_bytes()
    return canonicalize(quads, algorithm=algorithm, budget=500_000).text.encode()  # a map of labels; see test_rdfc.py


def test_the_rdf_canon_suite() -> None:
    compare_with(ENTRIES, "the rdf-canon tests")
    answered = dict.fromkeys((False, True), 0)
    for entry in ENTRIES:
        quads = nquads.parse((SUITE / entry["action"]).read_text("utf-8"))
        algorithm = entry.get("hashAlgorithm", "SHA256").lower()
        for holes in answered:
            answer = rendered(quads, algorithm, holes=holes)
            if answer is not None:
                assert answer == expected(entry, quads, algorithm), entry["id"]
                answered[holes] += 1
    assert len(ENTRIES) == 86
    assert answered == {False: 28, True: 28}  # of 86; the others have several graphs, ties, or no trees


# Trees of blank nodes, which the suite has few of; some with a branch too many, which makes them none.


def trees(count: int, seed: int) -> Iterator[set[Quad]]:
    chance = random.Random(seed)
    for _ in range(count):
        nodes = ["<a:root>", *(chance.choice((f"_:n{n}", f"<a:{n}>")) for n in range(chance.randint(1, 6)))]
        quads: set[Quad] = set()
        for index, node in enumerate(nodes[1:], 1):
            quads.add((chance.choice(nodes[:index]), chance.choice(("<a:p>", "<a:q>", "<a:p#>")), node, ""))
        for _ in range(chance.choice((0, 0, 0, 1, 2)) if len(nodes) > 1 else 0):
            quads.add((chance.choice(nodes), chance.choice(("<a:p>", "<a:q>")), chance.choice(nodes[1:]), ""))
        for _ in range(chance.randint(0, 12)):
            value = chance.choice(('"1"', '"2"', '"\\uffff"', '"1"@en', '"1"^^<a:t>', "<a:o>", "<a:root>", '"%s"'))
            quads.add((chance.choice(nodes), chance.choice(("<a:p>", "<a:q>", "<a:r>")), value, ""))
        yield quads


@pytest.mark.parametrize("holes", [False, True])
def test_trees_that_nearly_look_alike(holes: bool) -> None:
    answered = 0
    for quads in trees(1500, seed=5):
        answer = rendered(quads, "sha256", holes=holes)
        if answer is not None:
            assert answer == canonicalize(quads).text.encode()
            answered += 1
    assert answered > 500


# --- hostile files -------------------------------------------------------------------------------------------


def unsecured(file: str) -> dict[str, Any] | None:
    """The document of a file without its proof, when it is JSON."""
    try:
        document = json.loads((corpus.FOLDER / file).read_bytes())
    except ValueError:
        return None
    return {name: value for name, value in document.items() if name != "proof"} if isinstance(document, dict) else None


def test_no_hostile_file_is_answered_otherwise_than_by_the_full_path() -> None:
    """With shapes of the genuine certificates that the hostile files are made of."""
    shapes = Shapes()
    for twin in corpus.twins():
        document = unsecured(twin.file)
        if document is not None and isinstance(full(Query(document, OPEN_BADGES)), bytes):
            for one in (document, variant(document)):
                shapes.learn(one, rule=OPEN_BADGES)
    files = [entry.file for entry in corpus.entries() if entry.file.endswith(".json")]
    for file in files:
        document = unsecured(file)
        for rule in (OPEN_BADGES, CLR, CREDENTIAL) if document is not None else ():
            answer = shapes.canonical(document, rule=rule)
            assert answer is None or answer == full(Query(document, rule)), file
    assert len(files) > 200
    assert shapes.hits > 50
