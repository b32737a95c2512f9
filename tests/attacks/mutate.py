"""Takes each guard out and looks whether its hostile files then succeed: `python -m tests.attacks.mutate [WORD …]`.

A file of `tests/vectors/must_fail` proves something only if it would get through without the guard that it names. So
for each guard, in a copy of the source from which it was taken out, its files are verified in a process of their own:
each must be accepted, or crash the verifier, or keep it busy beyond `SECONDS`. Prints a table, and fails when there is
a guard whose absence nobody notices. `WORD`: only attacks in whose name it occurs.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.attacks import corpus, generate
from tests.attacks.attack import ATTACKS, Guard
from tests.attacks.corpus import Entry

ROOT = Path(__file__).parents[2]
COPIED = ("contexts", "templates", "vc", "verifier")

SECONDS = 20.0  # for one file; a genuine one takes a fraction of one

NOTICED = frozenset({"accepted", "crashed", "endless"})

_LOOK = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
from tests.attacks import corpus
wanted = sys.argv[2:]
entries = {entry.name: entry for entry in corpus.entries()}
for name in wanted:
    try:
        report = corpus.run(entries[name])
        said = f"{report.verdict} {report.reason or ''}".strip()[:90]
    except Exception as error:
        said = "crashed " + type(error).__name__
    print(json.dumps([name, said]), flush=True)
"""


@contextmanager
def without(guard: Guard, packages: Iterable[str]) -> Iterator[Path]:
    """A folder with these packages, from which the guard was taken out. Raises `LookupError`: it is not there once."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for package in packages:
            shutil.copytree(ROOT / package, tree / package, copy_function=os.link)
        for edit in guard.edits:
            path = tree / edit.path
            text = path.read_text("utf-8")
            if text.count(edit.old) != 1:
                raise LookupError(f"{guard.name}: {edit.old!r} does not stand in {edit.path} once")
            path.unlink()  # it is the same file as the original
            path.write_text(text.replace(edit.old, edit.new), "utf-8")
        yield tree


def look(guard: Guard, names: list[str]) -> Iterator[tuple[str, str]]:
    """(attack, what happened) with the guard taken out."""
    with without(guard, COPIED) as tree:
        left = names
        while left:
            done = list(_verdicts(tree, left))
            yield from done
            left = left[len(done) :]


def _verdicts(tree: Path, names: list[str]) -> Iterator[tuple[str, str]]:
    """For each name in turn, until one ends the process or keeps it busy; at least one."""
    command = [sys.executable, "-c", _LOOK, json.dumps([str(tree), str(ROOT)]), *names]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tree)
    try:
        out, err = process.communicate(timeout=SECONDS + 2 * len(names))
        ending = "crashed" if process.returncode else ""
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        ending = "endless"
    lines = [json.loads(line) for line in out.splitlines()]
    yield from ((name, said.strip()) for name, said in lines)
    if len(lines) < len(names):
        if not lines and ending == "crashed" and "corpus" not in err and "Error" in err:
            raise RuntimeError(err[-2000:])
        yield names[len(lines)], ending or "crashed"


def main(words: list[str]) -> int:
    generate.load()
    entries: dict[str, list[Entry]] = defaultdict(list)
    guards: dict[str, Guard] = {}
    for entry in corpus.entries():
        if not words or any(word in entry.name for word in words):
            guard = ATTACKS[entry.name].guard
            entries[guard.name].append(entry)
            guards[guard.name] = guard
    unnoticed = 0

    def of(name: str) -> list[tuple[str, str]]:
        return list(look(guards[name], [entry.name for entry in entries[name]]))

    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for guard_name, found in zip(guards, pool.map(of, guards), strict=True):
            for attack, said in found:
                bad = said.split()[0] not in NOTICED
                unnoticed += bad
                sys.stdout.write(f"{'!!' if bad else '  '} {said:28} {attack:55} without: {guard_name}\n")
                sys.stdout.flush()
    total = sum(map(len, entries.values()))
    sys.stdout.write(f"{len(guards)} guards taken out, {total} files, {unnoticed} of them not noticed\n")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
