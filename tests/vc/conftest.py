"""What the tests of shapes (`vc.compiled`) begin with."""

import pytest

from tests.vc.samples import course
from tests.vc.shaped import SIGNER, Document, of_two, other
from vc.compiled import Shapes


@pytest.fixture
def document() -> Document:
    return course(SIGNER)


@pytest.fixture(scope="module")
def wide() -> Shapes:
    """Every text is a hole; shared, so nobody teaches it more."""
    return of_two(course(SIGNER), other(course(SIGNER)))
