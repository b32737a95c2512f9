"""Two organizations in one installation, each with a learner and a certificate, and everybody who might call the API.

offices = Offices(folder)
offices.client.get("/organizations/school", headers=offices.callers["viewer"])
"""

import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from issuer import api_keys
from issuer.access import ROLES
from issuer.catalogue import Catalogue, Organization
from issuer.places import FOLDER
from issuer.rules import AllOf, CourseRule
from issuer.store import audit
from issuer.store.audit import Entry
from issuer.store.credentials import StoredCredential
from tests import databases
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, Installation, copied, earned

OWN, OTHER, NOWHERE = "school", "academy", "nowhere"

# What tells nothing about a caller's rights comes first; the order of the columns of docs/endpoints.md.
NOBODY, WRONG, REVOKED, SCOPES = "no one", "a wrong key", "a revoked key", "a key with scopes"
STRANGER, OPERATOR = "the other's administrator", "the operator"
CALLERS = (NOBODY, WRONG, REVOKED, SCOPES, *ROLES, STRANGER, OPERATOR)

LEARNERS = {"ana": "Ana Invenira", "oton": "Oton Izmišljeni"}

TWO = Catalogue(
    {**CATALOGUE.organizations, OTHER: Organization(OTHER, "Other Academy", "https://academy.example/")},
    {**CATALOGUE.courses, "rhetoric": domain.course("rhetoric", "Rhetoric", organization=OTHER)},
    {
        **CATALOGUE.programs,
        ("speaking", 1): domain.program(
            code="speaking", titles={"en": "Speaking"}, organization=OTHER, rule=AllOf((CourseRule("rhetoric"),))
        ),
    },
)


class Offices(Installation):
    """`callers`: the headers that each shows. `restore` brings the records back to what they were."""

    def __init__(self, folder: Path) -> None:
        made = copied("offices", folder, _awarded)
        made.database.close()
        self._move_in(made.home, made.environ)
        operators = self._key("The operator", role="administrator")
        number = operators["Authorization"].split("_")[1]
        self.callers: Mapping[str, Mapping[str, str]] = {
            NOBODY: {},
            WRONG: {"Authorization": f"Bearer testamur_{number}_{'5' * 64}"},  # of a key that there is
            REVOKED: self._key(REVOKED, role="administrator", organization=OWN),
            SCOPES: self._key(SCOPES, scopes=("sign", "status")),
            **{role: self._key(f"The {role}", role=role, organization=OWN) for role in ROLES},
            STRANGER: self._key("The stranger", role="administrator", organization=OTHER),
            OPERATOR: operators,
        }
        api_keys.revoke(self.database, int(self.callers[REVOKED]["Authorization"].split("_")[1]), now=self.now)
        self.client_of_all = self.client()
        self.client_of_all.headers["X-Request-Id"] = "0" * 32  # so that answers alike are alike to the letter
        self._kept = self._keep()

    def _key(self, name: str, **rights: object) -> Mapping[str, str]:
        _, text = api_keys.create(self.database, name=name, now=self.now, **rights)  # type: ignore[arg-type] # of three kinds
        return {"Authorization": f"Bearer {text}"}

    def _keep(self) -> sqlite3.Connection | None:
        """A PostgreSQL database keeps it itself."""
        if isinstance(self.config.database, str):
            databases.keep(self.config.database)
            return None
        kept = sqlite3.connect(":memory:")
        with sqlite3.connect(self.config.database) as live:
            live.backup(kept)
        live.close()
        return kept

    def restore(self) -> None:
        shutil.rmtree(self.home / FOLDER, ignore_errors=True)  # else it is taken for a store that was put back
        if self._kept is None:
            databases.bring_back(str(self.config.database))
            return
        with sqlite3.connect(self.config.database) as live:
            self._kept.backup(live)
        live.close()

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
        self.database.close()

    @property
    def secrets(self) -> frozenset[str]:
        shown = (headers.get("Authorization", "") for headers in self.callers.values())
        return frozenset(text[-64:] for text in shown if text)

    def certificate(self, learner: str) -> StoredCredential:
        """The newest of the learner's."""
        return [one for one in self.certificates() if one.learner == learner][-1]

    def log(self) -> tuple[Entry, ...]:
        """Of all chains."""
        with self.database.read() as tx:
            return tuple(entry for chain in audit.chains(tx) for entry in audit.read(tx, chain))


def _awarded(folder: Path) -> Installation:
    school = Installation(folder, TWO)
    oton = {"learner": "oton", "name": LEARNERS["oton"], "email": "oton@example.org"}
    school.record(*earned("ana"), domain.done("rhetoric", **oton))
    school.decide_and_issue()
    return school
