"""Certificates of our own for the corpus, by the code that builds the real ones: both kinds, with all they may hold.

course(random.Random(1)), program(random.Random(1))
"""

import random
from datetime import date
from typing import Any

from tests.vc import samples
from vc import openbadges
from vc.dids import key
from vc.openbadges import Achievement, CourseAward, IncludedPart, Issuer, ProgramAward, Recipient
from vc.status import bitstring

Document = dict[str, Any]
HOST = "https://credentials.example.org"
SIGNER = samples.SoftSigner()
LANGUAGES = ("en", "es", "ar", "hi", "zh-Hant")


def course(chance: random.Random) -> Document:
    number = chance.randrange(1000)
    return openbadges.course_certificate(
        CourseAward(
            id=f"{HOST}/credentials/c{number}",
            issuer=_issuer(chance),
            recipient=_recipient(chance),
            achievement=_achievement(chance, f"courses/{number}"),
            completed_on=date(2026, 2, 1 + number % 28),
            awarded=samples.NOW,
            valid_from=samples.NOW,
            status=_status(chance),
            image=f"{HOST}/credentials/c{number}.png" if chance.random() < 0.5 else None,
            capstone=chance.random() < 0.3,
            grade=chance.choice((None, "91", "A+", "")),
            narrative=chance.choice((None, "Built a\nsearch engine.")),
        )
    )


def program(chance: random.Random) -> Document:
    number = chance.randrange(1000)
    parts = tuple(_part(chance, step) for step in range(1, chance.choice((1, 1, 2, 2, 3, 6)) + 1))
    return openbadges.program_certificate(
        ProgramAward(
            id=f"{HOST}/credentials/s{number}",
            issuer=_issuer(chance),
            recipient=_recipient(chance),
            achievement=_achievement(chance, f"specializations/{number}"),
            parts=parts,
            awarded=samples.NOW,
            valid_from=samples.NOW,
            status=_status(chance),
            image=f"{HOST}/credentials/s{number}.png" if chance.random() < 0.5 else None,
        )
    )


def _issuer(chance: random.Random) -> Issuer:
    did = chance.choice(
        (key.did_of(SIGNER.public_key), "did:web:credentials.example.org", "https://example.org/school")
    )
    return Issuer(
        did,
        "Example Academy (demonstration)",
        "https://academy.example.org",
        image=f"{HOST}/issuer.png" if chance.random() < 0.5 else None,
        description="An academy that does not exist." if chance.random() < 0.3 else None,
    )


def _recipient(chance: random.Random) -> Recipient:
    return Recipient(
        chance.choice(("Zoë Ünlü-Beispiel", 'Ana "Anita" Díaz', "एक उदाहरण", "مثال", "例子")),
        id=chance.choice((None, "did:example:learner")),
        email=chance.choice((None, "zoe@example.org")),
        salt="k3Jr9c",
    )


def _achievement(chance: random.Random, place: str) -> Achievement:
    language = chance.choice(LANGUAGES)
    base = f"{HOST}/achievements/{place}/{language}/v1"
    others = tuple((other, f"{HOST}/achievements/{place}/{other}/v1") for other in LANGUAGES if other != language)
    return Achievement(
        id=base,
        code=place.rpartition("/")[2],
        title=f"The course {place}",
        description='Back\\slash, "quotes", ümläut, 漢字, עברית, हिन्दी, 🎓.\r\nA second line.',
        criteria_id=f"{base}/criteria",
        narrative="Pass every exam:\n\n1. SQL\n2. Models",
        language=language,
        version="1",
        tags=tuple(f"tag {step}" for step in range(chance.randrange(3))),
        image=f"{base}.png" if chance.random() < 0.3 else None,
        hours=chance.choice((None, 40)),
        other_languages=others[: chance.randrange(3)],
    )


def _part(chance: random.Random, step: int) -> IncludedPart:
    return IncludedPart(
        code=f"course-{step}",
        title=f"Course number {step}",
        kind="capstone" if chance.random() < 0.2 else "course",
        achievement_id=f"{HOST}/achievements/course-{step}/en/v1",
        credential_id=f"{HOST}/credentials/course-{step}",
        verify_url=f"https://verify.example.org/verify?url={HOST}/credentials/course-{step}",
        awarded=date(2026, 1, step),
        digest=samples.digest_multibase(f"{step}".encode()),
        narrative=chance.choice((None, "Built a search engine.")),
    )


def _status(chance: random.Random) -> Document:
    index = chance.randrange(100_000)
    reference = chance.choice((None, f"{HOST}/credentials/c{index}/status"))
    return bitstring.entry(list_url=f"{HOST}/status/1", index=index, purpose="revocation", reference=reference)
