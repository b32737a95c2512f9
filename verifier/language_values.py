"""Texts that a credential may give in several languages (VCDM 2.0 section 11.1).

>>> text({"@value": "Académie", "@language": "fr"})
'Académie'
"""

from typing import Any

from vc.openbadges import many


def text(value: Any) -> str | None:
    """The text, or the first of several; None when there is none."""
    for one in many(value):
        found = one.get("@value") if isinstance(one, dict) else one
        if isinstance(found, str) and found.strip():
            return found
    return None
