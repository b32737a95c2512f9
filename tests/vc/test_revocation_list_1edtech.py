"""1EdTech Revocation List Status Method 1.0: an unsigned list, believed only on the issuer's own website."""

import json
from typing import Any

import pytest

from tests.vc.status_lists import asker
from vc.errors import MalformedValue, StatusInvalid, StatusMalformed, StatusUnavailable
from vc.standing import Standing, State
from vc.status import revocation_list_1edtech

ISSUER = "https://badges.example/issuers/7"
URL = "https://badges.example/revocations"
CREDENTIAL = "https://badges.example/credentials/3732"


def line(id: str = CREDENTIAL, **more: Any) -> dict[str, Any]:
    return {"id": id, **more}


def the_list(*lines: Any, member: str = "revokedCredential", **changes: Any) -> dict[str, Any]:
    return {"id": URL, "issuer": ISSUER, member: list(lines)} | changes


def ask(document: Any, *, url: str = URL, issuer: str = ISSUER, credential: str | None = CREDENTIAL) -> Standing:
    question = revocation_list_1edtech.question({"id": url, "type": "1EdTechRevocationList"})
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    about = asker(issuer=issuer, credential=credential)
    return revocation_list_1edtech.answer(question, data, asker=about, age=0)


@pytest.mark.parametrize("member", ["revokedCredential", "revokedCredentials"])
def test_revoked_with_the_issuers_reason(member: str) -> None:
    document = the_list(line("https://badges.example/other"), line(revocationReason="Issued in error"), member=member)
    found = ask(document)
    assert (found.state, found.words) == (State.REVOKED, "Issued in error")
    assert ask(document, credential="https://badges.example/credentials/1").state is State.HOLDS


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ([], State.HOLDS),
        ([line()], State.REVOKED),
        ([line(revoked=True)], State.REVOKED),
        ([line(revoked=False)], State.HOLDS),
        ([line(revoked=False), line(revoked=True)], State.REVOKED),
        ([CREDENTIAL], State.REVOKED),
        ([line(CREDENTIAL + "/")], State.HOLDS),
    ],
)
def test_what_a_line_means(lines: list[Any], state: State) -> None:
    """`revoked` "is true or omitted": revoked."""
    assert ask(the_list(*lines)).state is state


def test_both_members_are_read() -> None:
    assert ask(the_list(revokedCredentials=[line()])).state is State.REVOKED


def test_a_single_line_need_not_stand_in_an_array() -> None:
    assert ask(the_list(revokedCredential=line())).state is State.REVOKED


def test_a_list_with_nothing_in_it() -> None:
    """The member may be missing: nothing was revoked."""
    assert ask({"id": URL, "issuer": {"id": ISSUER, "type": ["Profile"]}}).state is State.HOLDS


@pytest.mark.parametrize(
    "issuer",
    ["https://badges.example/issuers/7", "did:web:badges.example", "did:web:badges.example:issuers:7"],
)
def test_the_issuers_own_website(issuer: str) -> None:
    assert ask(the_list(line(), issuer=issuer), issuer=issuer).state is State.REVOKED


@pytest.mark.parametrize(
    ("issuer", "url"),
    [
        ("did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", URL),
        ("did:web:other.example", URL),
        ("did:web:badges.example.evil.example", URL),
        ("did:web:badges.example%3A8443", URL),
        ("https://other.example/issuers/7", URL),
        ("https://badges.example.evil.example/", URL),
        (ISSUER, "https://badges.example:8443/revocations"),
        (ISSUER, "http://badges.example/revocations"),
        (ISSUER, "https://evil.example@badges.example/revocations"),
        (ISSUER, "https://badges.example@evil.example/revocations"),
        (ISSUER, "https://sub.badges.example/revocations"),
        (ISSUER, "https://badges.example:x/revocations"),
        ("http://badges.example/issuers/7", "http://badges.example/revocations"),
        ("urn:uuid:7", "urn:uuid:8"),
    ],
)
def test_elsewhere_it_says_nothing(issuer: str, url: str) -> None:
    """Neither that it was revoked nor that it was not."""
    for lines in ([], [line()]):
        with pytest.raises(StatusUnavailable, match="not on the issuer's own website"):
            ask(the_list(*lines, id=url, issuer=issuer), issuer=issuer, url=url)


def test_loopback_for_development() -> None:
    issuer, url = "did:web:localhost%3A8001", "http://localhost:8001/revocations"
    assert ask(the_list(line(), id=url, issuer=issuer), issuer=issuer, url=url).state is State.REVOKED


def test_an_upper_case_host_is_the_same() -> None:
    url = "https://BADGES.example:443/revocations"
    assert ask(the_list(line(), id=url), url=url).state is State.REVOKED


@pytest.mark.parametrize(
    ("document", "match"),
    [
        (the_list(id=URL + "/other"), "says it is"),
        ({"issuer": ISSUER}, "says it is"),
        (the_list(issuer="https://badges.example/issuers/8"), "is that of"),
        ({"id": URL}, "is that of"),
        (b"<html>", "cannot be read"),
        ([], "cannot be read"),
        (the_list(7), "names no credential"),
        (the_list(line(7)), "names no credential"),  # type: ignore[arg-type]  # what a stranger may send
        (the_list({"revoked": True}), "names no credential"),
        (the_list(revokedCredential=None), "names no credential"),
        (the_list(line(revoked="no")), "neither"),
        (the_list(line(revoked=None)), "neither"),
    ],
)
def test_lists_that_cannot_be_believed(document: Any, match: str) -> None:
    with pytest.raises(StatusInvalid, match=match):
        ask(document)


def test_a_credential_without_an_id() -> None:
    with pytest.raises(StatusInvalid, match="has no id"):
        ask(the_list(line()), credential=None)


@pytest.mark.parametrize("entry", [{}, {"id": ""}, {"id": 7}])
def test_entries_that_name_no_list(entry: dict[str, Any]) -> None:
    with pytest.raises(StatusMalformed, match="names no list"):
        revocation_list_1edtech.question(entry)


def test_an_issuer_that_is_no_did() -> None:
    with pytest.raises(MalformedValue):
        ask(the_list(), issuer="did:web:")
