"""QR codes are read back by another library."""

import io
import re

import pytest
import zxingcpp
from PIL import Image

from templates import qr

LINK = "https://check.example/verify?url=https://awards.example/credentials/7mKq2VxPdW4sYtEa"


def read(data: bytes) -> zxingcpp.Barcode:
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(data)))
    return code


@pytest.mark.parametrize("text", [LINK, "https://check.example/verify?url=" + "x" * 900, "http://localhost:8001/é"])
def test_png_is_read_back(text: str) -> None:
    assert read(qr.png(text)).text == text


def test_error_correction_is_medium() -> None:
    assert read(qr.png(LINK)).ec_level == "M"


def test_svg_is_the_same_code_dark_on_light_with_its_quiet_zone() -> None:
    drawn = qr.svg(LINK)
    size = re.search(r'viewBox="0 0 (\d+) \1"', drawn)
    assert size is not None
    side = int(size[1])
    light, dark = re.findall(r'<path fill="(#\w+)"', drawn)
    assert (light, dark) == ("#fff", "#000")
    picture = Image.new("L", (side, side), 255)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1H", drawn):
        assert qr.QUIET_ZONE <= int(x) <= side - qr.QUIET_ZONE - int(width)
        assert qr.QUIET_ZONE <= int(y) < side - qr.QUIET_ZONE
        picture.paste(0, (int(x), int(y), int(x) + int(width), int(y) + 1))
    enlarged = picture.resize((side * 6, side * 6), Image.Resampling.NEAREST)
    (code,) = zxingcpp.read_barcodes(enlarged)
    assert code.text == LINK
    assert "style" not in drawn
