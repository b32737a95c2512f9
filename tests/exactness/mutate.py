"""Takes each guard of `vc.compiled` out and looks who notices: `python -m tests.exactness.mutate [--all] [WORD …]`.

For each guard a copy of the source without it is tried by the tests of this folder and of `vc.compiled`, and by a part
of the campaign, until one notices (with `--all` by every one). Fails when nobody does. `WORD`: only guards in whose
name it occurs.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.attacks.attack import Guard
from tests.attacks.mutate import without
from tests.exactness.guards import GUARDS

ROOT = Path(__file__).parents[2]
PACKAGES = ("contexts", "templates", "vc", "verifier", "issuer")
TESTS = (
    "tests/exactness/test_guards.py",
    "tests/exactness/test_structure.py",
    "tests/exactness/test_vectors.py",
    "tests/vc/test_compiled.py",
)
BATCHES = 40
SECONDS = 600.0  # for one look

_CAMPAIGN = f"""
from tests.exactness.campaign import batch
for number in range({BATCHES}):
    found = batch(f"mutants/{{number}}", length=100, short=True).differences
    if found:
        raise SystemExit(f"batch {{number}}: {{found[0]}}")
"""


def noticed(guard: Guard, everybody: bool) -> dict[str, str]:
    """Who noticed that the guard is missing -> what it said."""
    with without(guard, PACKAGES) as tree:
        (tree / "tests").symlink_to(ROOT / "tests")
        (tree / "pyproject.toml").symlink_to(ROOT / "pyproject.toml")
        looks = {
            path: [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-x",
                "-n",
                "0",
                "-p",
                "no:cacheprovider",
                "-p",
                "no:randomly",
                path,
            ]
            for path in TESTS
        }
        looks["campaign"] = [sys.executable, "-c", _CAMPAIGN]
        found: dict[str, str] = {}
        for name, command in looks.items():
            said = _said(tree, command)
            if said:
                found[name] = said
                if not everybody:
                    break
        return found


def _said(tree: Path, command: list[str]) -> str:
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    try:
        run = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return "did not end"
    lines = [line for line in (run.stdout + run.stderr).splitlines() if line.startswith(("FAILED", "ERROR", "batch"))]
    return (lines or ["failed"])[0][:150] if run.returncode else ""


def main(words: list[str]) -> int:
    everybody = "--all" in words
    words = [word for word in words if word != "--all"]
    chosen = [guard for name, guard in GUARDS.items() if not words or any(word in name for word in words)]
    unnoticed = 0
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for guard, found in zip(chosen, pool.map(lambda guard: noticed(guard, everybody), chosen), strict=True):
            unnoticed += not found
            sys.stdout.write(f"{'  ' if found else '!!'} {guard.name:40} {', '.join(found) or 'nobody'}\n")
            sys.stdout.writelines(f"      {who}: {said}\n" for who, said in found.items())
            sys.stdout.flush()
    sys.stdout.write(f"{unnoticed} of {len(chosen)} guards can be missing, and nobody notices\n")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
