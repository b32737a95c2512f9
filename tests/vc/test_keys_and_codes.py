"""Keys, multibase, strict JSON and dates: one text for each value, and weak keys refused."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from tests.vc.samples import SoftSigner
from vc import strict_json
from vc.dates import parse_datetime, timestamp
from vc.errors import InvalidKey, MalformedValue, ParsingError, ProofInvalid, TooLarge
from vc.keys import PublicKey
from vc.multibase import (
    base58btc_decode,
    base58btc_encode,
    base64url_decode,
    digest_matches,
    digest_multibase,
    multibase_decode,
    multibase_encode,
)

# The encodings of the points whose order divides eight (RFC 8032; "Taming the many EdDSAs", table 5).
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
NON_CANONICAL = [
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # y = p
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # y = p + 1
    "0100000000000000000000000000000000000000000000000000000000000080",  # x = 0 with a sign
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


@pytest.mark.parametrize("raw", SMALL_ORDER)
def test_small_order_keys_are_refused(raw: str) -> None:
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(raw))  # the library takes it, which is why we look
    with pytest.raises(InvalidKey, match="small order"):
        PublicKey("Ed25519", bytes.fromhex(raw))


@pytest.mark.parametrize("raw", NON_CANONICAL)
def test_non_canonical_keys_are_refused(raw: str) -> None:
    with pytest.raises(InvalidKey, match=r"canonical|not a point"):
        PublicKey("Ed25519", bytes.fromhex(raw))


def test_not_a_point_and_wrong_length() -> None:
    with pytest.raises(InvalidKey, match="not a point"):
        PublicKey("Ed25519", (2).to_bytes(32, "little"))
    with pytest.raises(InvalidKey, match="32 bytes"):
        PublicKey("Ed25519", b"x")


@given(st.binary(min_size=1, max_size=20))
def test_honest_keys_are_never_refused(seed: bytes) -> None:
    signer = SoftSigner(seed.hex())
    key = PublicKey.from_multibase(signer.public_key.multibase)
    assert key == signer.public_key
    key.verify(signer.sign(b"m"), b"m")
    with pytest.raises(ProofInvalid):
        key.verify(signer.sign(b"m"), b"n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "z6Mk",
        "m6Mkr",
        multibase_encode(b"\x85\x24" + b"an RSA key", "z"),  # RSA, which has no Multikey here
        "z0OIl",
    ],
)
def test_keys_that_cannot_be_read(text: str) -> None:
    with pytest.raises(InvalidKey):
        PublicKey.from_multibase(text)


@given(st.binary(max_size=80))
def test_both_bases_round_trip(data: bytes) -> None:
    assert base58btc_decode(base58btc_encode(data)) == data
    assert multibase_decode(multibase_encode(data, "z")) == data
    assert multibase_decode(multibase_encode(data, "u")) == data


def test_base58_known_values() -> None:
    """draft-msporny-base58-03, test vectors."""
    assert base58btc_encode(b"Hello World!") == "2NEpo7TZRRrLZSi2U"
    assert base58btc_encode(b"\0\0\x28\x7f\xb4\xcd") == "11233QC4"
    with pytest.raises(MalformedValue, match="longer than any key"):
        base58btc_decode("1" * 2000)


@given(st.binary(max_size=80))
def test_base58_is_a_number_written_in_58_letters(data: bytes) -> None:
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number, text = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        text = alphabet[digit] + text
    text = "1" * (len(data) - len(data.lstrip(b"\0"))) + text
    assert base58btc_encode(data) == text
    assert base58btc_decode(text) == data


@pytest.mark.parametrize("text", ["0", "1O", "abcI", "l", "abc def", "é", "a\ud800", "abcde0fghij"])
def test_other_letters_are_refused(text: str) -> None:
    with pytest.raises(MalformedValue, match="is not a base58 character"):
        base58btc_decode(text)


@pytest.mark.parametrize("text", ["aGVsbG9=", "aGVsbG8=", "aGVsbG9", "a+b/", "é", "aGVsb G8"])
def test_base64url_has_one_form(text: str) -> None:
    with pytest.raises(MalformedValue):
        base64url_decode(text)


def test_digest() -> None:
    data = b"exact bytes"
    assert multibase_decode(digest_multibase(data)) == b"\x12\x20" + hashlib.sha256(data).digest()
    assert digest_matches(digest_multibase(data), data)
    assert not digest_matches(digest_multibase(data), data + b" ")
    with pytest.raises(MalformedValue, match="SHA-256 multihash"):
        digest_matches("uAAAA", data)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"a": 1, "\\u0061": 2}', "'a' stands twice"),
        (b"[NaN]", "NaN is not a JSON number"),
        (b"[Infinity]", "Infinity is not"),
        (b"[1e999]", "too large"),
        (b"[9007199254740993]", "too large to be read alike"),
        (b"[" + b"9" * 5000 + b"]", "too large to be read alike"),
        (b'["\\ud800"]', "half a character"),
        (b'{"\\udc00": 1}', "half a character"),
        (b"\xff{}", "not UTF-8 .byte 0."),
        (b'{"a": }', "line 1, column 7"),
        (b"", "not valid JSON"),
        (b"{} {}", "not valid JSON"),
    ],
)
def test_json_that_is_refused(data: bytes, match: str) -> None:
    with pytest.raises(ParsingError, match=match):
        strict_json.parse(data)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b'{"a":1,"a":2}', "'a' stands twice"),
        (b'{"a":{"b":[{"c":1,"c":1}]}}', "'c' stands twice"),
        (b"[9007199254740993]", "too large to be read alike"),
        (b"[18446744073709551616]", "too large to be read alike"),
        (b"[-9007199254740993]", "too large to be read alike"),
        (b"[NaN]", "NaN is not"),
        (b"[1e999]", "too large"),
        (b'["\xed\xa0\x80"]', "not UTF-8"),
        (b'["\x01"]', "not valid JSON"),
        (b"[01]", "not valid JSON"),
        (b"[1,]", "not valid JSON"),
    ],
)
def test_json_in_our_own_form_is_read_as_strictly(data: bytes, match: str) -> None:
    """Without white space, as it is read by another reader first."""
    with pytest.raises(ParsingError, match=match):
        strict_json.parse(data)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    # text that is brackets, quotation marks and backslashes more often than not
    | st.text(st.sampled_from('[]{}"\\,:ab') | st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('[]{}"\\a', max_size=5), inner, max_size=4),
    max_leaves=30,
)


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


@given(_JSON, st.sampled_from(((",", ":"), (", ", ": "))), st.booleans())
def test_every_form_of_one_value_is_read_alike_and_as_deep_as_it_is(
    value: object, separators: tuple[str, str], ascii_: bool
) -> None:
    data = json.dumps(value, separators=separators, ensure_ascii=ascii_).encode()
    assert repr(strict_json.parse(data)) == repr(value)
    depth = _depth(value)
    assert repr(strict_json.parse(data, max_depth=max(depth, 1))) == repr(value)
    if depth > 1:
        with pytest.raises(TooLarge, match="levels deep"):
            strict_json.parse(data, max_depth=depth - 1)


@pytest.mark.parametrize("data", [b"]" * 70 + b"[" * 70, b'"' + b"[" * 70, b'\\"' + b"[" * 70, b"}{" * 100, b'["]'])
def test_brackets_that_do_not_match_are_no_json(data: bytes) -> None:
    with pytest.raises((ParsingError, TooLarge)):
        strict_json.parse(data)


def test_json_limits() -> None:
    with pytest.raises(TooLarge, match="64 levels"):
        strict_json.parse(b"[" * 100_000)
    with pytest.raises(TooLarge, match="at most 10 are read"):
        strict_json.parse(b"[1,2,3,4,5,6]", max_bytes=10)
    assert strict_json.parse(b'["\\"[[[", "\\\\"]') == ['"[[[', "\\"]
    with pytest.raises(ParsingError, match="not an object"):
        strict_json.parse_object(b"[]")


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02",
        "2026-03-02T12:00:00",
        "2026-02-30T12:00:00Z",
        "2026-03-02 12:00:00Z",
        "0000-01-01T00:00:00Z",
        7,
        None,
    ],
)
def test_dates_that_are_refused(text: object) -> None:
    with pytest.raises(MalformedValue):
        parse_datetime(text)


def test_dates() -> None:
    assert timestamp(parse_datetime("2026-03-02T14:00:00.123456789+02:00")) == "2026-03-02T12:00:00Z"
    with pytest.raises(MalformedValue, match="time zone"):
        timestamp(parse_datetime("2026-03-02T12:00:00Z").replace(tzinfo=None))
