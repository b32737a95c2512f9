"""A whole issuer in a temporary folder, with a clock that tests move: real key, real database, real signatures.

school = Installation(tmp_path)
school.record(*earned("ana"))
school.decide_and_issue()
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from fastapi.testclient import TestClient
from sqlalchemy import select

from issuer import catalogue_imports, deciding, revocation, store_address
from issuer.app import create_app, wire
from issuer.catalogue import Catalogue
from issuer.catalogue_checks import Findings
from issuer.errors import LimitReached
from issuer.facts import Completion, Fact
from issuer.issuance import Issuance
from issuer.reconciled import Reconciled
from issuer.reconciliation import Reconciliation
from issuer.rules import AllOf, CapstoneRule, CourseRule
from issuer.selection import Held
from issuer.setup import initialize
from issuer.store import catalogues, credentials, facts
from issuer.store.credentials import StoredCredential
from issuer.store.dialects import Place
from issuer.store.tables import status_list
from issuer.workshop import Workshops
from tests import databases
from tests.issuer import domain, homes
from vc import dids
from vc.compiled import Shapes
from vc.dids import VerificationMethod, web

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
URL = "http://localhost:8000"
VERIFIER = "http://localhost:8001"

SHAPES = Shapes()
"""One learns for all installations of a process what their certificates look like: it is half of the work of a test."""

# Two requirements are enough to issue and quick to sign.
MINI = domain.program(
    code="mini", titles={"en": "Mini", "es": "Mini"}, rule=AllOf((CourseRule("toolbox"), CapstoneRule("capstone")))
)
CATALOGUE = Catalogue(
    domain.CATALOGUE.organizations,
    {code: domain.CATALOGUE.courses[code] for code in ("toolbox", "programming", "capstone")},
    {("mini", 1): MINI},
)


@dataclass(frozen=True)
class Run:
    """What `Issued` counts, with the certificates."""

    courses: tuple[StoredCredential, ...]
    programs: tuple[StoredCredential, ...]
    held: tuple[Held, ...]
    limited: tuple[tuple[LimitReached, int], ...]


class PowerCut(BaseException):
    """Not an Exception, so that nothing can catch it by accident."""


class Installation:
    """`now` may be set. `cut_after`: the step after which the power fails, once. `own_keys` False: as installations
    were before each organization had keys of its own; `place`: of its records, usual: as the test says."""

    now = NOW
    cut_after: str | None = None

    def __init__(
        self,
        folder: Path,
        catalogue: Catalogue = CATALOGUE,
        *,
        own_keys: bool = True,
        place: Place | None = None,
        **setup: Any,
    ) -> None:
        self.home = folder / "home"
        self.steps: list[str] = []
        place = place or databases.of_this_test().place(databases.FILE)
        self.environ: Mapping[str, str] = {store_address.VARIABLE: place} if isinstance(place, str) else {}
        if self.environ:
            self._initialize(self.home, **setup)
        else:
            kind = tuple(sorted(setup.items()))
            homes.copied(kind, lambda home: self._initialize(home, **setup), to=self.home)
        self.restart()
        # As an import does it, and without its entries in the log: a test begins with an empty one.
        new = catalogue.organizations if own_keys else ()
        keys = [self.services.keyring.first_key(code, at=NOW) for code in new]
        with self.database.write() as tx:
            catalogues.save(tx, catalogue, at=NOW)
            for key in keys:
                if key is not None:
                    self.services.keyring.record(tx, key)

    def _initialize(self, home: Path, **setup: Any) -> None:
        initialize(
            home,
            organization="Example School",
            url=URL,
            verifier_url=VERIFIER,
            environ=self.environ,
            now=NOW,
            **setup,
        )

    @classmethod
    def found(cls, home: Path) -> Self:
        """The one that lives there already."""
        one = cls.__new__(cls)
        one._move_in(home, {})
        return one

    def _move_in(self, home: Path, environ: Mapping[str, str]) -> None:
        self.home, self.steps, self.environ = home, [], environ
        self.restart()

    def restart(self) -> None:
        self.services = wire(self.home, environ=self.environ, now=lambda: self.now, shapes=SHAPES)
        self.config = self.services.config
        self.database = self.services.database

    def take_in(self, catalogue: Catalogue, owner: str | None = None) -> None:
        """As an import does, so that each organization that is new gets its key."""
        catalogue_imports.take_in(
            self.database, self.services.keyring, Findings.of(catalogue), actor="Test", at=self.now, owner=owner
        )

    def list_of(self, stored: StoredCredential) -> str:
        """What the address of its status list ends with."""
        with self.database.read() as tx:
            return str(tx.scalar(select(status_list.c.name).where(status_list.c.number == stored.list_number)))

    def published(self, did: str) -> dict[str, Any]:
        """The DID document that a verifier would fetch."""
        return web.document(did, self.services.keyring.identity_of(did).published)

    def dereference(self, url: str, purpose: str) -> VerificationMethod:
        return dids.dereference(url, purpose, resolve=self.published)

    @property
    def issuance(self) -> Issuance:
        return Issuance(
            self.config,
            self.database,
            self.services.keyring,
            now=lambda: self.now,
            reached=self._reached,
            workshops=Workshops(self.config, shapes=SHAPES),
        )

    def _reached(self, step: str) -> None:
        self.steps.append(step)
        if step == self.cut_after:
            self.cut_after = None
            raise PowerCut(step)

    def later(self, **period: int) -> None:
        self.now += timedelta(**period)

    def record(self, *given: Fact) -> facts.Appended:
        with self.database.write() as tx:
            return facts.append(tx, given)

    def decide(self, **choices: Any) -> deciding.Run:
        return deciding.run(self.database, now=self.now, **choices)

    def issue(self, program: str | None = None) -> "Run":
        issuance, new = self.issuance, list[StoredCredential]()
        done = issuance.issue_due(program=program, released=new.append)
        courses, programs = (tuple(one for one in new if one.kind == kind) for kind in ("course", "program"))
        if (len(courses), len(programs)) != (done.courses, done.programs):
            raise AssertionError("what was counted is not what was told")
        return Run(courses, programs, done.held, done.limited)

    def decide_and_issue(self) -> "Run":
        self.decide()
        return self.issue()

    def reconciliation(self) -> Reconciliation:
        return Reconciliation(
            self.config, self.database, self.issuance, now=lambda: self.now, actor="Rita", reached=self._reached
        )

    def reconcile(self, **choices: Any) -> Reconciled:
        return self.reconciliation().run(**choices)

    def change(self, stored: StoredCredential, action: revocation.Action, reason: str = "a reason") -> None:
        revocation.change(self.database, stored.share_id, action, reason=reason, now=self.now, config=self.config)

    def certificates(self) -> tuple[StoredCredential, ...]:
        with self.database.read() as tx:
            return credentials.listed(tx)

    def again(self, stored: StoredCredential) -> StoredCredential:
        """As it is now."""
        with self.database.read() as tx:
            return credentials.get(tx, stored.number)

    def client(self) -> TestClient:
        return TestClient(create_app(self.services), base_url=URL)


def copied(name: str, folder: Path, make: Callable[[Path], Installation]) -> Installation:
    """What `make` makes in a folder, made once for all who say that name, and copied; on PostgreSQL made each time."""
    if databases.of_this_test().kind != "sqlite":
        return make(folder)
    homes.copied(name, lambda home: make(home.parent).database.close(), to=folder / "home")
    return Installation.found(folder / "home")


def earned(learner: str = "ana", **changes: Any) -> tuple[Completion, Completion]:
    """What earns the program "mini"."""
    name = {"learner": learner, "name": f"{learner.capitalize()} Invenira", "email": f"{learner}@example.org"}
    return (
        domain.done("toolbox", **name | changes),
        domain.done("capstone", **name | {"completed_on": date(2026, 3, 25)} | changes),
    )
