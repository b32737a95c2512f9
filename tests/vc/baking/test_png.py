"""Open Badges 3.0 section 5.3.1, and what a stranger's PNG can have wrong."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openbadgeslib.baking import ITXT_KEYWORD_OB3, bake_png, extract_png

from tests.vc.baking.sample_files import CREDENTIAL, IDAT, IEND, IHDR, SIGNATURE, TOKEN, chunk, itxt, png
from vc.baking import png as container
from vc.baking.png import bake, unbake
from vc.errors import ContainerError, NoCredential, ParsingError, TooLarge


@pytest.mark.parametrize("credential", [CREDENTIAL, TOKEN, CREDENTIAL + b"\r\n"])
def test_what_is_baked_comes_back_byte_by_byte(credential: bytes) -> None:
    assert unbake(bake(png(), credential)) == credential


@given(st.dictionaries(st.text(), st.text()))
def test_any_json_comes_back(members: dict[str, str]) -> None:
    import orjson

    credential = orjson.dumps({name.replace("\x00", ""): value for name, value in members.items()})
    assert unbake(bake(png(), credential)) == credential


def test_the_chunk_is_as_the_standard_wants_it() -> None:
    """One iTXt, uncompressed, empty language tag and translated keyword; the picture's own bytes untouched."""
    expected = SIGNATURE + IHDR + itxt(CREDENTIAL) + IDAT + IEND
    assert bake(png(), CREDENTIAL) == expected


def test_another_implementation_reads_ours() -> None:
    assert extract_png(bake(png(), CREDENTIAL), keyword=ITXT_KEYWORD_OB3) == CREDENTIAL.decode()
    assert extract_png(bake(png(), TOKEN), keyword=ITXT_KEYWORD_OB3) == TOKEN.decode()


def test_we_read_another_implementations() -> None:
    assert unbake(bake_png(png(), CREDENTIAL.decode(), "a comment", keyword=ITXT_KEYWORD_OB3)) == CREDENTIAL
    assert unbake(bake_png(png(), TOKEN.decode(), keyword=ITXT_KEYWORD_OB3)) == TOKEN


def test_a_learner_record_is_read_too() -> None:
    assert unbake(png(itxt(CREDENTIAL, b"clrcredential"))) == CREDENTIAL


def test_language_tag_and_other_texts_do_not_matter() -> None:
    assert unbake(png(chunk(b"tEXt", b"Title\x00x"), itxt(TOKEN, language=b"en"), itxt(b"x", b"XML:com"))) == TOKEN


def test_no_credential() -> None:
    with pytest.raises(NoCredential, match=r"^The PNG holds no credential\.$"):
        unbake(png())


# --- baking -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keyword", [b"openbadgecredential", b"clrcredential", b"openbadges"])
def test_a_picture_with_a_credential_is_not_baked_again(keyword: bytes) -> None:
    with pytest.raises(ContainerError, match=r"^The PNG already holds a credential, and two make it unreadable\. Bake"):
        bake(png(itxt(TOKEN, keyword)), TOKEN)


def test_what_would_not_be_read_back_is_not_baked(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ContainerError, match="neither JSON nor a signed token"):
        bake(png(), b"hello")
    with pytest.raises(ContainerError, match="zero byte"):
        bake(png(), b'{"a": "\x00"}')
    with pytest.raises(ContainerError, match="cut off"):
        bake(png()[:-1], TOKEN)
    monkeypatch.setattr(container, "MAX_BYTES", len(png()) + 10)
    with pytest.raises(TooLarge):
        bake(png(), TOKEN)


# --- damage -------------------------------------------------------------------------------------------------


def test_cut_off_anywhere_it_says_where() -> None:
    """Every length from the signature to the last byte: a partial download never gives a credential out."""
    whole = bake(png(), TOKEN)
    for size in range(len(SIGNATURE), len(whole)):
        with pytest.raises(
            ContainerError,
            match=rf"^The PNG is cut off: it ends at byte {size}, before the end of its \w+ chunk\. Down",
        ):
            unbake(whole[:size])
    for size in range(len(SIGNATURE)):
        with pytest.raises(ParsingError, match=r"^This is not a PNG picture\.$"):
            unbake(whole[:size])


def test_the_message_for_a_cut_off_file() -> None:
    whole = bake(png(), TOKEN)
    with pytest.raises(ContainerError) as caught:
        unbake(whole[:60])
    assert str(caught.value) == (
        "The PNG is cut off: it ends at byte 60, before the end of its iTXt chunk. "
        "Download or copy the file again, completely."
    )


def test_every_flipped_bit_is_noticed() -> None:
    whole = bake(png(), TOKEN)
    for position in range(len(SIGNATURE), len(whole)):
        changed = bytearray(whole)
        changed[position] ^= 1
        with pytest.raises(ContainerError, match=r"The PNG is (damaged|cut off)|stands something else"):
            unbake(bytes(changed))


def test_a_wrong_checksum() -> None:
    broken = bytearray(png(itxt(TOKEN)))
    broken[len(SIGNATURE + IHDR) + 40] ^= 1
    with pytest.raises(ContainerError) as caught:
        unbake(bytes(broken))
    assert str(caught.value) == (
        "The PNG is damaged: the checksum of its iTXt chunk at byte 33 is wrong. Download or copy the file again."
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (SIGNATURE + IDAT + IHDR + IEND, r"its header \(IHDR\) does not stand first"),
        (SIGNATURE + IHDR + IHDR + IDAT + IEND, r"its header \(IHDR\) does not stand first, and only there"),
        (png() + b"\n", r"^After the end of the PNG picture, at byte \d+, stands something else\. Save the picture"),
        (png(chunk(b"a\x00bc")), r"damaged at byte 33: no chunk begins there"),
        (png(chunk(b"iTXt", b"openbadgecredential\x00\x00\x00en")), r"its credential's chunk \(iTXt\) is incomplete"),
        (png(chunk(b"iTXt", b"openbadgecredential\x00")), r"its credential's chunk \(iTXt\) is incomplete"),
        (png(itxt(b"")), "neither JSON nor a signed token"),
        (png(itxt(b'{"\xff"}')), "not UTF-8"),
    ],
)
def test_damage(data: bytes, message: str) -> None:
    with pytest.raises(ContainerError, match=message):
        unbake(data)


# --- more than one, older, compressed -----------------------------------------------------------------------

MORE_THAN_ONE = r"^The PNG holds more than one credential; nobody can tell which one is meant\.$"


@pytest.mark.parametrize("other", [b"openbadgecredential", b"clrcredential", b"openbadges"])
def test_two_credentials(other: bytes) -> None:
    with pytest.raises(ContainerError, match=MORE_THAN_ONE):
        unbake(png(itxt(TOKEN), itxt(TOKEN, other)))


def test_a_second_credential_after_the_picture() -> None:
    with pytest.raises(ContainerError, match=MORE_THAN_ONE):
        unbake(SIGNATURE + IHDR + itxt(TOKEN) + IDAT + itxt(CREDENTIAL) + IEND)


@pytest.mark.parametrize("kind", [b"iTXt", b"tEXt"])
def test_an_older_badge_is_called_by_its_name(kind: bytes) -> None:
    with pytest.raises(ContainerError) as caught:
        unbake(png(chunk(kind, b"openbadges\x00\x00\x00\x00\x00https://issuer.example/assertions/1")))
    assert not isinstance(caught.value, NoCredential)
    assert str(caught.value) == (
        "This is an Open Badges 2.0 badge (or older). Only Open Badges 3.0 can be verified here: "
        "ask the issuer for the badge in that version."
    )


BOMB = zlib.compress(b'{"a": "' + b"a" * 50_000_000 + b'"}', 9)


def test_a_compressed_credential_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """ "Compression MUST NOT be used": nothing in a PNG is ever decompressed, so no bomb can go off."""
    monkeypatch.delattr(zlib, "decompress")
    monkeypatch.delattr(zlib, "decompressobj")
    for text in (zlib.compress(TOKEN), BOMB):
        with pytest.raises(
            ContainerError, match=r"^The credential in the PNG is compressed, which Open Badges 3\.0 forb"
        ):
            unbake(png(itxt(text, flag=1)))
    with pytest.raises(ContainerError, match=r"in a zTXt chunk; Open Badges 3\.0 wants iTXt"):
        unbake(png(chunk(b"zTXt", b"openbadgecredential\x00\x00" + BOMB)))
    with pytest.raises(ContainerError, match=r"in a tEXt chunk; Open Badges 3\.0 wants iTXt"):
        unbake(png(chunk(b"tEXt", b"openbadgecredential\x00" + TOKEN)))
    with pytest.raises(NoCredential):
        unbake(png(chunk(b"zTXt", b"Comment\x00\x00" + BOMB), chunk(b"iCCP", b"p\x00\x00" + BOMB)))


# --- limits -------------------------------------------------------------------------------------------------


def test_too_long() -> None:
    with pytest.raises(TooLarge, match=r"^The PNG is 16777217 bytes long; at most 16777216 are read\.$"):
        unbake(SIGNATURE.ljust(container.MAX_BYTES + 1, b"\x00"))


def test_too_many_chunks() -> None:
    with pytest.raises(TooLarge, match=r"^The PNG has more than 20000 chunks\.$"):
        unbake(png(*[chunk(b"teXt")] * 20_000))
