"""The PDF: one page, the credential attached as it was, an archive format, a QR code that reads, every letter there."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pypdf
import pypdfium2
import pytest
import zxingcpp

from templates.certificate_pdf import MissingGlyphs, render_pdf
from templates.typesetting import CJK_FILE, CJK_FOLDERS, Typesetter
from templates.views import CertificateView, PartView
from tests.optional import need
from tests.templates import samples

CREDENTIAL = b'{"name": "Jos\xc3\xa9 \\u202e",\r\n "a": [1, 2]}\n'
SIZES: dict[Literal["a4", "us-letter"], tuple[float, float]] = {"a4": (297, 210), "us-letter": (279.4, 215.9)}
VIEWS = samples.views()


def cjk() -> None:
    need(any((folder / CJK_FILE).is_file() for folder in CJK_FOLDERS), "Noto Serif CJK (Debian: fonts-noto-cjk)")


def made(
    view: CertificateView,
    paper: Literal["a4", "us-letter"] = "a4",
    lang: str = "en",
    setter: Typesetter | None = None,
) -> bytes:
    return render_pdf(
        view, lang=lang, attachment=CREDENTIAL, attachment_name="credential.json", paper=paper, setter=setter
    )


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return str(document[0].get_textpage().get_text_bounded())
    finally:
        document.close()


@pytest.mark.parametrize("paper", sorted(SIZES))
@pytest.mark.parametrize("name", sorted(VIEWS))
def test_one_landscape_page_with_everything_on_it(name: str, paper: Literal["a4", "us-letter"]) -> None:
    view = VIEWS[name]
    if name == "chinese":
        cjk()
    pdf = made(view, paper)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 1
    millimetres = tuple(round(float(side) / 72 * 25.4, 1) for side in reader.pages[0].mediabox[2:])
    assert millimetres == pytest.approx(SIZES[paper], abs=0.2)
    text = " ".join(text_of(pdf).split())
    for part in view.parts:
        assert part.title in text
    assert "2 March 2026" in text
    assert view.short_verify in text


@pytest.mark.parametrize("paper", sorted(SIZES))
def test_the_qr_code_on_the_page_is_read_and_large_enough(paper: Literal["a4", "us-letter"]) -> None:
    document = pypdfium2.PdfDocument(made(VIEWS["ten"], paper))
    scale = 3
    picture = document[0].render(scale=scale).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == VIEWS["ten"].verify_url
    width = (code.position.top_right.x - code.position.top_left.x) / scale / 72 * 25.4
    assert width >= 25
    quiet = (picture.getpixel((code.position.top_left.x - 8, code.position.top_left.y + 40)),)
    assert quiet == ((255, 255, 255),)
    document.close()


def test_exactly_one_attachment_byte_for_byte() -> None:
    reader = pypdf.PdfReader(io.BytesIO(made(VIEWS["three"])))
    assert reader.attachments == {"credential.json": [CREDENTIAL]}
    associated: Any = reader.root_object["/AF"]
    assert len(associated) == 1
    file = associated[0].get_object()
    assert file["/EF"]["/F"].get_object()["/Subtype"] == "/application/vc"
    assert file["/AFRelationship"] == "/Source"


def test_it_is_an_accessible_archive_file() -> None:
    reader = pypdf.PdfReader(io.BytesIO(made(VIEWS["three"], lang="es")))
    catalogue: Any = reader.root_object
    metadata = catalogue["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert catalogue["/Lang"] == "es"
    assert reader.metadata is not None
    assert reader.metadata.title == VIEWS["three"].title


def test_same_values_same_bytes() -> None:
    assert made(VIEWS["three"]) == made(VIEWS["three"], setter=Typesetter())


def test_data_is_never_source() -> None:
    bad = '#panic("x") *b* $x$ <a> @b \\ \u202eAda'
    text = text_of(made(replace(VIEWS["three"], learner=bad, title=bad)))
    assert '#panic("x") *b* $x$ <a> @b \\' in text.replace("\r\n", " ").replace("  ", " ")
    assert "U+202E" in text


def test_status_is_printed() -> None:
    view = replace(VIEWS["three"], status="revoked", status_date=date(2026, 3, 2), status_reason="grade corrected")
    assert "Revoked on 2 March 2026: grade corrected" in text_of(made(view))


def test_words_in_the_readers_language() -> None:
    text = text_of(made(VIEWS["three"], lang="es"))
    assert "certifica que" in text
    assert "2 de marzo de 2026" in text


@pytest.mark.parametrize("count", [3, 10, 24])
def test_long_titles_and_many_courses_stay_on_the_page(count: int) -> None:
    title = "Pattern-Oriented Software Architectures for Concurrent and Networked Software, with Exercises and a Reader"
    parts = tuple(PartView("course", f"{title} {n}", date(2026, 1, 1), None) for n in range(count))
    view = replace(VIEWS["long"], parts=parts, partners=("A University (demonstration)",), title=title)
    pdf = made(view)
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
    assert text_of(pdf).count("Reader") == count + 1
    document = pypdfium2.PdfDocument(pdf)
    letters = document[0].get_textpage()
    margin = 12 / 25.4 * 72  # the frame
    assert all(
        letters.get_charbox(i)[1] > margin for i in range(letters.count_chars()) if letters.get_text_range(i, 1) > " "
    )
    document.close()


def test_a_script_without_font_is_refused(tmp_path: Path) -> None:
    nothing = Typesetter([tmp_path])
    with pytest.raises(MissingGlyphs, match=r"Han characters \(U\+6B50, .*fonts-noto-cjk") as caught:
        made(VIEWS["chinese"], setter=nothing)
    assert caught.value.scripts == ("Han",)
    with pytest.raises(MissingGlyphs, match=r"Sinhala characters \(U\+0DC3.*templates/fonts"):
        made(replace(VIEWS["three"], learner="සිංහල"))
    with pytest.raises(MissingGlyphs):
        made(replace(VIEWS["three"], title="Data \U0001f600"), setter=nothing)


def test_chinese_from_the_systems_fonts() -> None:
    cjk()
    assert samples.CHINESE in text_of(made(VIEWS["chinese"]))
