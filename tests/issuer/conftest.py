"""Fixtures of the issuer's tests."""

from pathlib import Path

import pytest

from tests.issuer.installation import Installation, earned


@pytest.fixture
def school(tmp_path: Path) -> Installation:
    """An issuer with a small catalogue and no learners."""
    return Installation(tmp_path)


@pytest.fixture
def awarded(school: Installation) -> Installation:
    """The same after Ana was awarded: two Course Certificates and a program certificate."""
    school.record(*earned())
    school.decide_and_issue()
    return school
