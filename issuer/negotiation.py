"""Content negotiation: which of our forms an `Accept` header likes best (RFC 9110 section 12.5.1).

>>> preferred("text/html, */*;q=0.8", ("text/html", "application/vc"))
'text/html'
>>> preferred("application/json, */*", ("text/html", "application/vc", "application/json"))
'application/json'
"""

from collections.abc import Sequence

# A longer header is nobody's wish list; only its beginning is read.
MAX_HEADER = 2_000


def preferred(accept: str | None, offers: Sequence[str]) -> str | None:
    """The offer with the highest quality; of equal ones the one that is named more exactly, then the first of ours.
    None when nothing that was asked for is offered. No header at all accepts everything."""
    ranges = list(_ranges((accept or "*/*")[:MAX_HEADER]))
    best: tuple[float, int, int] | None = None
    for place, offer in enumerate(offers):
        # The most exact range that matches tells the quality, even when a wider one is kinder.
        matching = [(exactness, quality) for wanted, quality in ranges if (exactness := _match(wanted, offer))]
        if not matching:
            continue
        exactness, quality = max(matching)
        if quality > 0 and (best is None or (quality, exactness, -place) > best):
            best = (quality, exactness, -place)
    return None if best is None else offers[-best[2]]


def _ranges(header: str) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for item in header.split(","):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        if name:
            found.append((name, next((_quality(one) for one in parameters if one.startswith("q=")), 1.0)))
    return found


def _quality(parameter: str) -> float:
    try:
        value = float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0
    return value if 0.0 <= value <= 1.0 else 0.0


def _match(wanted: str, offer: str) -> int:
    """How exactly the range names the offer: 3 wholly, 2 by its type, 1 by `*/*`, 0 not at all."""
    if wanted == offer:
        return 3
    if wanted == offer.partition("/")[0] + "/*":
        return 2
    return 1 if wanted == "*/*" else 0
