"""Which fonts are used for what."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from templates.certificate_pdf import render_pdf
from templates.typesetting import CJK_FILE, FACES, HERE, Attachment, MissingGlyphs, Typesetter, typesetter
from tests.templates import samples

EVERY_SCRIPT = {
    "Latin": "Nguyễn Ørsted Ğ ſ ẞ",
    "Greek": "Ὀδυσσεύς",
    "Cyrillic": "Йосип Ђ",
    "Arabic": samples.ARABIC + " پژواک ڈھاکہ",
    "Hebrew": "יהודית בַּר",
    "Devanagari": samples.DEVANAGARI,
    "Bengali": "রবীন্দ্রনাথ",
    "Gujarati": "ગુજરાતી",
    "Gurmukhi": "ਗੁਰਮੁਖੀ",
    "Kannada": "ಕನ್ನಡ",
    "Malayalam": "മലയാളം",
    "Tamil": "தமிழ்",
    "Telugu": "తెలుగు",
    "Thai": "ภาษาไทย",
    "Ethiopic": "አማርኛ",
    "Armenian": "Հայերեն",
    "Georgian": "ქართული",
    "accents": samples.STACKED + " Z̃̌̈",
}


@pytest.mark.parametrize("script", sorted(EVERY_SCRIPT))
def test_shipped_fonts_cover(script: str, tmp_path: Path) -> None:
    assert Typesetter([tmp_path]).families(EVERY_SCRIPT[script]) == tuple(FACES)


def test_families_are_called_as_the_files_say() -> None:
    for family, file in FACES.items():
        with TTFont(HERE / "fonts" / file, lazy=True) as font:
            assert font["name"].getDebugName(1) == family


@pytest.mark.parametrize(
    ("text", "language", "family"),
    [
        ("李", "zh", "Noto Serif CJK SC"),
        ("李", "zh-Hant", "Noto Serif CJK TC"),
        ("李", "zh-TW", "Noto Serif CJK TC"),
        ("李", "ja", "Noto Serif CJK JP"),
        ("李さん", "en", "Noto Serif CJK JP"),
        ("이순신", "en", "Noto Serif CJK KR"),
    ],
)
def test_han_characters_in_the_form_of_the_place(text: str, language: str, family: str) -> None:
    try:
        families = typesetter().families(text, language)
    except MissingGlyphs:
        pytest.skip("needs Noto Serif CJK (Debian: fonts-noto-cjk)")
    assert families[-1] == family


def test_a_broken_folder_is_no_font(tmp_path: Path) -> None:
    (tmp_path / CJK_FILE).mkdir()
    with pytest.raises(MissingGlyphs):
        Typesetter([tmp_path]).families("李")


def test_an_attachment_that_is_no_text_is_refused() -> None:
    broken = Attachment("a.json", b"\xff", "application/vc", "")
    with pytest.raises(UnicodeDecodeError):
        typesetter().pdf("certificate.typ", {}, created=datetime(2026, 1, 1, tzinfo=UTC), attachment=broken)


def test_several_threads_share_one_setter() -> None:
    views = [samples.specialization(share=f"thread{n}", learner=f"Ada {n}") for n in range(8)]

    def one(n: int) -> bytes:
        return render_pdf(views[n], lang="en", attachment=str(n).encode(), attachment_name="a.json")

    alone = [one(n) for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(8))) == alone
