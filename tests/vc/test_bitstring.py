"""Bitstring Status List 1.0."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vc.samples import NOW, SoftSigner
from tests.vc.status_lists import ISSUER, SIGNER, URL, answer, asked, secured, unsecured
from vc.bit_lists import read_entry, value_of
from vc.dids import key
from vc.errors import (
    NotSupported,
    StatusInvalid,
    StatusListTooShort,
    StatusMalformed,
    StatusOutOfRange,
    StatusUnavailable,
    Unavailable,
)
from vc.formats import vc_jwt
from vc.multibase import multibase_decode, multibase_encode
from vc.packed import MAX_BYTES
from vc.standing import MAX_WORDS, State
from vc.status import bitstring
from vc.status.bitstring import ENTRIES, MAX_ENTRIES, Bitstring, entry

EXAMPLES = json.loads(
    (Path(__file__).parents[1] / "vectors" / "vc-bitstring-status-list" / "examples.json").read_text(encoding="utf-8")
)
MESSAGES = ("pending review", "accepted", "rejected", "undefined")


def set_at(index: int, value: int = 1, *, size: int = 1) -> Bitstring:
    bits = Bitstring(size=size)
    bits.set(index, value)
    return bits


# --- the bits ----------------------------------------------------------------------------------------------


def test_an_empty_list_is_the_one_of_the_specification() -> None:
    """Section 2.2, example: 16 KB of zeros."""
    packed = multibase_decode(Bitstring().encode())
    assert gzip.decompress(packed) == bytes(16 * 1024)
    assert len(Bitstring()) == ENTRIES == 131_072
    assert Bitstring.decode(EXAMPLES["list"]["credentialSubject"]["encodedList"]).data == Bitstring().data


def test_index_zero_is_the_leftmost_bit() -> None:
    bits = Bitstring()
    bits.set(0, True)
    bits.set(15, True)
    assert bytes(bits.data[:2]) == b"\x80\x01"


@given(st.integers(1, 8), st.data())
def test_set_encode_decode_get(size: int, data: st.DataObject) -> None:
    wanted = data.draw(st.dictionaries(st.integers(0, ENTRIES - 1), st.integers(1, 2**size - 1), max_size=20))
    bits = Bitstring(size=size)
    for index, value in wanted.items():
        bits.set(index, value)
    again = Bitstring.decode(bits.encode(), size=size)
    assert again.data == bits.data
    assert len(again) == ENTRIES
    assert {index: again.get(index) for index in wanted} == wanted
    for index in wanted:
        again.set(index, 0)
    assert again.data == Bitstring(size=size).data


@given(indices=st.sets(st.integers(0, ENTRIES - 1), max_size=50))
def test_many_are_marked_as_one_by_one(indices: set[int]) -> None:
    bits = Bitstring()
    for index in indices:
        bits.set(index, True)
    assert Bitstring.marked(indices, length=ENTRIES).data == bits.data


@pytest.mark.parametrize("index", [-1, ENTRIES])
def test_what_lies_outside_is_not_marked(index: int) -> None:
    with pytest.raises(StatusOutOfRange):
        Bitstring.marked([index], length=ENTRIES)


def test_too_few_statuses() -> None:
    short = multibase_encode(gzip.compress(bytes(ENTRIES // 8 - 1)), "u")
    with pytest.raises(StatusListTooShort, match="131064 entries"):
        Bitstring.decode(short)
    # Section 3.2 step 9: the bits are divided by the size of a status.
    with pytest.raises(StatusListTooShort, match="65536 entries"):
        Bitstring.decode(Bitstring().encode(), size=2)


def test_lists_that_cannot_be_trusted_to_unpack() -> None:
    assert len(Bitstring.decode(multibase_encode(gzip.compress(bytes(MAX_BYTES)), "u"))) == MAX_ENTRIES
    bomb = multibase_encode(gzip.compress(bytes(MAX_BYTES + 1)), "u")
    with pytest.raises(StatusInvalid, match="longer than"):
        Bitstring.decode(bomb)
    for text in ("uAAAA", "H4sIAAAA", "z6Mk", ""):
        with pytest.raises(StatusInvalid, match="cannot be unpacked"):
            Bitstring.decode(text)


# --- the entry ---------------------------------------------------------------------------------------------


def test_the_entries_of_the_specification() -> None:
    revocation, suspension, message = map(read_entry, EXAMPLES["entries"])
    assert (revocation.index, revocation.purpose, revocation.size) == (94_567, "revocation", 1)
    assert suspension.url == "https://example.com/credentials/status/4"
    assert (message.size, message.messages[2]) == (2, "rejected")
    assert message.references == ("https://example.org/status-dictionary/",)


@pytest.mark.parametrize("index", [5, "05", "-1", "+1", "1e3", "٣", " 1", "", None, "9" * 13])
def test_an_index_is_a_plain_decimal(index: object) -> None:
    with pytest.raises(StatusMalformed, match="plain decimal") as caught:
        read_entry(asked() | {"statusListIndex": index})
    assert caught.value.code == "MALFORMED_VALUE_ERROR"


@pytest.mark.parametrize("name", ["statusListCredential", "statusPurpose"])
@pytest.mark.parametrize("value", [None, 7, "", ["revocation"]])
def test_an_entry_names_a_list_and_a_purpose(name: str, value: object) -> None:
    with pytest.raises(StatusMalformed, match="names no list"):
        read_entry(asked() | {name: value})


def test_an_entry_is_not_its_list() -> None:
    """Section 2.1, `id`: "It MUST NOT be the URL for the status list"."""
    with pytest.raises(StatusMalformed, match="same id"):
        read_entry(asked(id=URL))


@pytest.mark.parametrize("size", [0, -1, "2", 1.5, True, None])
def test_a_size_is_a_number_of_bits(size: object) -> None:
    with pytest.raises(StatusMalformed, match="statusSize"):
        read_entry(asked(statusSize=size))


def test_a_size_that_we_do_not_read() -> None:
    with pytest.raises(NotSupported, match="9 bits"):
        read_entry(asked(statusSize=9))


SAID = [{"status": f"0x{value:x}", "message": message} for value, message in enumerate(MESSAGES)]


@pytest.mark.parametrize(
    "messages",
    [
        None,
        {},
        [],
        SAID[:3],
        [*SAID[:3], SAID[0]],
        [*SAID, SAID[0]],
        [*SAID[:3], {"status": "0x4", "message": "?"}],
        [*SAID[:3], {"status": "3", "message": "?"}],
        [*SAID[:3], {"status": 3, "message": "?"}],
        [*SAID[:3], {"status": "0x3", "message": 7}],
        [*SAID[:3], "0x3"],
    ],
)
def test_messages_say_once_what_each_value_means(messages: object) -> None:
    with pytest.raises(StatusMalformed, match="once for each of 4 values"):
        read_entry(asked(statusSize=2, statusMessage=messages))
    with pytest.raises(StatusMalformed, match="once for each of 4 values"):
        read_entry({**asked(), "statusSize": 2})
    assert read_entry(asked(statusSize=2, statusMessage=[*reversed(SAID)])).messages == MESSAGES


@pytest.mark.parametrize("reference", [7, [7], {"id": URL}, None])
def test_a_reference_is_a_url(reference: object) -> None:
    with pytest.raises(StatusMalformed, match="statusReference"):
        read_entry(asked(statusReference=reference))
    assert read_entry(asked(statusReference=[URL, URL + "2"])).references == (URL, URL + "2")


@pytest.mark.parametrize("count", [1, 3, 5, 512])
def test_messages_that_we_do_not_issue(count: int) -> None:
    with pytest.raises(StatusMalformed, match=f"{count} status messages"):
        entry(list_url=URL, index=1, purpose="message", messages=["?"] * count)


# --- the list ----------------------------------------------------------------------------------------------


def test_the_bit_decides() -> None:
    data = secured(unsecured(set_at(5)))
    revoked = answer(bitstring, asked(5), data)
    assert (revoked.state, revoked.purpose, revoked.value) == (State.REVOKED, "revocation", 1)
    assert answer(bitstring, asked(6), data).state is State.HOLDS


def test_the_list_of_the_specification() -> None:
    found = read_entry(EXAMPLES["entries"][0])
    assert value_of(found, EXAMPLES["list"], issuer="did:example:12345", now=NOW, kind=bitstring.KIND) == 0


@pytest.mark.parametrize(
    ("purpose", "value", "state"),
    [
        ("revocation", 0, State.HOLDS),
        ("revocation", 3, State.REVOKED),
        ("suspension", 0, State.HOLDS),
        ("suspension", 2, State.SUSPENDED),
        ("refresh", 0, State.HOLDS),
        ("refresh", 1, State.REFRESH),
        ("message", 0, State.MESSAGE),
        ("message", 2, State.MESSAGE),
        ("blessing", 0, State.HOLDS),
        ("blessing", 1, State.UNCLEAR),
    ],
)
def test_what_a_value_means(purpose: str, value: int, state: State) -> None:
    """Section 3.2 steps 12 and 13, and section 2.1 for the purposes that it names."""
    status = entry(list_url=URL, index=77, purpose=purpose, messages=MESSAGES, reference=URL + "/why")
    standing = answer(bitstring, status, secured(unsecured(set_at(77, value, size=2), purpose=purpose)))
    assert (standing.state, standing.value, standing.words) == (state, value, MESSAGES[value])
    assert standing.references == (URL + "/why",)


def test_a_message_of_one_bit_without_words() -> None:
    """Section 2.1: "set" and "unset" are what the values of one bit are called."""
    status = entry(list_url=URL, index=77, purpose="message")
    data = secured(unsecured(set_at(77), purpose="message"))
    assert answer(bitstring, status, data).words == "set"
    assert answer(bitstring, status | {"statusListIndex": "76"}, data).words == "unset"


def test_words_that_would_disguise_themselves() -> None:
    words = ("held", "held\u202e\x07 for\nreview" + "!" * 1_000)
    status = entry(list_url=URL, index=77, purpose="message", messages=words)
    said = answer(bitstring, status, secured(unsecured(set_at(77), purpose="message"))).words
    assert said is not None
    assert said.startswith("held forreview!!!")
    assert len(said) == MAX_WORDS


@pytest.mark.parametrize(("purpose", "binding"), [("revocation", True), ("message", False), ("refresh", False)])
def test_which_answers_bind(purpose: str, binding: bool) -> None:
    assert bitstring.question(asked(statusPurpose=purpose)).binding is binding


def test_a_list_for_two_purposes() -> None:
    document = unsecured(set_at(5), purpose="suspension")
    document["credentialSubject"]["statusPurpose"] = ["revocation", "suspension"]
    assert answer(bitstring, asked(5), secured(document)).state is State.REVOKED
    assert answer(bitstring, asked(5, statusPurpose="suspension"), secured(document)).state is State.SUSPENDED


def test_a_list_by_an_issuer_with_a_name() -> None:
    document = unsecured(set_at(5)) | {"issuer": {"id": ISSUER, "name": "Example Academy"}}
    assert answer(bitstring, asked(5), secured(document)).state is State.REVOKED


OTHER = SoftSigner("somebody else")


def as_token(document: dict[str, Any], *, signer: SoftSigner = SIGNER, **more: Any) -> bytes:
    return vc_jwt.secure(document, signer=signer, verification_method=key.method_of(signer.public_key), **more)


@pytest.mark.parametrize("dialect", ["vc+jwt", "JWT"])
def test_a_list_as_a_token(dialect: Any) -> None:
    """Section 5: any way to secure a credential will do."""
    data = as_token(unsecured(set_at(5)), dialect=dialect)
    assert answer(bitstring, asked(5), data).state is State.REVOKED
    assert answer(bitstring, asked(6), data).state is State.HOLDS
    with pytest.raises(StatusInvalid, match="says it is"):
        answer(bitstring, asked(5), as_token(unsecured(id=URL + "2"), dialect=dialect))
    with pytest.raises(StatusInvalid, match="cannot be trusted"):
        answer(bitstring, asked(5), as_token(unsecured(), signer=OTHER, dialect=dialect))
    with pytest.raises(StatusUnavailable, match="out of date"):
        answer(bitstring, asked(5), as_token(unsecured(valid_until=NOW), dialect=dialect))


def test_a_list_whose_proof_has_ended_tells_nothing() -> None:
    with pytest.raises(StatusUnavailable, match="out of date"):
        answer(bitstring, asked(5), as_token(unsecured(), exp=int(NOW.timestamp())))
    with pytest.raises(StatusUnavailable, match="out of date"):
        answer(bitstring, asked(5), secured(unsecured(), expires="2026-03-02T12:00:00Z"))


def test_a_list_signed_by_somebody_else() -> None:
    """Neither in the issuer's name nor in its own: the credential's issuer keeps the list."""
    with pytest.raises(StatusInvalid, match="cannot be trusted"):
        answer(bitstring, asked(), secured(unsecured(), signer=OTHER))
    with pytest.raises(StatusInvalid, match="not by the credential's issuer"):
        answer(bitstring, asked(), secured(unsecured(issuer=key.did_of(OTHER.public_key)), signer=OTHER))


def test_a_list_that_is_not_signed_or_changed() -> None:
    signed = json.loads(secured(unsecured(set_at(5))))
    with pytest.raises(StatusInvalid, match="cannot be trusted"):
        answer(bitstring, asked(), json.dumps(unsecured()).encode())
    signed["credentialSubject"]["encodedList"] = Bitstring().encode()
    with pytest.raises(StatusInvalid, match="cannot be trusted"):
        answer(bitstring, asked(), json.dumps(signed).encode())
    with pytest.raises(StatusInvalid, match="cannot be trusted"):
        answer(bitstring, asked(), b"{")


def test_a_list_whose_key_cannot_be_had() -> None:
    def down(url: str, purpose: str) -> Any:
        raise Unavailable("{url} cannot be reached.", url=url)

    with pytest.raises(StatusUnavailable, match="cannot be told now"):
        answer(bitstring, asked(), secured(unsecured()), dereference=down)


@pytest.mark.parametrize(
    ("list_changes", "match"),
    [
        ({"id": URL + "2"}, "says it is"),
        ({"purpose": "suspension"}, "not about revocation"),
        ({"valid_from": NOW + timedelta(hours=1)}, "not valid yet"),
        ({"bits": Bitstring(bytes(100))}, "800 entries"),
    ],
)
def test_lists_that_cannot_speak_for_it(list_changes: dict[str, Any], match: str) -> None:
    with pytest.raises(StatusInvalid, match=match):
        answer(bitstring, asked(), secured(unsecured(**list_changes)))


def changed(**subject: Any) -> dict[str, Any]:
    """A list as a token could carry it, in which words may stand that no context knows."""
    document = unsecured()
    return document | {"credentialSubject": document["credentialSubject"] | subject}


@pytest.mark.parametrize(
    ("document", "match"),
    [
        (unsecured() | {"type": ["VerifiableCredential"]}, "no status list"),
        (unsecured() | {"type": "BitstringStatusListCredential"}, "no status list"),
        ({name: value for name, value in unsecured().items() if name != "id"}, "says it is"),
        (unsecured() | {"credentialSubject": []}, "holds no BitstringStatusList"),
        (unsecured() | {"validFrom": "yesterday"}, "validity cannot be read"),
        (changed(type="StatusList2021"), "holds no BitstringStatusList"),
        (changed(encodedList=7), "holds no encodedList"),
        (changed(statusPurpose=None), "not about revocation"),
        (changed(statusSize=2), "another size"),
        (changed(ttl="soon"), "ttl"),
        (changed(ttl=-1), "ttl"),
        (changed(ttl=True), "ttl"),
    ],
)
def test_lists_that_are_none(document: dict[str, Any], match: str) -> None:
    with pytest.raises(StatusInvalid, match=match):
        value_of(read_entry(asked()), document, issuer=ISSUER, now=NOW, kind=bitstring.KIND)


def test_a_list_without_dates() -> None:
    """VCDM 2.0 section 4.9: both are optional."""
    document = {name: value for name, value in unsecured().items() if not name.startswith("valid")}
    assert answer(bitstring, asked(), secured(document)).state is State.HOLDS


def test_a_list_that_was_signed_while_it_was_asked_for() -> None:
    """Issuers sign on demand: such a list is a second younger than the verification's own time."""
    assert answer(bitstring, asked(), secured(unsecured(valid_from=NOW + timedelta(seconds=2)))).state is State.HOLDS


def test_an_old_list_tells_nothing() -> None:
    for then in (NOW, NOW - timedelta(minutes=1)):
        with pytest.raises(StatusUnavailable, match="out of date"):
            answer(bitstring, asked(), secured(unsecured(set_at(5), valid_until=then)))


def test_a_kept_list_is_believed_as_long_as_it_allows() -> None:
    """`ttl` is in milliseconds, the age in seconds."""
    data = secured(unsecured(ttl=600_000))
    assert answer(bitstring, asked(), data, age=600).state is State.HOLDS
    with pytest.raises(StatusUnavailable, match="out of date"):
        answer(bitstring, asked(), data, age=601)


def test_an_index_outside_the_list() -> None:
    with pytest.raises(StatusInvalid, match="lies outside") as caught:
        answer(bitstring, asked(ENTRIES), secured(unsecured()))
    assert caught.value.code == "RANGE_ERROR"
    last = unsecured(set_at(ENTRIES - 1))
    assert answer(bitstring, asked(ENTRIES - 1), secured(last)).state is State.REVOKED
