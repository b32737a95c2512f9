"""PNG pictures that hold two credentials, hide one, or are damaged (Open Badges 3.0 section 5.3.1)."""

import zlib
from struct import pack

from tests.attacks.attack import guard
from tests.attacks.families.baked import baked
from tests.vc.baking.sample_files import IDAT, IEND, IHDR, chunk, itxt, png
from vc.baking.png import SIGNATURE

_PNG = "vc/baking/png.py"

ONE_PNG = guard(
    "one credential in a PNG",
    (_PNG, "if len(found) > 1 or (found and older):", "if False:"),
    (_PNG, "    if older:\n", "    if older and not found:\n"),
)
ITXT = guard(
    "iTXt only",
    (
        _PNG,
        'if chunk.kind != b"iTXt":',
        'if chunk.kind == b"tEXt":\n        return bytes(chunk.data).partition(b"\\0")[2]\n    if False:',
    ),
)
PLAIN = guard(
    "uncompressed",
    (_PNG, 'if rest[:1] not in (b"", b"\\x00"):', "if False:"),
    (_PNG, "    return parts[2]", "    return zlib.decompress(parts[2])"),
)
CHECKSUM = guard(
    "checksums",
    (_PNG, 'if zlib.crc32(view[position + 4 : end - 4]) != unpack_from(">I", view, end - 4)[0]:', "if False:"),
)
HEADER = guard("the header stands first", (_PNG, 'if (count == 0) != (kind == b"IHDR"):', "if False:"))
END = guard("nothing after the end", (_PNG, "    if position < len(image):\n", "    if False:\n"))
CHUNKS = guard("bounded chunks", (_PNG, "if count > MAX_CHUNKS:", "if False:"))
WHOLE = guard("a whole chunk", (_PNG, "if end > len(image):", "if False:"))
CUT = guard("an end", (_PNG, "if len(image) - position < _FRAME:", "if False:"))


# --- PNG ---------------------------------------------------------------------------------------------------

baked(
    "png/two-credentials",
    "One program shows the first learner, another the second.",
    lambda a, b: png(itxt(a), itxt(b)),
    ONE_PNG,
)
baked(
    "png/the-same-twice",
    "Two chunks that are alike today may differ tomorrow.",
    lambda a, b: png(itxt(a), itxt(a)),
    ONE_PNG,
)
baked(
    "png/badge-and-record",
    "A badge and a learner record in one picture.",
    lambda a, b: png(itxt(a), itxt(b, b"clrcredential")),
    ONE_PNG,
)
baked(
    "png/a-second-one-behind-the-picture",
    "The second chunk stands behind the pixels.",
    lambda a, b: SIGNATURE + IHDR + itxt(a) + IDAT + itxt(b) + IEND,
    ONE_PNG,
)
baked(
    "png/a-second-one-as-text",
    "The second stands in another kind of chunk.",
    lambda a, b: png(itxt(a), chunk(b"tEXt", b"openbadgecredential\0" + b)),
    ONE_PNG,
)
baked(
    "png/with-an-older-badge",
    "An Open Badges 2.0 assertion beside the credential.",
    lambda a, b: png(itxt(a), itxt(b"https://old.example/assertion.json", b"openbadges")),
    ONE_PNG,
)
baked(
    "png/as-text-chunk",
    "A chunk in Latin-1 changes every name that is not English.",
    lambda a, b: png(chunk(b"tEXt", b"openbadgecredential\0" + a)),
    ITXT,
)
baked(
    "png/compressed",
    "A compressed chunk can be a bomb, and the specification forbids it.",
    lambda a, b: png(itxt(zlib.compress(a), flag=1)),
    PLAIN,
)
baked(
    "png/wrong-checksum",
    "A credential whose chunk was damaged or changed without care.",
    lambda a, b: png(itxt(a)[:-4] + b"\0\0\0\0"),
    CHECKSUM,
)
baked(
    "png/wrong-checksum-of-the-picture",
    "A damaged picture.",
    lambda a, b: png(itxt(a)).replace(IDAT, IDAT[:-1] + b"\0"),
    CHECKSUM,
)
baked(
    "png/after-the-end",
    "What stands behind the end of a picture is read by some programs.",
    lambda a, b: png(itxt(a)) + itxt(b),
    END,
)
baked("png/two-pictures", "A second picture behind the first.", lambda a, b: png(itxt(a)) + png(itxt(b)), END)
baked(
    "png/a-page-after-the-end",
    "A picture that is a web page, too.",
    lambda a, b: png(itxt(a)) + b"<script>alert(1)</script>",
    END,
)
baked(
    "png/header-not-first",
    "A credential in front of the header.",
    lambda a, b: SIGNATURE + itxt(a) + IHDR + IDAT + IEND,
    HEADER,
)
baked(
    "png/two-headers",
    "Two headers are two pictures.",
    lambda a, b: SIGNATURE + IHDR + itxt(a) + IHDR + IDAT + IEND,
    HEADER,
)
baked(
    "png/longer-than-the-file",
    "A chunk that says it is longer than the file.",
    lambda a, b: SIGNATURE + IHDR + pack(">I", 2**31) + itxt(a)[4:] + IDAT + IEND,
    WHOLE | CUT | CHECKSUM,
)
baked("png/cut-off", "A download that broke off in the middle of the end.", lambda a, b: png(itxt(a))[:-6], CUT)
baked(
    "png/twenty-thousand-chunks",
    "Chunks beyond number.",
    lambda a, b: png(itxt(a), chunk(b"quIt") * 20_001),
    CHUNKS,
    "structure TOO_LARGE",
)
