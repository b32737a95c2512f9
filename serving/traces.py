"""An error as it may be written down: where in the code it happened, without a word of what was being read.

>>> described(ValueError("ada@example.org"))
'ValueError'
"""

import traceback
from collections.abc import Iterator

FRAMES = 40  # of one error; deeper ones are a recursion, whose frames are alike
CAUSES = 5  # that led to one another


def described(error: BaseException) -> str:
    """Its type and the places in the code, each a line; then those of what caused it."""
    lines: list[str] = []
    for one in _with_causes(error):
        lines.append(type(one).__name__)
        frames = traceback.extract_tb(one.__traceback__)[-FRAMES:]
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join(lines)


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    for _ in range(CAUSES):
        if one is None:
            return
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
