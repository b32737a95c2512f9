"""RDFC-1.0 against the W3C's own tests (86 of them) and within its budget of work."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.optional import compare_with
from tests.vc import nquads
from vc.errors import TooLarge
from vc.rdfc import Quad, canonicalize, literal

SUITE = Path(__file__).parents[3] / "shared" / "data" / "vectors" / "rdf-canon"
ENTRIES = json.loads((SUITE / "manifest.jsonld").read_text())["entries"] if SUITE.exists() else []


def _read(name: str) -> str:
    return (SUITE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("entry", ENTRIES or [{}], ids=lambda entry: entry.get("id", "all"))
def test_w3c_suite(entry: dict[str, str]) -> None:
    compare_with(SUITE.exists(), "the W3C rdf-canon tests")
    quads = nquads.parse(_read(entry["action"]))
    algorithm = entry.get("hashAlgorithm", "SHA256").lower()
    if entry["type"] == "rdfc:RDFC10NegativeEvalTest":
        with pytest.raises(TooLarge):
            canonicalize(quads, algorithm=algorithm)
        return
    result = canonicalize(quads, algorithm=algorithm, budget=500_000)
    if entry["type"] == "rdfc:RDFC10MapTest":
        expected = json.loads(_read(entry["result"]))
        assert {k.removeprefix("_:"): v.removeprefix("_:") for k, v in result.labels.items()} == expected
    else:
        assert result.text == _read(entry["result"])


def test_the_suite_is_whole() -> None:
    if ENTRIES:
        assert len(ENTRIES) == 86


def _clique(size: int) -> set[Quad]:
    nodes = [f"_:n{i}" for i in range(size)]
    return {(a, "<https://a.example/p>", b, "") for a in nodes for b in nodes if a != b}


def test_a_poison_graph_is_refused_after_bounded_work() -> None:
    with pytest.raises(TooLarge, match="so alike"):
        canonicalize(_clique(10))


def test_a_deep_chain_of_twins_is_refused_and_not_a_crash() -> None:
    quads = {
        (f"_:{side}{i}", "<https://a.example/next>", f"_:{side}{i + 1}", "") for side in "ab" for i in range(2_000)
    }
    with pytest.raises(TooLarge):
        canonicalize(quads, budget=10**9)


def test_labels_do_not_depend_on_the_names_that_came_in() -> None:
    quads = _clique(4) | {("_:n0", "<https://a.example/q>", literal("x"), "")}
    renamed = {tuple(t.replace("_:n", "_:other") for t in quad) for quad in quads}
    assert canonicalize(quads).text == canonicalize(renamed).text  # type: ignore[arg-type]  # four-tuples


def test_escapes_of_the_canonical_form() -> None:
    """N-Quads canonical form: short escapes where there are any, \\uXXXX for other controls, the rest raw."""
    assert literal('\b\t\n\f\r"\\') == r'"\b\t\n\f\r\"\\"'
    assert literal("\x00\x07\x0b\x1f\x7f") == r'"\u0000\u0007\u000B\u001F\u007F"'
    assert literal("\x80é𝔸") == '"\x80é𝔸"'


def test_lines_are_sorted_by_code_point_and_not_by_utf16() -> None:
    quads = {("<a:s>", "<a:p>", literal(text), "") for text in ("\uff21", "𝔸")}
    assert canonicalize(quads).text.index("\uff21") < canonicalize(quads).text.index("𝔸")


def test_equal_lines_of_different_nodes_all_count() -> None:
    """Two neighbours that both become _:z give two equal lines; dropping one would merge different graphs."""
    one = {("_:x", "<a:p>", "_:y", "")}
    two = one | {("_:x", "<a:p>", "_:w", "")}
    assert hashlib.sha256(canonicalize(one).text.encode()) != hashlib.sha256(canonicalize(two).text.encode())
    first = canonicalize(two | {("_:v", "<a:p>", "_:u", "")})
    assert len({first.labels["_:x"], first.labels["_:v"]}) == 2
