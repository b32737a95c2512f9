"""One way to write JSON that is kept or signed: UTF-8, no white space, members in the order given."""

import json
from typing import Any


def to_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
