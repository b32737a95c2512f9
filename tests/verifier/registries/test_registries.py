"""Formats of lists of known issuers, each read by its own file."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.vc.samples import NOW
from vc.errors import Invalid, MalformedValue, ParsingError
from verifier import registries
from verifier.known_issuers import MAX_ISSUERS, IssuerList, KnownIssuer, ListRefused

# The form of digitalcredentials/sandbox-registry, registry.json: names and addresses here are invented.
DCC = {
    "meta": {"created": "2022-10-27T17:57:31+00:00", "updated": "2026-02-25T00:00:00+00:00"},
    "registry": {
        "did:web:digital.example:dids:one": {
            "name": "First School",
            "location": "Cambridge, MA, USA",
            "url": "https://first.example",
        },
        "did:key:z6MkSecond": {"name": "Second School", "location": "Hamilton, ON, Canada"},
        "did:key:z6MkThird": {"name": "", "url": "https://third.example"},
        "did:key:z6MkFourth": None,
        "no identifier": {"name": "Fifth"},
        "did:key:z6MkSixth": {"name": "Sixth School", "url": None},
    },
}

FULL: dict[str, Any] = {
    "name": "Partners of 2026",
    "issued": "2026-01-01T00:00:00Z",
    "expires": "2027-01-01T00:00:00Z",
    "issuers": [
        {
            "id": "did:web:school.example",
            "name": " School of Examples ",
            "url": "https://school.example",
            "aliases": ["Example School"],
            "since": "2020-01-01T00:00:00Z",
            "until": None,
        },
        {"id": "did:key:z6MkB", "name": "B"},
    ],
}


def read(document: Any) -> IssuerList:
    return registries.read(json.dumps(document).encode(), now=NOW)


def test_the_short_form() -> None:
    assert read({"did:web:school.example": "School"}).issuers == (KnownIssuer("did:web:school.example", "School"),)


def test_the_full_form() -> None:
    found = read(FULL)
    assert (found.name, found.issued, found.expires) == (
        "Partners of 2026",
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    )
    first, second = found.issuers
    assert (first.name, first.aliases, first.hosts) == ("School of Examples", ("Example School",), ("school.example",))
    assert first.since == datetime(2020, 1, 1, tzinfo=UTC)
    assert second == KnownIssuer("did:key:z6MkB", "B")


def test_since_and_until() -> None:
    entry = KnownIssuer(
        "did:key:z", "Z", since=datetime(2020, 1, 1, tzinfo=UTC), until=datetime(2025, 1, 1, tzinfo=UTC)
    )
    assert [entry.vouched_at(datetime(year, 1, 1, tzinfo=UTC)) for year in (2019, 2020, 2024, 2025)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"untill": "2026-01-01T00:00:00Z"},
        {"id": 7},
        {"id": "no identifier"},
        {"name": ""},
        {"name": "x" * 501},
        {"name": None},
        {"url": 7},
        {"aliases": "Example School"},
        {"aliases": [""]},
        {"since": "2020"},
    ],
)
def test_an_entry_that_is_not_understood_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(MalformedValue):
        read(FULL | {"issuers": [FULL["issuers"][0] | change]})


@pytest.mark.parametrize("change", [{"expire": "2027-01-01T00:00:00Z"}, {"issued": "soon"}, {"issuers": ["did:key:z"]}])
def test_a_list_that_is_not_understood_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        read(FULL | change)


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b'"did:key:z"', b"<html>", b"\xff", b'{"a:b": "x", "a:b": "y"}'])
def test_what_is_no_list(data: bytes) -> None:
    with pytest.raises(ListRefused, match="no list of known issuers"):
        registries.read(data, now=NOW)


def test_an_object_of_something_else() -> None:
    with pytest.raises(MalformedValue, match="A known issuer is written"):
        read({"error": "not found"})


def test_the_registry_of_the_digital_credentials_consortium() -> None:
    found = read(DCC)
    assert [(one.id, one.name, one.url) for one in found.issuers] == [
        ("did:web:digital.example:dids:one", "First School", "https://first.example"),
        ("did:key:z6MkSecond", "Second School", None),
        ("did:key:z6MkSixth", "Sixth School", None),
    ], "entries without a name or an identifier are left out"
    assert found.issued == datetime(2026, 2, 25, tzinfo=UTC)
    assert found.issuers[0].hosts == ("digital.example", "first.example")


def test_a_registry_without_a_date() -> None:
    assert read({"registry": {}}).issued is None
    with pytest.raises(MalformedValue):
        read({"meta": {"updated": "yesterday"}, "registry": {}})


def test_a_list_is_not_endless() -> None:
    with pytest.raises(ListRefused, match="more than 20000 issuers"):
        read({f"did:key:z{number}": "x" for number in range(MAX_ISSUERS + 1)})


def test_entries_are_found_by_their_identifier() -> None:
    found = read(FULL | {"issuers": [{"id": "did:key:z", "name": "A"}, {"id": "did:key:z", "name": "B"}]})
    assert [one.name for one in found.find("did:key:z")] == ["A", "B"]
    assert found.find("did:key:other") == ()


@pytest.mark.parametrize(
    ("issuer", "domain"),
    [
        ("did:web:school.example", "school.example"),
        ("did:web:school.example%3A8443:a", "school.example:8443"),
        ("https://School.example/issuers/1", "school.example"),
        ("https://school.example:8443/", "school.example:8443"),
        ("https://m\u00fcnchen.example/", "xn--mnchen-3ya.example"),
        ("http://localhost:8000/issuer", "localhost:8000"),
        ("http://school.example/", None),
        ("https://harvard.edu@evil.example/", None),
        ("https://", None),
        ("https://[::1/", None),
        ("did:web:UPPER.example", None),
        ("did:key:z6Mk", None),
        ("did:jwk:eyJ", None),
        ("", None),
    ],
)
def test_the_domain_that_vouches_for_an_issuer(issuer: str, domain: str | None) -> None:
    assert KnownIssuer(issuer, "x").domain == domain


def test_a_site_with_a_user_in_its_address_gives_no_host() -> None:
    """https://harvard.edu@evil.example is evil.example's, and reads as Harvard's."""
    for url in ("https://harvard.edu@evil.example/", "https://@evil.example", "mailto:a@harvard.edu", "harvard.edu"):
        assert KnownIssuer("did:key:z", "x", url).hosts == ()


def test_parsing_errors_are_said_of_json() -> None:
    from verifier.registries.simple import FORMAT

    with pytest.raises(ParsingError):
        FORMAT.read(b"{", keys=(), now=NOW)
