"""The QR code in a photo, a screenshot or a scanned page.

A stranger's picture meets an image library only here, and only as one of the formats that are listed: nothing is
sniffed. Pixels are counted before they are decoded. `verifier.confined` runs these functions in a process that can
be killed, because PDFium and the decoders are large programs in C.

    text = read_picture(photo)          # "https://verify.example/verify?url=…"

Turned and mirrored pictures need no step of their own: zxing-cpp reads a code in every orientation, whatever the
camera's EXIF data say, and a test shows all eight.
"""

from collections.abc import Iterator, Mapping
from io import BytesIO
from threading import Lock

import pypdfium2
import zxingcpp
from PIL import Image, UnidentifiedImageError

from vc.errors import ContainerError, NoCredential, ParsingError, TooLarge, VcError

# Format -> pixels at most: what telephones and screenshots make and browsers can send. A JPEG is reduced while it is
# decoded, so the largest photos are welcome; a WebP takes eight bytes for each pixel on the way.
FORMATS: Mapping[str, int] = {"JPEG": 50_000_000, "PNG": 25_000_000, "WEBP": 16_000_000}

MAX_SIDE = 20_000  # pixels; the longest panorama; zxing-cpp takes 65,535
MAX_PAGES = 5  # pages that are looked at; the code stands on the certificate, and that comes first
PAGE_PIXELS = 4_000_000  # pixels of a page that is drawn; A4 at 200 dpi, where a code of 2 cm has 160 across

# Pixels of the longer side, in the order tried: most photos read at once when reduced, which also smooths their noise;
# then as decoded; then enlarged, for a small screenshot.
_SIDES = (1600, None, 3200, 800)
_DECODED = (4000, 4000)  # pixels that a reduced JPEG keeps at least, unless it had fewer
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_PDFIUM = Lock()  # PDFium: "not thread-safe"


def read_picture(data: bytes) -> str:
    """The text of the one QR code in `data`, a JPEG, PNG or WebP.

    Raises `NoCredential` when none can be read, `ContainerError` for two different ones and for a damaged picture,
    `ParsingError` for another format, `TooLarge`.
    """
    try:
        return _only(_texts(_decode(data)))
    except VcError:
        raise
    except UnidentifiedImageError as error:
        raise ParsingError("The picture is not a JPEG, PNG or WebP that can be read.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error and more
        raise ContainerError("The picture is damaged or cut off. Take it or copy it again.") from error


def read_pages(data: bytes) -> str:
    """The same for the first pages of a PDF. All of them are looked at, so that no second code is missed."""
    texts: set[str] = set()
    try:
        with _PDFIUM:
            for page in _pages(data):
                texts |= _texts(page)
    except Exception as error:  # pypdfium2 raises PdfiumError, and others for pages that are not there
        raise ContainerError("The pages of the PDF cannot be drawn: it is damaged or locked.") from error
    return _only(texts)


def _only(texts: set[str]) -> str:
    if not texts:
        raise NoCredential(
            "No QR code could be read in the picture. Hold the code flat, fill the frame with it, and keep shadows "
            "and reflections away."
        )
    if len(texts) > 1:
        raise ContainerError("There are {count} different QR codes in the picture. Show only one.", count=len(texts))
    return texts.pop()


def _texts(picture: Image.Image) -> set[str]:
    """What stands in the QR codes that can be read at the first scale at which any can."""
    longer = max(picture.size)
    for side in _SIDES:
        if side is None or side == longer:
            scaled = picture
        elif side < longer or side <= 4 * longer:
            scaled = picture.resize(_scaled(picture.size, side / longer), Image.Resampling.BILINEAR)
        else:
            continue
        codes = zxingcpp.read_barcodes(scaled, formats=_QR, text_mode=zxingcpp.TextMode.Plain)
        if codes:
            return {code.text for code in codes}
    return set()


def _scaled(size: tuple[int, int], factor: float) -> tuple[int, int]:
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _decode(data: bytes) -> Image.Image:
    """`data` in shades of grey. The header is read first, and says how many pixels would follow."""
    with Image.open(BytesIO(data), formats=tuple(FORMATS)) as picture:
        if picture.width * picture.height > FORMATS[picture.format or ""] or max(picture.size) > MAX_SIDE:
            raise _too_many_pixels()
        picture.draft("L", _DECODED)  # does nothing but for JPEG
        return picture.convert("L")


def _pages(data: bytes) -> Iterator[Image.Image]:
    document = pypdfium2.PdfDocument(data)
    try:
        for index in range(min(len(document), MAX_PAGES)):
            page = document[index]
            width, height = page.get_size()
            # The page says how large it is, so the scale follows from what we are ready to draw.
            scale = (PAGE_PIXELS / max(width * height, 1.0)) ** 0.5
            if max(width, height) * scale <= MAX_SIDE:  # a page as thin as a thread holds no code
                yield page.render(scale=scale, grayscale=True).to_pil()
    finally:
        document.close()


def _too_many_pixels() -> TooLarge:
    return TooLarge("The picture has too many pixels. Scale it down, or take a screenshot of it.")
