"""How the tests of rdf-canon are counted; that all 86 pass is in `tests/vc/test_rdfc.py`, where they lie beside."""

import json
from pathlib import Path

import pytest

from tests.conformance import rdf_canon

ENTRIES = {
    "rdfc:RDFC10EvalTest": ("<a:s> <a:p> _:x .\n", "<a:s> <a:p> _:c14n0 .\n"),
    "rdfc:RDFC10MapTest": ("<a:s> <a:p> _:x .\n", '{"x": "c14n0"}'),
}


def suite(folder: Path, kind: str, given: str, expected: str) -> Path:
    entry = {"id": "#t1", "name": "one", "type": kind, "action": "in.nq", "result": "out"}
    (folder / "tests").mkdir()
    (folder / "tests" / "manifest.jsonld").write_text(json.dumps({"entries": [entry]}))
    (folder / "tests" / "in.nq").write_text(given)
    (folder / "tests" / "out").write_text(expected)
    return folder


@pytest.mark.parametrize("kind", ENTRIES)
def test_a_right_and_a_wrong_result(tmp_path: Path, kind: str) -> None:
    given, expected = ENTRIES[kind]
    score = rdf_canon.run(suite(tmp_path, kind, given, expected))
    assert (score.passed, score.failed) == (("t1 one",), ())
    (tmp_path / "tests" / "out").write_text(expected.replace("c14n0", "c14n1"))
    assert len(rdf_canon.run(tmp_path).failed) == 1


def test_a_poison_graph_must_be_refused(tmp_path: Path) -> None:
    score = rdf_canon.run(suite(tmp_path, "rdfc:RDFC10NegativeEvalTest", "<a:s> <a:p> _:x .\n", ""))
    assert score.failed == (("t1 one", "it was not refused"),)
