"""One target, fuzzed in this process for a while: `python -m tests.fuzz.one TARGET SECONDS FOLDER`. See `campaign`.

What leaves the target is kept as a file with the trace beside it, one for each place in the code, and the fuzzing goes
on; only a hang or a crash of the interpreter ends it, and libFuzzer keeps those files itself.
"""

import hashlib
import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["vc", "verifier"]):
    from tests.fuzz.mutations import mutate
    from tests.fuzz.targets import TARGETS

HANGS = 120  # seconds by the clock, after which an input is taken for endless; `Target.seconds` are the processor's
MAX_SEEDS = 80  # the shortest; more would leave a short campaign no time for anything else


def main(name: str, seconds: int, folder: Path) -> None:
    target = TARGETS[name]
    corpus, findings = folder / "corpus", folder / "findings"
    for each in (corpus, findings):
        each.mkdir(parents=True, exist_ok=True)
    for seed in sorted(target.seeds(), key=len)[:MAX_SEEDS]:
        if len(seed) <= target.max_bytes:
            (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    words = folder / "words"
    words.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in target.words))
    count, started, ends = 0, time.monotonic(), time.monotonic() + seconds

    def look(data: bytes) -> None:
        nonlocal count
        count += 1
        if count % 64 == 0 or time.monotonic() > ends:
            _note(folder, count, time.monotonic() - started)
        before = time.process_time()
        try:
            target.run(data)
        except Exception as error:
            _keep(findings, data, error)
        if (spent := time.process_time() - before) > target.seconds:
            _keep(findings, data, TimeoutError(f"{spent:.1f} seconds"))

    def mutator(data: bytes, max_size: int, seed: int) -> bytes:
        return mutate(data, seed, max_size, atheris.Mutate)

    options: dict[str, Any] = {"custom_mutator": mutator} if target.as_json else {}
    arguments = [
        name,
        str(corpus),
        f"-max_total_time={seconds}",
        f"-max_len={target.max_bytes}",
        f"-timeout={HANGS}",
        f"-report_slow_units={HANGS}",
        "-rss_limit_mb=2048",
        f"-artifact_prefix={findings}/",
        *([f"-dict={words}"] if target.words else []),
        "-verbosity=0",
        "-print_final_stats=0",
    ]
    atheris.Setup(arguments, look, **options)
    atheris.Fuzz()


def _note(folder: Path, count: int, seconds: float) -> None:
    """In one step, for the process may end at any moment."""
    new = folder / "progress.new"
    new.write_text(json.dumps({"inputs": count, "seconds": round(seconds, 1)}))
    new.replace(folder / "progress.json")


def _keep(findings: Path, data: bytes, error: Exception) -> None:
    """One file for each kind of error and place."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/tests/fuzz/one" not in frame.filename]
    place = f"{Path(frames[-1].filename).name}-{frames[-1].lineno}" if frames else "slow"
    path = findings / f"{type(error).__name__}-{place}"
    if not path.exists():
        path.write_bytes(data)
        path.with_name(path.name + ".txt").write_text("".join(traceback.format_exception(error)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
