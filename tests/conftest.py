"""Options for the whole suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", default="", help="a folder that keeps the screenshots of the journeys")
