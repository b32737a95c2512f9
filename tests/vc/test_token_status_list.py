"""Token Status List (draft-ietf-oauth-status-list-20)."""

import json
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vc.samples import NOW, SoftSigner, dereference
from tests.vc.status_lists import ISSUER, SIGNER, asker
from vc import jose
from vc.dids import VerificationMethod, key
from vc.errors import NotSupported, StatusInvalid, StatusMalformed, StatusUnavailable, Unavailable
from vc.keys import PublicKey
from vc.multibase import base64url_encode
from vc.packed import MAX_BYTES
from vc.standing import Standing, State
from vc.status import token_status_list
from vc.status.token_status_list import (
    INVALID,
    SUSPENDED,
    TYPE,
    VALID,
    TokenStatuses,
    entry,
    list_claims,
    secure,
    status_of,
)

VECTORS = Path(__file__).parents[1] / "vectors" / "token-status-list"
LISTS = json.loads((VECTORS / "lists.json").read_text(encoding="utf-8"))["lists"]
TOKEN = json.loads((VECTORS / "token.json").read_text(encoding="utf-8"))

URI = "https://issuer.example/statuslists/1"
KEY_ID = key.method_of(SIGNER.public_key)


# --- the numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", LISTS, ids=lambda vector: vector["name"])
def test_the_lists_of_the_specification(vector: dict[str, Any]) -> None:
    """Every status of every list, read; and the same list made from them."""
    wanted = {int(index): value for index, value in vector["statuses"].items()}
    read = TokenStatuses.decode(vector)
    assert len(read) == vector["count"]
    assert {index: read.get(index) for index in wanted} == wanted
    made = TokenStatuses.empty(vector["count"], bits=vector["bits"])
    for index, value in wanted.items():
        made.set(index, value)
    assert made.data == read.data
    assert made.encode() == {"bits": vector["bits"], "lst": vector["lst"]}


@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_set_encode_decode_get(bits: int, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.integers(0, 2**bits - 1), min_size=1, max_size=200))
    statuses = TokenStatuses.empty(len(values), bits=bits)
    for index, value in enumerate(values):
        statuses.set(index, value)
    again = TokenStatuses.decode(statuses.encode())
    assert [again.get(index) for index in range(len(values))] == values


@pytest.mark.parametrize("bits", [0, 3, 16, "1", True, 1.0, None])
def test_sizes_that_there_are_not(bits: Any) -> None:
    with pytest.raises(StatusMalformed, match="1, 2, 4 or 8"):
        TokenStatuses.decode({"bits": bits, "lst": "eNrbuRgAAhcBXQ"})


@pytest.mark.parametrize("claim", [None, [], {}, {"bits": 1}, {"bits": 1, "lst": 7}])
def test_claims_that_hold_no_list(claim: Any) -> None:
    with pytest.raises(StatusMalformed, match="holds no list"):
        TokenStatuses.decode(claim)


def test_a_list_without_bits_or_that_cannot_be_unpacked() -> None:
    with pytest.raises(StatusMalformed, match="1, 2, 4 or 8"):
        TokenStatuses.decode({"lst": "eNrbuRgAAhcBXQ"})
    with pytest.raises(StatusInvalid, match="cannot be unpacked"):
        TokenStatuses.decode({"bits": 1, "lst": "eNrbuRgAAhcBXQ=="})
    with pytest.raises(StatusInvalid, match="cannot be unpacked"):
        TokenStatuses.decode({"bits": 1, "lst": "AAAA"})
    with pytest.raises(StatusInvalid, match="longer than"):
        TokenStatuses.decode({"bits": 1, "lst": base64url_encode(zlib.compress(bytes(MAX_BYTES + 1)))})


# --- the token ---------------------------------------------------------------------------------------------


def statuses() -> TokenStatuses:
    found = TokenStatuses.empty(100, bits=4)
    for index, value in enumerate((VALID, INVALID, SUSPENDED, 3, 12, 5)):
        found.set(index, value)
    return found


def claims(**changes: Any) -> dict[str, Any]:
    made = list_claims(uri=URI, statuses=statuses(), issued=NOW, expires=NOW + timedelta(days=1), ttl=600)
    return {name: value for name, value in (made | changes).items() if value is not None}


def token(body: dict[str, Any] | None = None, *, signer: SoftSigner = SIGNER, **header: Any) -> bytes:
    head = {"typ": TYPE, "kid": KEY_ID} | header
    head = {name: value for name, value in head.items() if value is not None}
    return jose.sign(head, json.dumps(claims() if body is None else body).encode(), signer)


def ask(data: bytes, index: int = 0, *, age: int = 0, **changes: Any) -> Standing:
    question = token_status_list.question(entry(uri=URI, index=index)["status_list"])
    return token_status_list.answer(question, data, asker=asker(**changes), age=age)


@pytest.mark.parametrize(
    ("index", "state"),
    [
        (0, State.HOLDS),
        (1, State.REVOKED),
        (2, State.SUSPENDED),
        (3, State.UNCLEAR),
        (4, State.UNCLEAR),
        (5, State.UNCLEAR),
        (99, State.HOLDS),
    ],
)
def test_what_a_value_means(index: int, state: State) -> None:
    """Section 7.1."""
    assert ask(secure(claims(), signer=SIGNER, key_id=KEY_ID), index).state is state


@pytest.mark.parametrize("kind", ["Ed25519", "P-256", "P-384"])
def test_every_kind_of_key(kind: Any) -> None:
    signer = SoftSigner("of a list", kind)
    data = token(signer=signer, kid=key.method_of(signer.public_key))
    assert ask(data, 1, issuer=key.did_of(signer.public_key)).state is State.REVOKED


def test_the_token_of_the_specification() -> None:
    """Section 5.1, its signature too. `kid` is a name among the keys of the issuer, https://example.com."""
    asked: list[tuple[str, str]] = []

    def dereference(url: str, purpose: str) -> VerificationMethod:
        asked.append((url, purpose))
        return VerificationMethod(url, "https://example.com", PublicKey.from_jwk(TOKEN["key"]))

    about = asker(issuer="https://example.com", dereference=dereference)
    found = {}
    for index in range(16):
        question = token_status_list.question({"idx": index, "uri": "https://example.com/statuslists/1"})
        found[index] = token_status_list.answer(question, TOKEN["token"].encode(), asker=about, age=0).value
    assert found == {int(index): value for index, value in LISTS[0]["statuses"].items()}
    assert asked[0] == ("https://example.com/.well-known/jwt-vc-issuer#12", "assertionMethod")


@pytest.mark.parametrize("kid", [None, KEY_ID, "#" + KEY_ID.partition("#")[2], KEY_ID.partition("#")[2]])
def test_how_a_key_may_be_named(kid: str | None) -> None:
    """An issuer with one key need not name it."""
    assert ask(token(kid=kid), 1).state is State.REVOKED


OTHER = SoftSigner("somebody else")


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (token(typ="JWT"), "no status list"),
        (token(typ=None), "no status list"),
        (token(kid=7), "kid is not a text"),
        (token(signer=OTHER), "cannot be trusted"),
        (token(signer=OTHER, kid=key.method_of(OTHER.public_key)), "not by the credential's issuer"),
        (token(crit=["b64"]), "cannot be trusted"),
        (token()[:-4] + b"AAAA", "cannot be trusted"),
        (b"{}", "cannot be trusted"),
        (b"", "cannot be trusted"),
        (jose.sign({"typ": TYPE, "kid": KEY_ID}, b"[]", SIGNER), "cannot be trusted"),
        (token(claims(sub=URI + "2")), "says it is"),
        (token(claims(sub=None)), "says it is"),
        (token(claims(iss="did:example:other")), "not by the credential's issuer"),
        (token(claims(iat=NOW.timestamp() + 3600)), "not valid yet"),
        (token(claims(nbf=NOW.timestamp() + 3600)), "not valid yet"),
        (token(claims(iat=None)), "iat is no date"),
        (token(claims(iat="now")), "iat is no date"),
        (token(claims(exp=True)), "exp is no date"),
        (token(claims(exp=10**12)), "exp is no date"),
        (token(claims(ttl=0)), "ttl"),
        (token(claims(ttl="1h")), "ttl"),
        (token(claims(ttl=True)), "ttl"),
        (token(claims(status_list=None)), "holds no list"),
    ],
)
def test_tokens_that_cannot_speak_for_it(data: bytes, match: str) -> None:
    with pytest.raises(StatusInvalid, match=match):
        ask(data)


def test_an_issuer_that_names_itself() -> None:
    made = list_claims(
        uri=URI, statuses=statuses(), issued=NOW, expires=NOW + timedelta(days=1), ttl=600, issuer=ISSUER
    )
    assert ask(token(made), 2).state is State.SUSPENDED


@pytest.mark.parametrize("exp", [NOW.timestamp(), NOW.timestamp() - 1])
def test_an_expired_token_tells_nothing(exp: float) -> None:
    for index in (0, 1):
        with pytest.raises(StatusUnavailable, match="out of date"):
            ask(token(claims(exp=exp)), index)


def test_a_token_without_exp_or_ttl() -> None:
    """Both are only recommended."""
    assert ask(token(claims(exp=None, ttl=None)), age=10**6).state is State.HOLDS


def test_a_kept_token_is_believed_as_long_as_it_allows() -> None:
    assert ask(token(), age=600).state is State.HOLDS
    with pytest.raises(StatusUnavailable, match="out of date"):
        ask(token(), age=601)


def test_an_index_outside() -> None:
    """Section 8.3 step 6: the credential must be rejected."""
    with pytest.raises(StatusInvalid, match="lies outside"):
        ask(token(), 100)


@pytest.mark.parametrize(
    "member",
    [{}, {"idx": 1}, {"uri": URI}, {"idx": 1, "uri": 7}, {"idx": 1, "uri": ""}],
)
def test_claims_that_name_no_list(member: dict[str, Any]) -> None:
    with pytest.raises(StatusMalformed):
        token_status_list.question(member)


@pytest.mark.parametrize("index", ["1", -1, 1.0, True, None])
def test_an_index_is_a_whole_number(index: object) -> None:
    with pytest.raises(StatusMalformed, match="plain decimal"):
        token_status_list.question({"idx": index, "uri": URI})


def test_a_list_as_cwt() -> None:
    with pytest.raises(NotSupported, match="CBOR"):
        ask(b"\xd2\x84\x43")


def test_a_key_that_cannot_be_had() -> None:
    def down(url: str, purpose: str) -> Any:
        raise Unavailable("{url} cannot be reached.", url=url)

    with pytest.raises(StatusUnavailable, match="cannot be told now"):
        ask(token(), dereference=down)


def test_what_is_read_is_what_was_signed() -> None:
    question = token_status_list.question({"idx": 2, "uri": URI})
    assert status_of(question, claims(), asker=asker(), age=0).purpose == "suspension"


def test_a_key_that_has_expired() -> None:
    def ended(url: str, purpose: str) -> VerificationMethod:
        return replace(dereference(url, purpose), expires=NOW)

    with pytest.raises(StatusInvalid, match="has expired"):
        ask(token(), dereference=ended)
