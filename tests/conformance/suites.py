"""The W3C suites, run against the service, and the table of their scores.

Each suite finds implementations in `localConfig.cjs`: endpoints with tags. `CONFIGURATION` writes it for one profile;
`run_all` looks below a folder for the suites that are checked out there, each with its `npm install` done.
"""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.conformance import mocha, rdf_canon
from tests.conformance.issuing import ISSUERS, did_of
from tests.conformance.mocha import Score
from tests.conformance.profiles import PROFILES

NAME = "Testamur"
JOSE_COSE = "vc-jose-cose-test-suite"
SUITES = (
    "vc-data-model-2.0-test-suite",
    "vc-di-eddsa-test-suite",
    "vc-di-ecdsa-test-suite",
    "vc-bitstring-status-list-test-suite",
    "vc-api-issuer-test-suite",
    "vc-api-verifier-test-suite",
    JOSE_COSE,
)

_VERSIONS = {"vc": ["1.1", "2.0"]}
_CURVES = ["P-256", "P-384"]
_PROOF = {"checks": ["proof"]}
_FEATURES = [f"{what}_{how}" for what in ("credential", "presentation") for how in ("jose", "sdjwt", "cose")]


def configuration(base: str, profile: str) -> dict[str, Any]:
    """`localConfig.cjs` as an object. `base`: the service's origin."""
    root = f"{base}/{profile}"

    def issuer(suite: str, kind: str, *tags: str, at: str = "issuers") -> dict[str, Any]:
        curve = {"supportedEcdsaKeyTypes": [kind]} if kind in _CURVES else {}
        return {
            "id": did_of(kind),
            "endpoint": f"{root}/{at}/{suite}/{kind}/credentials/issue",
            "supports": _VERSIONS,
            "tags": list(tags),
            **curve,
        }

    tags = sorted({suite for suite, _ in ISSUERS} | {"Ed25519Signature2020", "vc2.0", "vc-api"})
    tags += ["BitstringStatusList", "EnvelopingProof"]
    return {
        "settings": {"enableInteropTests": True, "testAllImplementations": False},
        "implementations": [
            {
                "name": NAME,
                "implementation": f"{NAME} ({profile})",
                "issuers": [
                    *(issuer(suite, kind, suite) for suite, kind in ISSUERS),
                    issuer("eddsa-rdfc-2022", "Ed25519", "vc2.0", "vc-api"),
                    issuer("vc-jwt", "P-256", "EnvelopingProof"),
                    issuer("eddsa-rdfc-2022", "Ed25519", "BitstringStatusList", at="status/issuers"),
                ],
                "verifiers": [
                    {
                        "id": did_of("Ed25519"),
                        "endpoint": f"{root}/credentials/verify",
                        "supports": _VERSIONS,
                        "supportedEcdsaKeyTypes": _CURVES,
                        "options": _PROOF,
                        "tags": tags,
                    }
                ],
                # One for each tag: the data-model suite writes the challenge of its envelopes into these options.
                "vpVerifiers": [
                    {
                        "id": did_of("Ed25519"),
                        "endpoint": f"{root}/presentations/verify",
                        "options": dict(_PROOF),
                        "tags": [tag],
                    }
                    for tag in tags
                ],
                "jose-cose": {"features": dict.fromkeys(_FEATURES, True)},
            },
            {
                # The ECDSA suite's own settings want its holder under this name.
                "name": "Digital Bazaar",
                "implementation": f"{NAME} ({profile}), as the holder",
                "vcHolders": [
                    {
                        "id": did_of("Ed25519"),
                        "endpoint": f"{root}/credentials/derive",
                        "tags": ["vcHolder", "ecdsa-sd-2023"],
                    }
                ],
            },
        ],
    }


def found(folder: Path) -> list[Path]:
    """Those that a mocha can run."""
    return [folder / name for name in SUITES if (folder / name / "node_modules").is_dir()]


def run_all(folder: Path, base: str, chain: Path) -> Iterator[tuple[Path, str, Score]]:
    """Every suite below the folder in every profile. `chain`: the certificate, which one suite does look at."""
    for suite in found(folder):
        for profile in PROFILES:
            with TemporaryDirectory() as beside:
                environment = {"NODE_EXTRA_CA_CERTS": str(chain)}
                if suite.name == JOSE_COSE:
                    environment |= _docker(Path(beside), suite, profile)
                yield suite, profile, mocha.run(suite, configuration(base, profile), environment=environment)
    if (folder / rdf_canon.NAME).is_dir():
        yield folder / rdf_canon.NAME, "both", rdf_canon.run(folder / rdf_canon.NAME)


def commit(suite: Path) -> str:
    """The short id of the commit that is checked out there."""
    command = ["git", "-C", str(suite), "log", "-1", "--format=%h of %as"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "?"


def _docker(folder: Path, suite: Path, profile: str) -> Mapping[str, str]:
    """The JOSE and COSE suite runs each implementation in a container: `docker compose … run --rm NAME issue …`.
    This puts a `docker` in front of that which runs our command instead, with /tests as the suite's own folder."""
    script = folder / "docker"
    root = Path(__file__).parents[2]
    script.write_text(
        "#!/bin/sh\n"
        'while [ "$1" != "--rm" ]; do shift; done; shift 2\n'
        f'cd "{root}" && exec "{sys.executable}" -m tests.conformance.jose_cose '
        f'"$@" --below "{suite.resolve()}" --profile {profile}\n',
        "utf-8",
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def table(rows: list[tuple[Path, str, Score]]) -> str:
    lines = [f"{'suite':38} {'commit':22} {'profile':11} {'passed':>6} {'failed':>6} {'skipped':>7} {'of':>4}"]
    for suite, profile, score in rows:
        numbers = f"{len(score.passed):6} {len(score.failed):6} {len(score.skipped):7} {score.total:4}"
        lines.append(f"{suite.name:38} {commit(suite):22} {profile:11} {numbers}")
    return "\n".join(lines)
