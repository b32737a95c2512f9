"""The documents that are signed and verified when single steps are timed: a cohort of made-up learners of one program.

    documents(64)[0]        # a Specialization of five courses and a capstone, drafted as the issuer drafts, unsecured

The program is "Data Science" of the examples, cut to six parts. Each learner's name, salt, dates, links and digests are
their own, so that nobody can answer from memory. The issuer is a `did:key`, which every library can work out by itself.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import contexts
from issuer import config, drafting
from issuer.catalogue import Catalogue, Course, Program
from issuer.catalogue_files import load_catalogue
from issuer.facts import Completion
from issuer.rules import AllOf
from issuer.workshop import Workshop
from tests.peers.samples import DID
from vc.openbadges import Recipient

CREATED = datetime(2026, 4, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
COURSES = 5  # and the capstone
_CATALOGUE = Path(__file__).parent.parent / "examples" / "catalogue"


def documents(count: int) -> list[dict[str, Any]]:
    return list(_drafted(count))


def known() -> dict[str, Any]:
    """URL -> content of every context that these documents name, as it is pinned."""
    return {url: contexts.load(url) for url in contexts.CONTEXTS}


def _drafted(count: int) -> Iterator[dict[str, Any]]:
    catalogue, program, courses = _program()
    settings = config.make(
        Path("nowhere"),
        organization="Example Academy",
        url="https://awards.example.org",
        verifier_url="https://check.example.org",
    )
    workshop = Workshop(settings, catalogue)
    for number in range(count):
        document = drafting.program_certificate(
            workshop,
            program,
            tuple(_part(course, place, number) for place, course in enumerate(courses, 1)),
            language="en",
            slot=drafting.Slot(_word("certificate", number), 1, "2cFupjhnEsSn59qHXstmK2", number * 2_039 % 131_072),
            recipient=Recipient(
                f"Zoë Ünlü-Beispiel {number}", email=f"z{number}@example.org", salt=_word("salt", number)[:6]
            ),
            awarded=CREATED - timedelta(days=number % 28),
            at=CREATED,
        )
        yield {**document, "issuer": {**document["issuer"], "id": DID}}


def _program() -> tuple[Catalogue, Program, list[Course]]:
    catalogue = load_catalogue(_CATALOGUE)
    whole = catalogue.programs["data-science", 1]
    *parts, capstone = whole.rule.children if isinstance(whole.rule, AllOf) else ()
    program = replace(whole, rule=AllOf((*parts[:COURSES], capstone)))
    catalogue = replace(catalogue, programs={**catalogue.programs, (program.code, 1): program})
    return catalogue, program, [catalogue.courses[leaf.code] for leaf in catalogue.parts(program)]


def _part(course: Course, place: int, number: int) -> drafting.Part:
    capstone = course.kind == "capstone"
    passed = date(2026, 1, 5) + timedelta(days=7 * place + number % 5)
    completion = Completion(
        learner=f"learner-{number}",
        name=f"Zoë Ünlü-Beispiel {number}",
        email=f"z{number}@example.org",
        course=course.code,
        session="2026-01-05-en",
        language="en",
        outcome="passed",
        grade=Decimal(90),
        completed_on=passed,
        identity_verified=True,
        fee_paid=True,
        narrative=f"Predicted the next word of {number + 2} kinds of text." if capstone else None,
        source="benchmark",
        recorded_at=CREATED,
    )
    share_id = _word(course.code, number)
    return drafting.Part(
        course.code, "capstone" if capstone else "course", completion, course, share_id, share_id.encode()
    )


def _word(kind: str, number: int) -> str:
    return hashlib.sha256(f"{kind} {number}".encode()).hexdigest()[:22]
