"""QR codes (ISO/IEC 18004): error correction M, the quiet zone of four modules always there, dark on light always.

>>> svg("https://verify.example/verify?url=https://awards.example/credentials/1").startswith("<svg")
True
"""

import io

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage

QUIET_ZONE = 4  # modules; the standard asks for four on every side


def svg(text: str) -> str:
    """The code as SVG that fills the width it is given. Its colours are its own, whatever the theme."""
    rows = _code(text).get_matrix()
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {side} {side}" '
        'shape-rendering="crispEdges" aria-hidden="true" focusable="false">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{_runs(rows)}"/></svg>'
    )


def png(text: str, *, pixels_per_module: int = 8) -> bytes:
    """The code as a black and white PNG."""
    picture = _code(text, pixels_per_module).make_image(image_factory=PilImage)
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def _code(text: str, pixels_per_module: int = 1) -> qrcode.QRCode[PilImage]:
    code: qrcode.QRCode[PilImage] = qrcode.QRCode(
        error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, box_size=pixels_per_module
    )
    code.add_data(text)
    code.make(fit=True)
    return code


def _runs(rows: list[list[bool]]) -> str:
    """Path data with one rectangle for every unbroken run of dark modules in a row."""
    pieces = []
    for y, row in enumerate(rows):
        start: int | None = None
        for x, dark in enumerate([*row, False]):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                pieces.append(f"M{start} {y}h{x - start}v1H{start}z")
                start = None
    return "".join(pieces)
