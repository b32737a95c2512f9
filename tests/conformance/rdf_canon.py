"""The 86 tests of rdf-canon, run on `vc.rdfc` itself: they are files, and ask for no endpoint.

score = run(Path("rdf-canon"))
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.conformance.mocha import Score
from tests.vc import nquads
from vc.errors import TooLarge
from vc.rdfc import canonicalize

NAME = "rdf-canon"


def run(folder: Path) -> Score:
    """`folder`: a checkout of the suite; `FileNotFoundError` when it is none. The budget is that of production."""
    tests = folder / "tests"
    entries = json.loads((tests / "manifest.jsonld").read_text("utf-8"))["entries"]
    passed: list[str] = []
    failed: list[tuple[str, str]] = []
    for entry in entries:
        title = f"{entry['id'].lstrip('#')} {entry['name']}"
        wrong = _wrong(entry, tests)
        if wrong is None:
            passed.append(title)
        else:
            failed.append((title, wrong))
    return Score(tuple(passed), tuple(failed), ())


def _wrong(entry: Mapping[str, Any], tests: Path) -> str | None:
    """Why a test fails; None when it passes."""
    quads = nquads.parse((tests / entry["action"]).read_text("utf-8"))
    algorithm = entry.get("hashAlgorithm", "SHA256").lower()
    negative = entry["type"] == "rdfc:RDFC10NegativeEvalTest"
    try:
        result = canonicalize(quads, algorithm=algorithm)
    except TooLarge as error:
        return None if negative else str(error)
    if negative:
        return "it was not refused"
    expected = (tests / entry["result"]).read_text("utf-8")
    if entry["type"] == "rdfc:RDFC10MapTest":
        labels = {old.removeprefix("_:"): new.removeprefix("_:") for old, new in result.labels.items()}
        return None if labels == json.loads(expected) else "the names are others"
    return None if result.text == expected else "the canonical form is another"
