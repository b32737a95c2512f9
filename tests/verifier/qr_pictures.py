"""Pictures with QR codes in them, as cameras, scanners and strangers make them."""

import io
from typing import Any

from PIL import Image

from templates import qr

LINK = "https://issuer.example/credentials/2Bv9XkQ7pLmZ4nTwR"
VERIFY = f"https://verify.example/verify?url={LINK}"


def code(text: str = VERIFY, pixels_per_module: int = 8) -> Image.Image:
    return Image.open(io.BytesIO(qr.png(text, pixels_per_module=pixels_per_module))).convert("L")


def beside(*pictures: Image.Image) -> Image.Image:
    width, height = sum(picture.width for picture in pictures), max(picture.height for picture in pictures)
    sheet = Image.new("L", (width + 80, height + 80), 255)
    left = 40
    for picture in pictures:
        sheet.paste(picture, (left, 40))
        left += picture.width
    return sheet


def photo(text: str = VERIFY) -> Image.Image:
    """Seen at an angle, in a dim room, by a telephone."""
    table = Image.effect_noise((1600, 1200), 60).point(lambda value: value // 3 + 60)
    table.paste(code(text, 10).point(lambda value: value // 2 + 60), (500, 250))
    tilted = table.transform((1600, 1200), Image.Transform.PERSPECTIVE, (1.1, 0.2, -120, 0.1, 1.2, -80, 1e-4, 2e-4))
    return tilted.rotate(17, Image.Resampling.BICUBIC, fillcolor=90)


def encode(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def scan(*pages: Image.Image) -> bytes:
    """A PDF with one picture on each page."""
    return encode(pages[0], "PDF", save_all=True, append_images=list(pages[1:]))
