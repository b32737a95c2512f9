"""Fuzzes every parser for a while: `make fuzz MINUTES=5`, or `python -m tests.fuzz.campaign --minutes 5 [TARGET …]`.

The time is shared among the targets, on as many processors as there are. What is found stands in `build/fuzz/TARGET/
findings`, input and trace; the inputs that led to new code are kept beside it, so that the next campaign begins there.
"""

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.targets import TARGETS

FOLDER = Path("build/fuzz")
LEAST = 5  # seconds for one target
PATIENCE = 300  # seconds beyond twice its time, after which a target is ended: other programs may have the machine


def fuzz(name: str, seconds: int, folder: Path) -> tuple[str, int, float, list[str]]:
    """(target, inputs, seconds, new findings)."""
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "progress.json").unlink(missing_ok=True)
    before = _found(place)
    with (place / "log").open("wb") as log:
        command = [sys.executable, "-m", "tests.fuzz.one", name, str(seconds), str(place)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            process.wait(timeout=2 * seconds + PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            (place / "findings" / "did-not-end").touch()
    progress = place / "progress.json"
    done = json.loads(progress.read_text()) if progress.exists() else {"inputs": 0, "seconds": 0}
    if not done["inputs"]:
        (place / "findings").mkdir(exist_ok=True)
        (place / "findings" / "did-not-start").write_bytes((place / "log").read_bytes()[-2000:])
    return name, done["inputs"], done["seconds"], sorted(_found(place) - before)


def _found(place: Path) -> set[str]:
    return {path.name for path in (place / "findings").glob("*") if path.suffix != ".txt"}


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzzes every parser of strangers' bytes for a while.")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], default=[])
    given = parser.parse_args()
    names = given.targets or list(TARGETS)
    places = os.cpu_count() or 2
    seconds = max(LEAST, int(given.minutes * 60 * min(places, len(names)) / len(names)))
    total, wrong = 0, 0
    with ThreadPoolExecutor(places) as pool:
        for name, inputs, spent, findings in pool.map(lambda name: fuzz(name, seconds, given.folder), names):
            total, wrong = total + inputs, wrong + len(findings)
            said = ", ".join(findings) or "nothing found"
            sys.stdout.write(f"{name:32} {inputs:9,} inputs {spent:7.1f} s   {said}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(names)} targets, {total:,} inputs, {wrong} findings (kept in {given.folder})\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
