"""Both services answer as their OpenAPI documents say, to requests made up from the documents: no 5xx, no status and no
shape that is not written down. Bounded: some requests for each operation; the network of the verifier is a simulator.
"""

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from issuer.app import create_app as issuer_app
from tests.issuer.endpoints import ENDPOINTS, Operation, prepared
from tests.issuer.installation import Installation, earned
from tests.issuer.offices import OWN, Offices
from tests.optional import need
from tests.simulators import World
from tests.vc.samples import NOW, course
from verifier.app import create_app as verifier_app
from verifier.config import Settings

# The client that schemathesis brings for ASGI uses a name that anyio has moved.
pytestmark = pytest.mark.filterwarnings("ignore:The anyio.abc.BlockingPortal alias:DeprecationWarning")

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

# An example costs some 10 ms, a verification some 30; there are a hundred operations. `make properties` tries more.
EXAMPLES = settings(
    max_examples=int(os.environ.get("TESTAMUR_EXAMPLES", "8")),
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture(autouse=True)
def _schemathesis() -> None:
    """Earlier ones fail at the jsonschema-rs that is locked here."""
    installed = tuple(int(part) for part in version("schemathesis").split(".")[:2])
    need(installed >= (4, 32), "schemathesis 4.32 or later")


@pytest.fixture
def verifier() -> Any:
    world = World()
    world.issue(course(world.signer))
    app = verifier_app(Settings(max_upload=200_000), fetch=lambda: world)
    app.state.now = lambda: NOW
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture
def issuer(tmp_path: Path) -> Any:
    school = Installation(tmp_path)
    school.record(*earned())
    school.decide_and_issue()
    return schemathesis.openapi.from_asgi("/openapi.json", issuer_app(school.services))


def _exercise(schema: Any) -> None:
    """Each operation in turn; what is wrong is gathered, so that one run shows all of it."""
    wrong: list[str] = []
    operations = [found.ok() for found in schema.get_all_operations()]
    assert operations
    for operation in operations:

        @EXAMPLES
        @given(case=operation.as_strategy())
        def look(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS)

        try:
            look()
        except BaseException as error:
            wrong.append(f"{operation.label}: {error}")
    assert wrong == [], "\n\n".join(wrong)


def test_the_verifier(verifier: Any) -> None:
    _exercise(verifier)


def test_the_issuer(issuer: Any) -> None:
    _exercise(issuer)


def test_the_office(tmp_path: Path) -> None:
    """With an administrator's key. What a path parameter names is there in half of the requests; the statuses are those
    that stand there by their numbers, not by a 4XX."""
    offices = Offices(tmp_path)
    schema = schemathesis.openapi.from_asgi("/openapi.json", offices.client_of_all.app)
    wrong: list[str] = []
    found = [operation.ok() for operation in schema.get_all_operations()]
    office = [one for one in found if ENDPOINTS[_name(one)].needs is not None]
    assert office
    for operation in office:
        try:
            _administrate(offices, operation)
        except BaseException as error:
            wrong.append(f"{_name(operation)}: {error}")
    offices.close()
    assert wrong == [], "\n\n".join(wrong)


def _name(operation: Any) -> str:
    return f"{operation.method.upper()} {operation.path}"


def _administrate(offices: Offices, operation: Any) -> None:
    one = Operation(operation.method, operation.path, operation.definition.raw)
    there = prepared(offices, one)

    @EXAMPLES
    @given(case=operation.as_strategy(), known=st.booleans())
    def look(case: schemathesis.Case, known: bool) -> None:
        if one.changes:
            there.update(prepared(offices, one))
        case.path_parameters |= there if known else {name: OWN for name in one.parameters if name == "organization"}
        answer = case.call_and_validate(checks=CHECKS, headers=dict(offices.callers["administrator"]))
        assert str(answer.status_code) in one.document["responses"], f"{answer.status_code} {answer.text[:200]}"
        assert answer.status_code != 401

    look()
