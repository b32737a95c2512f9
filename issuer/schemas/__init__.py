"""JSON Schemas (2020-12) of what is imported and stored, for whoever writes such data without our parser.

    >>> program()["title"]
    'A version of a program'

They say the form. What depends on the rest of a catalogue, how deep a rule is and how large it becomes when nested
programs are unfolded, only `issuer.catalogue_checks` can say.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def program() -> dict[str, Any]:
    """The schema of one program version, as `Program.to_json` writes it."""
    schema: dict[str, Any] = json.loads(files("issuer.schemas").joinpath("program.json").read_text("utf-8"))
    return schema
