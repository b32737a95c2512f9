"""Whatever people hand in: what it is taken for, and what they are told when it is none of it."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.vc.baking.sample_files import CREDENTIAL, SIGNATURE, TOKEN, VC, itxt, pdf_with, png, stream, svg
from tests.verifier.qr_pictures import LINK, VERIFY, beside, code, encode, photo, scan
from vc import baking
from vc.errors import ContainerError, Invalid, NoCredential, ParsingError, TooLarge
from verifier import confined, intake
from verifier.intake import Intake, read

FORMS = (
    "This is none of the forms that can be checked: a certificate's link; its PDF; a badge picture (PNG, SVG); "
    "a photo of its QR code (JPEG, PNG, WebP); or the credential itself (JSON or a signed token)."
)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests run at the same time."""
    monkeypatch.setattr(confined, "SECONDS", 60)


# --- the forms ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [CREDENTIAL, b"\n " + CREDENTIAL + b"\r\n", b"\xef\xbb\xbf" + CREDENTIAL, b"{broken"])
def test_json_is_kept_as_received(data: bytes) -> None:
    assert read(data) == Intake("json", credential=data)


def test_a_token() -> None:
    assert read(b"\n" + TOKEN + b"\n") == Intake("jwt", credential=TOKEN)
    assert read(TOKEN + b"~d~") == Intake("jwt", credential=TOKEN + b"~d~")


def test_baked_pictures_and_documents() -> None:
    picture = encode(code("https://elsewhere.example/"), "PNG")
    assert read(baking.png.bake(picture, CREDENTIAL)) == Intake("png", credential=CREDENTIAL)
    assert read(baking.svg.bake(svg(), CREDENTIAL)) == Intake("svg", credential=CREDENTIAL)
    assert read(pdf_with(stream(CREDENTIAL, VC))) == Intake("pdf", credential=CREDENTIAL)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_the_code(kind: str) -> None:
    assert read(encode(photo(), kind)) == Intake("photo", link=LINK)


def test_a_scan_of_the_certificate() -> None:
    assert read(scan(photo())) == Intake("photo", link=LINK)


def test_a_code_that_holds_the_credential_itself() -> None:
    assert read(encode(code(TOKEN.decode()))) == Intake("photo", credential=TOKEN)
    assert read(encode(code('{"a": "é"}'))) == Intake("photo", credential='{"a": "é"}'.encode())


# --- links --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (LINK, LINK),
        (f" {LINK}\n", LINK),
        ("http://localhost:8000/credentials/1", "http://localhost:8000/credentials/1"),
        (VERIFY, LINK),
        (
            "https://verify.example/verify?lang=es&url=https%3A%2F%2Fissuer.example%2Fa%3Fb%3Dc",
            "https://issuer.example/a?b=c",
        ),
        (
            "https://verify.example/deep/verify?url=http://localhost:8000/credentials/1",
            "http://localhost:8000/credentials/1",
        ),
        (f"https://verify.example/verify?url={VERIFY}", VERIFY),
        ("https://verify.example/verify", "https://verify.example/verify"),
        ("https://issuer.example/credentials/1?url=x", "https://issuer.example/credentials/1?url=x"),
        ("https://issuer.example/证书", "https://issuer.example/证书"),
    ],
)
def test_links(text: str, link: str) -> None:
    assert read(text.encode()) == Intake("link", link=link)


@pytest.mark.parametrize(
    "query",
    [
        "url=javascript:alert(1)",
        "url=file:///etc/passwd",
        "url=/credentials/1",
        "url=https://",
        "url=a b",
        f"url={LINK}&url={LINK}",
    ],
)
def test_a_verifiers_link_without_a_certificate(query: str) -> None:
    with pytest.raises(ParsingError) as caught:
        read(f"https://verify.example/verify?{query}".replace(" ", "%20").encode())
    assert str(caught.value) == "The link leads to a verifier, but does not say which certificate is meant."


@pytest.mark.parametrize(
    "text",
    [
        "ftp://issuer.example/1",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https:///a",
        "https://[::1",
        f"{LINK}\n{LINK}",
        f"see {LINK}",
        f"{LINK} and more",
        "https://issuer.example/\u202egnp.1",
        "https://issuer.example/\x00",
        "https://issuer.example/" + "a" * 2048,
        "hello",
        "[]",
        "null",
    ],
)
def test_other_texts(text: str) -> None:
    with pytest.raises(ParsingError) as caught:
        read(text.encode())
    assert str(caught.value) == FORMS


# --- what people are told -----------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b" \r\n"])
def test_nothing(data: bytes) -> None:
    with pytest.raises(ParsingError, match=r"^There is nothing in it\. Give a file, a text or a link\.$"):
        read(data)


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"\x00\x01", b"<html></html>", "ä".encode("latin-1"), b"%!PS", b"BM"])
def test_anything_else(data: bytes) -> None:
    with pytest.raises(ParsingError) as caught:
        read(data)
    assert str(caught.value) == FORMS


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(CREDENTIAL, mtime=0),  # the time would stand in the name of the test
        gzip.compress(svg(), mtime=0),
        CREDENTIAL.decode().encode("utf-16"),
        b"\xef\xbb\xbf" * 2 + CREDENTIAL,
        "\N{NO-BREAK SPACE}".encode() + CREDENTIAL,
        b"[" + CREDENTIAL + b"]",
        b"From: zoe@example.org\r\n\r\n" + CREDENTIAL,
        b"<!doctype html><p>" + CREDENTIAL,
        b"Bearer " + TOKEN,
        TOKEN + b"=",
        TOKEN[:60] + b"\n" + TOKEN[60:],
    ],
)
def test_a_credential_in_a_wrapping_that_is_none_of_ours(data: bytes) -> None:
    """Whoever reads on behind the wrapping may read something else than the next reader does."""
    with pytest.raises(ParsingError) as caught:
        read(data)
    assert str(caught.value) == FORMS


@pytest.mark.parametrize(
    ("data", "kind"), [(b"\x00\x00\x00\x18ftypheic", "HEIC, AVIF or video"), (b"GIF89a", "GIF"), (b"II*\x00", "TIFF")]
)
def test_a_picture_of_another_kind_is_called_by_its_name(data: bytes, kind: str) -> None:
    with pytest.raises(ParsingError) as caught:
        read(data + b"\x00" * 100)
    assert str(caught.value) == (
        f"Pictures of this kind ({kind}) cannot be read. Save it as JPEG or PNG, or take a screenshot."
    )


def test_a_png_with_neither() -> None:
    with pytest.raises(NoCredential) as caught:
        read(encode(Image.new("L", (300, 300), 255), "PNG"))
    assert str(caught.value) == (
        "The PNG holds no credential, and no QR code could be read in it. Use the file as the issuer gave it "
        "(messengers take the credential out of pictures), or give the certificate's link."
    )


def test_a_pdf_with_neither() -> None:
    with pytest.raises(NoCredential) as caught:
        read(scan(Image.new("L", (300, 300), 255)))
    assert str(caught.value) == (
        "No credential is attached to the PDF, and no QR code could be read on its first pages. Use the file as "
        "the issuer gave it, or give the certificate's link."
    )


def test_a_photo_without_a_code() -> None:
    with pytest.raises(
        NoCredential, match=r"^No QR code could be read in the picture\. Hold the code flat, fill the f"
    ):
        read(encode(Image.new("L", (300, 300), 255)))


def test_an_svg_without_a_credential() -> None:
    with pytest.raises(NoCredential, match=r"^The SVG holds no credential\.$"):
        read(svg())


def test_a_code_that_says_something_else() -> None:
    with pytest.raises(ContainerError) as caught:
        read(encode(code("WIFI:S:\u202ecafé;;")))
    assert str(caught.value) == "The QR code says 'WIFI:S:\\u202ecafé;;', which is no link to a certificate."
    with pytest.raises(ContainerError, match=rf"^The QR code says '{'a' * 80}', which is no link"):
        read(encode(code("a" * 500)))


def test_two_codes() -> None:
    with pytest.raises(ContainerError, match=r"^There are 2 different QR codes in the picture\. Show only one\.$"):
        read(encode(beside(code(), code("https://evil.example/"))))


def test_a_damaged_or_ambiguous_picture_is_not_searched_for_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a sound file without a credential goes on to its picture; else a damaged badge would pass for its code."""
    monkeypatch.setattr(confined, "read", lambda *_: pytest.fail("searched"))
    picture = encode(code(), "PNG")
    twice = png(itxt(TOKEN), itxt(CREDENTIAL))
    for data in (picture[:-4], twice, png(itxt(TOKEN, b"openbadges"))):
        with pytest.raises(ContainerError) as caught:
            read(data)
        assert not isinstance(caught.value, NoCredential)


def test_a_pdf_with_two_credentials_is_not_searched_for_a_code() -> None:
    with pytest.raises(ContainerError, match=r"^More than one credential is attached"):
        read(pdf_with(stream(CREDENTIAL, VC), stream(TOKEN, VC)))


def test_too_large() -> None:
    with pytest.raises(TooLarge, match=r"^That is 16 MB large; at most 16 MB are read\.$"):
        read(b"{".ljust(intake.MAX_BYTES + 1))


@settings(deadline=None)  # other tests run at the same time
@given(
    start=st.sampled_from([b"", SIGNATURE, b"<svg ", b"{", b"ey", b"https://", b"https://a.example/verify?url="]),
    data=st.binary(max_size=120),
)
def test_only_our_errors_leave(start: bytes, data: bytes) -> None:
    taken: object = None
    try:
        taken = read(start + data)
    except Invalid as error:
        taken = str(error)
    assert taken
