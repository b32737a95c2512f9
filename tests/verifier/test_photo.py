"""QR codes in pictures and on pages: those that people make, and those that are made to do harm."""

import struct
import zlib
from random import Random

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from tests.vc.baking.sample_files import SIGNATURE, chunk, pdf, pdf_with, stream
from tests.verifier.qr_pictures import VERIFY, beside, code, encode, photo, scan
from vc.errors import ContainerError, Invalid, NoCredential, ParsingError, TooLarge
from verifier.photo import MAX_SIDE, _decode, read_pages, read_picture

NO_CODE = (
    "No QR code could be read in the picture. Hold the code flat, fill the frame with it, and keep shadows and "
    "reflections away."
)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_listed_format(kind: str) -> None:
    assert read_picture(encode(code(), kind)) == VERIFY


@pytest.mark.parametrize("quality", [30, 90])
def test_a_photo_at_an_angle_in_a_dim_room(quality: int) -> None:
    assert read_picture(encode(photo(), quality=quality)) == VERIFY


@pytest.mark.parametrize(
    ("turned", "orientation"), [*((one, 1) for one in Image.Transpose), *((None, one) for one in range(1, 9))]
)
def test_every_orientation(turned: Image.Transpose | None, orientation: int) -> None:
    """Whether the picture is turned or mirrored, and whatever the camera wrote about it."""
    picture = photo() if turned is None else photo().transpose(turned)
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert read_picture(encode(picture, exif=exif)) == VERIFY


@pytest.mark.parametrize("mode", ["1", "P", "RGB", "RGBA", "CMYK", "LA"])
def test_every_colour_mode(mode: str) -> None:
    assert read_picture(encode(code().convert(mode), "JPEG" if mode == "CMYK" else "PNG")) == VERIFY


def test_light_on_dark() -> None:
    assert read_picture(encode(code().point(lambda value: 255 - value))) == VERIFY


@pytest.mark.parametrize("pixels_per_module", [1, 2, 3, 40])
def test_small_and_large_codes(pixels_per_module: int) -> None:
    assert read_picture(encode(code(pixels_per_module=pixels_per_module), "PNG")) == VERIFY


@pytest.mark.parametrize(("pixels_per_module", "share"), [(10, 0.55), (6, 0.5)])
def test_a_noisy_photo(pixels_per_module: int, share: float) -> None:
    """Each is read at another scale only: reduced, and reduced further."""
    noise = Image.frombytes("L", (3000, 2250), Random(1).randbytes(3000 * 2250))
    table = Image.new("L", (3000, 2250), 160)
    table.paste(code(pixels_per_module=pixels_per_module).point(lambda value: value // 2 + 60), (1000, 600))
    table = table.rotate(11, Image.Resampling.BICUBIC, fillcolor=150)
    assert read_picture(encode(Image.blend(table, noise, share), "PNG")) == VERIFY


def test_a_code_far_away() -> None:
    """Read only when the picture is not reduced."""
    table = Image.new("L", (4000, 3000), 160)
    table.paste(code(pixels_per_module=2), (1000, 600))
    assert read_picture(encode(table.rotate(11, Image.Resampling.BICUBIC, fillcolor=150), "PNG")) == VERIFY


def test_a_blurred_thumbnail() -> None:
    """Read only when it is enlarged."""
    picture = beside(code(pixels_per_module=4)).filter(ImageFilter.GaussianBlur(2))
    assert read_picture(encode(picture, "PNG")) == VERIFY


def test_other_codes_do_not_count() -> None:
    for kind in ("Aztec", "DataMatrix", "Code128"):
        barcode = zxingcpp.create_barcode("https://evil.example/", zxingcpp.barcode_format_from_str(kind))
        picture = Image.fromarray(zxingcpp.write_barcode_to_image(barcode, scale=6))
        with pytest.raises(NoCredential):
            read_picture(encode(picture.convert("L"), "PNG"))


def test_a_photo_of_48_megapixels_with_a_code_in_a_corner() -> None:
    table = Image.new("L", (8000, 6000), 200)
    table.paste(code(pixels_per_module=16), (6900, 5000))
    assert read_picture(encode(table)) == VERIFY


def test_text_in_every_script() -> None:
    text = "https://issuer.example/Γεωμετρία/证书"
    assert read_picture(encode(code(text))) == text


def test_no_code() -> None:
    for picture in (Image.new("L", (300, 200), 255), Image.effect_noise((300, 200), 90), Image.new("L", (1, 1))):
        with pytest.raises(NoCredential) as caught:
            read_picture(encode(picture, "PNG"))
        assert str(caught.value) == NO_CODE


def test_two_different_codes() -> None:
    with pytest.raises(ContainerError) as caught:
        read_picture(encode(beside(code(), code("https://evil.example/"))))
    assert not isinstance(caught.value, NoCredential)
    assert str(caught.value) == "There are 2 different QR codes in the picture. Show only one."


def test_the_same_code_twice() -> None:
    assert read_picture(encode(beside(code(), code()))) == VERIFY


# --- formats and damage -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO", "PCX", "TGA", "PDF"])
def test_no_other_format_is_opened(kind: str) -> None:
    with pytest.raises(ParsingError, match=r"^The picture is not a JPEG, PNG or WebP that can be read\.$"):
        read_picture(encode(code(), kind))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_cut_off_anywhere_it_is_an_error_of_ours(kind: str) -> None:
    whole = encode(code(pixels_per_module=2), kind)
    for size in range(0, len(whole) - 20, 41):
        with pytest.raises((ContainerError, ParsingError)):
            read_picture(whole[:size])


def test_damage_says_what_to_do() -> None:
    with pytest.raises(ContainerError, match=r"^The picture is damaged or cut off\. Take it or copy it again\.$"):
        read_picture(encode(code())[:2000])


@pytest.mark.parametrize("start", [b"", b"\xff\xd8\xff", SIGNATURE, b"RIFF\x00\x01\x00\x00WEBPVP8 "])
@settings(deadline=None)  # other tests run at the same time
@given(data=st.binary(max_size=200))
def test_only_our_errors_leave(start: bytes, data: bytes) -> None:
    with pytest.raises(Invalid):
        read_picture(start + data)


# --- limits -------------------------------------------------------------------------------------------------

TOO_MANY = r"^The picture has too many pixels\. Scale it down, or take a screenshot of it\.$"


def _claims(width: int, height: int, *more: bytes) -> bytes:
    """A PNG of a few bytes that says it is large."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return SIGNATURE + header + b"".join(more) + chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND")


@pytest.mark.parametrize("side", [5_001, 10_000, 15_000, 60_000])
def test_pixels_are_counted_before_they_are_decoded(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("decoded"))
    with pytest.raises(TooLarge, match=TOO_MANY):
        read_picture(_claims(side, side))


def test_a_picture_as_thin_as_a_thread() -> None:
    with pytest.raises(TooLarge, match=TOO_MANY):
        read_picture(_claims(MAX_SIDE + 1, 1))


@pytest.mark.parametrize(("kind", "size"), [("WEBP", (4001, 4000)), ("PNG", (5001, 5000)), ("JPEG", (10001, 5000))])
def test_each_format_has_its_limit(kind: str, size: tuple[int, int]) -> None:
    with pytest.raises(TooLarge, match=TOO_MANY):
        read_picture(encode(Image.new("L", size), kind))


def test_a_large_jpeg_is_reduced_while_it_is_decoded() -> None:
    """Which keeps 48 megapixels within the memory that a file may cost."""
    assert _decode(encode(Image.new("L", (8000, 6000)))).size == (4000, 3000)


def test_a_bomb_in_a_comment() -> None:
    bomb = zlib.compress(b"a" * 10_000_000, 9)
    with pytest.raises(ContainerError, match="damaged or cut off"):
        read_picture(_claims(10, 10, chunk(b"zTXt", b"Comment\x00\x00" + bomb)))


# --- pages --------------------------------------------------------------------------------------------------


def test_a_scanned_certificate() -> None:
    assert read_pages(scan(photo())) == VERIFY


def test_the_code_on_a_later_page() -> None:
    blank = Image.new("L", (600, 800), 255)
    assert read_pages(scan(blank, blank, blank, blank, code())) == VERIFY
    with pytest.raises(NoCredential):
        read_pages(scan(blank, blank, blank, blank, blank, code()))


def test_different_codes_on_two_pages() -> None:
    with pytest.raises(ContainerError, match=r"^There are 2 different QR codes in the picture\. Show only one\.$"):
        read_pages(scan(code(), code("https://evil.example/")))


def test_pages_without_a_code() -> None:
    for document in (scan(Image.new("L", (600, 800), 255)), pdf_with()):
        with pytest.raises(NoCredential):
            read_pages(document)


@pytest.mark.parametrize(
    "box", ["1000000 1000000", "4000 4000", "14400 1", "0 0", "-5 -5", "0.0001 0.0001", "99999999999 1"]
)
def test_a_page_is_drawn_no_larger_than_we_are_ready_to(box: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[int, int]] = []

    original = pypdfium2.PdfPage.render

    def render(page: pypdfium2.PdfPage, **options: object) -> object:
        bitmap = original(page, **options)
        drawn.append((bitmap.width, bitmap.height))
        return bitmap

    monkeypatch.setattr(pypdfium2.PdfPage, "render", render)
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %s] >>" % box.encode(),
    }
    with pytest.raises((NoCredential, ContainerError)):
        read_pages(pdf(objects))
    assert all(width * height <= 4_100_000 and max(width, height) <= MAX_SIDE for width, height in drawn)


@settings(deadline=None)  # other tests run at the same time
@given(data=st.binary(max_size=200))
def test_only_our_errors_leave_for_pages(data: bytes) -> None:
    with pytest.raises(Invalid):
        read_pages(b"%PDF-1.7\n" + data)


def test_a_damaged_document() -> None:
    with pytest.raises(ContainerError, match=r"^The pages of the PDF cannot be drawn: it is damaged or locked\.$"):
        read_pages(b"%PDF-1.7\nhello")
    with pytest.raises(ContainerError):
        read_pages(pdf({1: b"<< >>", 2: stream(b"")}))
