"""Everything that people see: pages, the certificate as PDF, badge pictures, and the words in their languages.

A leaf: it imports none of our other packages. Services hand it plain values (`templates.views`) and get text or
bytes back. Nothing here decides anything.
"""

from pathlib import Path


def static_files() -> Path:
    """The folder of the stylesheet, scripts and fonts, to be served as `/static`."""
    return Path(__file__).parent / "static"
