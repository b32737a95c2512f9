"""The statuses of a credential: of every kind, in their order, and each by the file that knows it."""

from typing import Any

import pytest

from tests.vc.status_lists import URL, asked
from vc.errors import NotSupported, StatusInvalid, StatusMalformed, Unavailable
from vc.status import MAX_ENTRIES, STATUS_TYPES, entries_of, token_status_list

TOKEN = token_status_list.entry(uri=URL, index=3)
EDTECH = {"id": URL, "type": "1EdTechRevocationList"}
OLD = asked(type="StatusList2021Entry")


def test_every_kind_stands_in_the_table() -> None:
    credential = {"credentialStatus": [asked(), OLD, EDTECH], "status": TOKEN}
    found = entries_of(credential)
    assert [entry.type for entry in found] == list(STATUS_TYPES.values())
    assert {entry.question().url for entry in found} == {URL}


@pytest.mark.parametrize("credential", [{}, {"credentialStatus": []}])
def test_none(credential: dict[str, Any]) -> None:
    assert entries_of(credential) == []


def test_a_type_among_others() -> None:
    (entry,) = entries_of({"credentialStatus": asked(type=["Thing", "BitstringStatusListEntry"])})
    assert entry.question().url == URL


@pytest.mark.parametrize("type", ["RevocationList2020Status", [], None, 7, ["A", 7], "status.status_list"])
def test_kinds_that_exist_elsewhere(type: Any) -> None:
    """Nothing need be wrong with the credential, so nothing is told (ADR 17)."""
    (entry,) = entries_of({"credentialStatus": asked(type=type)})
    with pytest.raises(NotSupported, match="not supported here") as caught:
        entry.question()
    assert isinstance(caught.value, Unavailable)


def test_another_mechanism_in_the_claim() -> None:
    """`status` may name others beside `status_list` (Token Status List section 6.1); each counts."""
    first, second = entries_of({"status": TOKEN | {"identifier_list": {"uri": URL}}})
    assert first.question().url == URL
    with pytest.raises(NotSupported, match=r"status\.identifier_list"):
        second.question()


def test_two_kinds_at_once() -> None:
    (entry,) = entries_of({"credentialStatus": asked(type=["BitstringStatusListEntry", "StatusList2021Entry"])})
    with pytest.raises(StatusMalformed, match="two types"):
        entry.question()


@pytest.mark.parametrize(
    "credential",
    [
        {"credentialStatus": URL},
        {"credentialStatus": None},
        {"credentialStatus": [asked(), URL]},
        {"status": None},
        {"status": "valid"},
        {"status": {}},
        {"status": [TOKEN]},
        {"status": {"status_list": URL}},
    ],
)
def test_what_is_no_status(credential: dict[str, Any]) -> None:
    with pytest.raises(StatusMalformed):
        entries_of(credential)


def test_more_than_anybody_needs() -> None:
    entries_of({"credentialStatus": [asked()] * (MAX_ENTRIES - 1), "status": TOKEN})
    with pytest.raises(StatusInvalid, match="names 5 statuses"):
        entries_of({"credentialStatus": [asked()] * MAX_ENTRIES, "status": TOKEN})
