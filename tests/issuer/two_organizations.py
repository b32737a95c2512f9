"""The school and an academy beside it in one installation, each with a learner."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from issuer import api_keys
from issuer.catalogue import Catalogue, Organization, Program
from issuer.rules import AllOf, CourseRule, FeePaid, IdentityVerified
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, MINI, Installation, earned

SCHOOL, ACADEMY = "school", "academy"
SCHOOL_DID = "did:web:localhost%3A8000:organizations:school"
ACADEMY_DID = "did:web:localhost%3A8000:organizations:academy"

RHETORIC = domain.course("rhetoric", "Rhetoric", languages=("en",), organization=ACADEMY)
DEBATE = domain.course("debate", "Debate", languages=("en",), organization=ACADEMY)


def sequence(*codes: str, **changes: Any) -> Program:
    """An XSeries of these courses."""
    values: dict[str, Any] = {
        "code": "speaking",
        "version": 1,
        "kind": "xseries",
        "organization": ACADEMY,
        "titles": {"en": "Speaking"},
        "rule": AllOf(tuple(CourseRule(code) for code in codes)),
        "constraints": (IdentityVerified(), FeePaid()),
        "fee": Decimal(0),
    }
    return replace(MINI, **values | changes)


SPEAKING = sequence("rhetoric", "debate")
TWO = Catalogue(
    {
        **CATALOGUE.organizations,
        ACADEMY: Organization(
            ACADEMY, "Other Academy", "https://academy.example/", contact="registrar@academy.example"
        ),
    },
    {**CATALOGUE.courses, "rhetoric": RHETORIC, "debate": DEBATE},
    {**CATALOGUE.programs, ("speaking", 1): SPEAKING},
)


def of_zoe(code: str = "rhetoric") -> Any:
    return domain.done(code, learner="zoe", name="Zoë Ünlü-Beispiel", email="zoe@example.org")


def shown(installation: Installation, organization: str | None, **rights: Any) -> dict[str, str]:
    """The header that shows a new key of that organization's staff; None: the operator's."""
    wanted = rights or {"role": "administrator"}
    name = f"Staff of {organization}"
    _, text = api_keys.create(
        installation.database, name=name, organization=organization, now=installation.now, **wanted
    )
    return {"Authorization": f"Bearer {text}"}


def both_awarded(folder: Path) -> Installation:
    """The school Ana, the academy Zoë."""
    made = Installation(folder, TWO)
    made.record(*earned(), of_zoe())
    made.decide_and_issue()
    return made
