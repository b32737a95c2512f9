"""These tests need the second implementation."""

import pytest

from tests.exactness.references import MISSING
from tests.optional import need


@pytest.fixture(autouse=True)
def _installed() -> None:
    need(not MISSING, "pyoxigraph (pip install -e '.[dev]')")
