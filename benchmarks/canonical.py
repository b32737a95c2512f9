"""What one certificate of a cohort takes to be signed and to be verified, beside the floor that nobody can go below.

    python -m benchmarks.canonical [--learners 200] [--rounds 15]

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
    name: str
    work: Callable[[int], object]
    floor: str = ""
    share: int = 1  # of the learners; the full path is slow


def rows(make: Callable[[int], dict[str, Any]], learners: int) -> Iterator[Row]:
    """Everything that is not measured is done before: drafts, signed documents, shapes learnt from two others."""
    drafts = [make(number) for number in range(learners)]
    forms = [canonical_bytes(draft, rule=OPEN_BADGES) for draft in drafts[:20]]
    issuing, verifying = Shapes(), Shapes()
    for number in range(learners, learners + 3):  # others of the cohort show what differs
        _verify(_sign(make(number), issuing, number), verifying)
    signed = [_sign(draft, issuing, number) for number, draft in enumerate(drafts)]
    texts = [orjson.dumps(document) for document in signed]
    for document in signed:
        _verify(document, verifying)
    options = b"x" * 32
    signature = SIGNER.sign(options + hashlib.sha256(forms[0]).digest())
    public = SIGNER.public_key

    yield Row("floor, sign", lambda n: SIGNER.sign(options + hashlib.sha256(forms[n % 20]).digest()))
    yield Row("floor, verify", lambda n: public.verify(signature, options + hashlib.sha256(forms[0]).digest()))
    yield Row("canonical form", lambda n: issuing.canonical(drafts[n], rule=OPEN_BADGES), "floor, sign")
    yield Row("sign", lambda n: orjson.dumps(_sign(drafts[n], issuing, n)), "floor, sign")
    yield Row("draft, lint, sign", lambda n: _issue(make(n), issuing, n), "floor, sign")
    yield Row("sign, full path", lambda n: orjson.dumps(_sign(drafts[n], None, n)), "floor, sign", 50)
    yield Row("verify, parsed", lambda n: _verify(signed[n], verifying), "floor, verify")
    yield Row("verify, from bytes", lambda n: _verify_bytes(texts[n], verifying), "floor, verify")
    yield Row("verify, full path", lambda n: _verify(signed[n], None), "floor, verify", 50)


def _sign(draft: dict[str, Any], shapes: Shapes | None, number: int) -> dict[str, Any]:
    return data_integrity.secure(
        draft,
        signer=SIGNER,
        verification_method=METHOD,
        created=NOW - timedelta(seconds=number),
        rule=OPEN_BADGES,
        shapes=shapes,
    )


def _issue(draft: dict[str, Any], shapes: Shapes, number: int) -> bytes:
    lint(draft, shapes=shapes)
    return orjson.dumps(_sign(draft, shapes, number))


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
            count = max(1, learners // row.share)
            begun = time.process_time_ns()
            for number in range(count):
                row.work(number)
            found[row.name].append((time.process_time_ns() - begun) / count / 1_000)
    return {name: statistics.median(times) for name, times in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=15)
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
