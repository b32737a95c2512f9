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

# Pixels of the longer side, in the order tried: as it is; reduced, which smooths a camera's noise; reduced further.
_SIDES = (None, 2000, 800)
_SMALL = 1000  # pixels; a picture below, such as a thumbnail, is enlarged twice as the last try
_LARGE = 20_000_000  # pixels; a JPEG above is decoded at half its width and height, as its format allows
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
    factors = [1.0 if side is None else side / longer for side in _SIDES if side is None or side < longer]
    if longer < _SMALL:
        factors.append(2.0)
    for factor in factors:
        size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
        scaled = picture if factor == 1 else picture.resize(size, Image.Resampling.BILINEAR)
        codes = zxingcpp.read_barcodes(scaled, formats=_QR)
        if codes:
            return {code.text for code in codes}
    return set()


def _decode(data: bytes) -> Image.Image:
    """`data` in shades of grey. The header is read first, and says how many pixels would follow."""
    with Image.open(BytesIO(data), formats=tuple(FORMATS)) as picture:
        pixels = picture.width * picture.height
        if pixels > FORMATS[picture.format or ""] or max(picture.size) > MAX_SIDE:
            raise _too_many_pixels()
        if pixels > _LARGE:
            picture.draft("L", (picture.width // 2, picture.height // 2))  # does nothing but for JPEG
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
