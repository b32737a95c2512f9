"""What one certificate of a cohort takes to be signed and to be verified, beside the floor that nobody can go below.

    python -m benchmarks.canonical [--learners 100] [--rounds 11]

The floor is what remains when everything but mathematics is free: SHA-256 of a canonical form that is there already,
and Ed25519. All rows of a document are measured in turn, round after round, in processor time; each shows its median
and that median over the floor's.
"""

import argparse
import gc
import hashlib
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson

from tests.vc.samples import HOST, NOW, SoftSigner, achievement, issuer, status
from vc.compiled import Shapes, canonical_bytes
from vc.context_rules import OPEN_BADGES
from vc.dids import VerificationMethod, key
from vc.formats import data_integrity
from vc.multibase import digest_multibase
from vc.openbadges import (
    CourseAward,
    IncludedPart,
    ProgramAward,
    Recipient,
    course_certificate,
    lint,
    program_certificate,
)
from vc.securing import Expected

SIGNER = SoftSigner()
METHOD = key.method_of(SIGNER.public_key)
MOST = 10_000  # learners; a mistake in a number must not fill the memory
COURSES = 6  # the last one is the capstone


def course(number: int) -> dict[str, Any]:
    return course_certificate(
        CourseAward(
            id=f"{HOST}/credentials/{_word(number, 'course')}",
            issuer=issuer(SIGNER),
            recipient=Recipient(
                f"Zoë Ünlü-Beispiel {number}", email=f"zoe{number}@example.org", salt=f"k3Jr9c{number}"
            ),
            achievement=achievement("toolbox", "The Toolbox"),
            completed_on=date(2026, 1, 1) + timedelta(days=number % 40),
            awarded=NOW - timedelta(minutes=number),
            valid_from=NOW - timedelta(seconds=number),
            status=status(number),
            image=f"{HOST}/credentials/{_word(number, 'course')}.png",
            grade=str(60 + number % 40),
        )
    )


def specialization(number: int) -> dict[str, Any]:
    return program_certificate(
        ProgramAward(
            id=f"{HOST}/credentials/{_word(number, 'program')}",
            issuer=issuer(SIGNER),
            recipient=Recipient(
                f"Zoë Ünlü-Beispiel {number}", email=f"zoe{number}@example.org", salt=f"k3Jr9c{number}"
            ),
            achievement=achievement("data", "Data Science"),
            parts=tuple(_part(number, part) for part in range(1, COURSES + 1)),
            awarded=NOW - timedelta(minutes=number),
            valid_from=NOW - timedelta(seconds=number),
            status=status(number),
            image=f"{HOST}/credentials/{_word(number, 'program')}.png",
        )
    )


def _part(number: int, part: int) -> IncludedPart:
    last = part == COURSES
    code = "capstone" if last else f"course-{part}"
    word = _word(number, code)
    return IncludedPart(
        code=code,
        title="Capstone" if last else f"Course number {part}",
        kind="capstone" if last else "course",
        achievement_id=f"{HOST}/achievements/{code}/en/v1",
        credential_id=f"{HOST}/credentials/{word}",
        verify_url=f"https://verify.example.org/verify?url={HOST}/credentials/{word}",
        awarded=date(2026, 1, 1) + timedelta(days=(number + part) % 40),
        digest=digest_multibase(word.encode()),
    )


def _word(number: int, kind: str) -> str:
    """A share id: nothing follows from the number."""
    return hashlib.sha256(f"{kind} {number}".encode()).hexdigest()[:17]


# --- what is measured --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """`ready` makes what is worked on, at once before it, as a reader or the step before would have; only `work` is
    measured."""

    name: str
    ready: Callable[[int], Any]
    work: Callable[[Any], object]
    floor: str = ""
    share: int = 1  # of the learners; the full path is slow


def rows(make: Callable[[int], dict[str, Any]], learners: int) -> Iterator[Row]:
    """Shapes are learnt before from others of the cohort."""
    issuing, verifying = Shapes(), Shapes()
    for number in range(learners, learners + 5):
        _verify(_sign(number, make(number), issuing), verifying)
    texts = [orjson.dumps(_sign(number, make(number), issuing)) for number in range(learners)]
    for text in texts:
        _verify(orjson.loads(text), verifying)
    options, public = b"x" * 32, SIGNER.public_key

    def form(number: int) -> bytes:
        return issuing.canonical(make(number), rule=OPEN_BADGES) or b""

    def signed(number: int) -> tuple[bytes, bytes]:
        text = form(number)
        return text, SIGNER.sign(options + hashlib.sha256(text).digest())

    def draft(number: int) -> tuple[int, dict[str, Any]]:
        return number, make(number)

    def parsed(number: int) -> Any:
        return orjson.loads(texts[number])

    yield Row("floor, sign", form, lambda text: SIGNER.sign(options + hashlib.sha256(text).digest()))
    yield Row("floor, verify", signed, lambda two: public.verify(two[1], options + hashlib.sha256(two[0]).digest()))
    yield Row("canonical form", make, lambda one: issuing.canonical(one, rule=OPEN_BADGES), "floor, sign")
    yield Row("sign", draft, lambda one: orjson.dumps(_sign(*one, issuing)), "floor, sign")
    yield Row(
        "draft, lint, sign", lambda number: number, lambda number: _issue(number, make(number), issuing), "floor, sign"
    )
    yield Row("sign, full path", draft, lambda one: orjson.dumps(_sign(*one, None)), "floor, sign", 25)
    yield Row("verify, parsed", parsed, lambda one: _verify(one, verifying), "floor, verify")
    yield Row(
        "verify, from bytes", lambda number: texts[number], lambda text: _verify_bytes(text, verifying), "floor, verify"
    )
    yield Row("verify, full path", parsed, lambda one: _verify(one, None), "floor, verify", 25)


def _sign(number: int, draft: dict[str, Any], shapes: Shapes | None) -> dict[str, Any]:
    return data_integrity.secure(
        draft,
        signer=SIGNER,
        verification_method=METHOD,
        created=NOW - timedelta(seconds=number),
        rule=OPEN_BADGES,
        shapes=shapes,
    )


def _issue(number: int, draft: dict[str, Any], shapes: Shapes) -> bytes:
    lint(draft, shapes=shapes)
    return orjson.dumps(_sign(number, draft, shapes))


def _known(url: str, purpose: str) -> VerificationMethod:
    return VerificationMethod(url, url.partition("#")[0], SIGNER.public_key)


def _verify(document: dict[str, Any], shapes: Shapes | None) -> None:
    data_integrity.verify_proofs(document, dereference=_known, expected=Expected(now=NOW, shapes=shapes))


def _verify_bytes(text: bytes, shapes: Shapes) -> None:
    data_integrity.verify(data_integrity.read(text), dereference=_known, expected=Expected(now=NOW, shapes=shapes))


# --- how -----------------------------------------------------------------------------------------------------


def measured(all_: list[Row], learners: int, rounds: int) -> dict[str, float]:
    """Microseconds of processor time for each of a row's documents: the median of the rounds."""
    found: dict[str, list[float]] = {row.name: [] for row in all_}
    for _ in range(rounds):
        for row in all_:
            count, spent = max(1, learners // row.share), 0
            for number in range(count):
                one = row.ready(number)
                begun = time.process_time_ns()
                row.work(one)
                spent += time.process_time_ns() - begun
            found[row.name].append(spent / count / 1_000)
    return {name: statistics.median(times) for name, times in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=11)
    asked = parser.parse_args()
    learners = max(20, min(asked.learners, MOST))
    for make in (course, specialization):
        size, form = len(orjson.dumps(make(1))), canonical_bytes(make(1), rule=OPEN_BADGES)
        print(f"\n{make.__name__}: {size:,} bytes of JSON, {len(form):,} of {form.count(10)} statements")
        all_ = list(rows(make, learners))
        gc.freeze()  # what was made for the benchmark alone is nothing that the work has to look after
        took = measured(all_, learners, asked.rounds)
        print(f"{'':22}{'µs':>9}{'x floor':>9}")
        for row in all_:
            times = f"{took[row.name] / took[row.floor]:9.2f}" if row.floor else ""
            print(f"{row.name:22}{took[row.name]:9.1f}{times}")


if __name__ == "__main__":
    main()
