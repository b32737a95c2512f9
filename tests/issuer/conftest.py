"""Fixtures of the issuer's tests."""

from pathlib import Path

import pytest

from tests.issuer.installation import Installation, copied, earned


@pytest.fixture
def school(tmp_path: Path) -> Installation:
    """An issuer with a small catalogue and no learners."""
    return copied("school", tmp_path, Installation)


@pytest.fixture
def awarded(tmp_path: Path) -> Installation:
    """The same after Ana was awarded: two Course Certificates and a program certificate."""
    return copied("awarded", tmp_path, _awarded)


def _awarded(folder: Path) -> Installation:
    school = Installation(folder)
    school.record(*earned())
    school.decide_and_issue()
    return school
