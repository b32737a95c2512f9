"""The published vectors of the Data Integrity cryptosuites: those that every clone has, and those beside some."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vc.context_rules import VC2, ContextRule

TESTS = Path(__file__).parents[1]
VECTORS = TESTS / "vectors"
PUBLISHED = TESTS.parents[1] / "shared" / "data" / "vectors"

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
CITIZENSHIP = "https://w3id.org/citizenship/v4rc1"
RULE = ContextRule(
    first=VC2, others=frozenset({EXAMPLES, CITIZENSHIP, "https://w3id.org/security/suites/ed25519-2020/v1"})
)

_STEPS = ("canonDoc", "docHash", "proofCanon", "proofHash", "combinedHash", "sigHex", "sigBTC58")


@dataclass(frozen=True)
class Vector:
    """Every step of one proof, under the names that the specifications' files have."""

    steps: dict[str, Any]

    @property
    def document(self) -> dict[str, Any]:
        return {name: value for name, value in self.steps["signed"].items() if name != "proof"}

    @property
    def proof(self) -> dict[str, Any]:
        return dict(self.steps["signed"]["proof"])

    @property
    def options(self) -> dict[str, Any]:
        return {name: value for name, value in self.proof.items() if name != "proofValue"}


def transcribed() -> Iterator[tuple[str, Vector]]:
    for spec in ("vc-di-eddsa", "vc-di-ecdsa"):
        for path in sorted((VECTORS / spec).glob("*.json")):
            steps = read(path)
            if "sigBTC58" in steps:
                yield path.stem, Vector(steps)


def published(spec: str, folder: str, key: str) -> Vector:
    """One folder of the specifications' own files."""
    place = PUBLISHED / spec / folder
    pair = read(PUBLISHED / spec / key)
    secret = pair.get("privateKeyMultibase") or pair["secretKeyMultibase"]
    steps = {name: _only(place, name).read_text(encoding="utf-8") for name in _STEPS}
    return Vector(
        {name: text if name.endswith(("Canon", "Doc")) else text.strip() for name, text in steps.items()}
        | {"signed": read(_only(place, "signed")), "proofConfig": read(_only(place, "proofConfig"))}
        | {"keyPair": {"publicKeyMultibase": pair["publicKeyMultibase"], "privateKeyMultibase": secret}}
    )


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _only(place: Path, start: str) -> Path:
    (path,) = place.glob(f"{start}*")
    return path
