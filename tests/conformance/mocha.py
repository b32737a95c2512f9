"""One suite run by its own mocha, and what its JSON reporter says of it.

score = run(Path("vc-di-eddsa-test-suite"), config, environment={})
score.passed, score.failed, score.skipped
"""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

MINUTES = 10  # the longest suite takes one; a suite that hangs is ended

# What suites written for Node.js 22 use and Node.js 20 lacks: `map` of iterators.
POLYFILL = """
const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
iterators.map ??= function*(change) { for(const value of this) { yield change(value); } };
"""


@dataclass(frozen=True)
class Score:
    """`failed` and `skipped`: the full title of each test, and why it failed as far as mocha tells. A hook that
    fails stands among the failed: its tests did not run."""

    passed: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    skipped: tuple[str, ...]

    @property
    def total(self) -> int:
        return len(self.passed) + len(self.failed) + len(self.skipped)


def run(suite: Path, config: Mapping[str, Any], *, environment: Mapping[str, str] | None = None) -> Score:
    """Writes `localConfig.cjs` into the suite's folder, as each suite's README says, and runs its tests."""
    (suite / "localConfig.cjs").write_text(f"module.exports = {json.dumps(config, indent=2)};\n", "utf-8")
    with TemporaryDirectory() as folder:
        output, polyfill = Path(folder) / "results.json", Path(folder) / "polyfill.cjs"
        polyfill.write_text(POLYFILL, "utf-8")
        command = ["npx", "--no-install", "mocha", "tests/", "--no-package", "--require", str(polyfill)]
        command += ["--reporter", "json", "--reporter-option", f"output={output}"]
        command += ["--timeout", "15000", "--preserve-symlinks"]
        done = subprocess.run(
            command,
            cwd=suite,
            env=os.environ | dict(environment or {}),
            timeout=MINUTES * 60,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if not output.exists():
            raise RuntimeError(f"{suite.name} did not run:\n{done.stdout.decode(errors='replace')[-2000:]}")
        return read(json.loads(output.read_text("utf-8")))


def read(results: Mapping[str, Any]) -> Score:
    """Mocha's JSON report. A failing hook is in `failures` only, so the tests below it count as nothing else."""
    passed = tuple(test["fullTitle"] for test in results["passes"])
    skipped = tuple(test["fullTitle"] for test in results["pending"])
    failed = tuple((test["fullTitle"], test["err"].get("message", "")) for test in results["failures"])
    return Score(passed, failed, skipped)
