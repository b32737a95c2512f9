"""Options for the whole suite, and the database that each test runs on (`tests.databases`)."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import databases
from tests.databases import Databases
from tests.issuer import homes

# How long an example takes says what else the machine does.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", default="", help="a folder that keeps the screenshots of the journeys")
    parser.addoption(
        "--database",
        choices=databases.KINDS,
        default=os.environ.get("TESTAMUR_TEST_DATABASE") or None,
        help="where the issuer's tests keep their records",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both_databases: the test runs on SQLite and on PostgreSQL")
    databases.want(config.getoption("--database"))
    for kind in databases.KINDS:
        config.addinivalue_line("markers", f"only_{kind}: the test is about it, and runs on it whatever is asked for")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    kinds = databases.kinds_for(metafunc, metafunc.config.getoption("--database"))
    if kinds != ("sqlite",):
        metafunc.parametrize("databases_used", kinds, indirect=True)


@pytest.fixture(autouse=True)
def databases_used(request: pytest.FixtureRequest) -> Iterator[Databases]:
    with databases.used(getattr(request, "param", "sqlite")) as used:
        yield used


def pytest_sessionfinish() -> None:
    databases.stop()
    homes.forget()
