"""Roles, and the two ways to be refused: the role is too small, the organization is another's."""

import itertools

import pytest

from issuer.access import ROLES, Caller, checked_name, least_role, operator, permissions_of
from issuer.api_errors import NotAllowed, UnknownOrganization
from issuer.errors import InputRefused


def test_each_role_may_what_the_one_before_it_may_and_more() -> None:
    sets = [permissions_of(role) for role in ROLES]
    assert all(smaller < greater for smaller, greater in itertools.pairwise(sets))


def test_a_role_that_is_too_small_is_told_which_is_needed() -> None:
    viewer = Caller("Vera (key 1)", "duke", permissions_of("viewer"), 1)
    viewer.require("read", organization="duke")
    with pytest.raises(NotAllowed, match="needs the role approver"):
        viewer.require("approve", organization="duke")
    assert least_role("record") == "registrar"


def test_another_organization_is_not_there() -> None:
    administrator = Caller("Ada (key 2)", "duke", permissions_of("administrator"), 2)
    with pytest.raises(UnknownOrganization, match="There is no organization jhu"):
        administrator.require("read", organization="jhu")


def test_the_operator_acts_for_each() -> None:
    for code in ("duke", "jhu"):
        operator("Olga (command line)").require("administer", organization=code)


@pytest.mark.parametrize("name", ["Rita (key 5)", "Rita (command line)", "Rita(key 5) "])
def test_nobody_is_called_as_if_he_had_come_in_otherwise(name: str) -> None:
    with pytest.raises(InputRefused, match="brackets"):
        checked_name(name, limit=100)
    assert checked_name("Rita (evenings)", limit=100) == "Rita (evenings)"
