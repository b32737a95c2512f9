"""Both services answer as their OpenAPI documents say, to requests made up from the documents: no 5xx, no status and no
shape that is not written down. Bounded: some requests for each operation; the network of the verifier is a simulator.
"""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from issuer.app import create_app as issuer_app
from tests.issuer.installation import Installation, earned
from tests.optional import need
from tests.simulators import World
from tests.vc.samples import NOW, course
from verifier.app import create_app as verifier_app
from verifier.config import Settings

# The client that schemathesis brings for ASGI uses a name that anyio has moved.
pytestmark = pytest.mark.filterwarnings("ignore:The anyio.abc.BlockingPortal alias:DeprecationWarning")

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

# An example costs some 10 ms, a verification some 30; there are a dozen operations.
EXAMPLES = settings(
    max_examples=20,
    deadline=None,
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
