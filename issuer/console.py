"""What the command line prints: tables and lines that fit a screen, with learners' data as data.

Colour is only an aid (rich respects NO_COLOR); names are never read as markup, and control characters in them cannot
steer the terminal.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from textwrap import indent
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

# Controls, and what turns the direction of text without being seen.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """With `[U+202E]` in place of a character that would steer the terminal.

    >>> visible("a\\x1bb")
    'a[U+001B]b'
    """
    return _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


_ALIGNED = 500  # rows of a table; more than anybody looks over

# Into a file or a pipe, a row of a table stays one line.
_PIPED_WIDTH = 240  # columns


class Terminal:
    """Where a command prints: results to stdout, progress and errors to stderr."""

    def __init__(self) -> None:
        self._out = Console(highlight=False, soft_wrap=True)
        if not self._out.is_terminal:
            self._out.width = _PIPED_WIDTH
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)

    def line(self, text: str = "", style: str = "") -> None:
        self._out.print(Text(visible(text), style=style))

    def error(self, text: str) -> None:
        self._err.print(Text.assemble(("error: ", "bold red"), visible(text)))

    def note(self, text: str) -> None:
        self._err.print(Text(visible(text)))

    def json(self, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False, indent=2)
        print("\n".join(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line) for line in text.split("\n")))

    def json_array(self, values: Iterable[Any]) -> None:
        """As `json([*values])`, but each is written as it comes: there may be a million."""
        begin = "["
        for value in values:
            print(f"{begin}\n{indent(json.dumps(value, ensure_ascii=False, indent=2), '  ')}", end="")
            begin = ","
        print("[]" if begin == "[" else "\n]")

    def table(
        self,
        heads: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        right: frozenset[int] = frozenset(),
        empty: bool = True,
    ) -> int:
        """How many rows there were. `right`: the columns of numbers; `empty`: the heads are shown without rows too.

        A long table is aligned by its first rows, and the others are written as they come."""
        left = iter(rows)
        first = [tuple(visible(cell) for cell in row) for row in islice(left, _ALIGNED)]
        if not first and not empty:
            return 0
        self._table(heads, first, right)
        widths = [max(cell_len(row[place]) for row in (heads, *first)) for place in range(len(heads))]
        number = len(first)
        for row in left:
            number += 1
            cells = (
                " " * (width - cell_len(cell)) + cell if place in right else cell + " " * (width - cell_len(cell))
                for place, (cell, width) in enumerate(zip(map(visible, row), widths, strict=True))
            )
            print("  ".join(cells).rstrip(), file=self._out.file)
        return number

    def _table(self, heads: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int]) -> None:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
        for place, head in enumerate(heads):
            table.add_column(head, justify="right" if place in right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self._out.print(table, soft_wrap=False)

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        grid = Table.grid(padding=(0, 2, 0, 0))
        for name, value in pairs:
            grid.add_row(Text(name, style="dim"), Text(visible(value), overflow="fold"))
        self._out.print(grid, soft_wrap=False)

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Any]:
        """A bar with count, rate and remaining time, on stderr, on a terminal only. Gives a function to advance it."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._err, transient=True, disable=not self._err.is_terminal) as bar:
            task = bar.add_task(what, total=total, rate="")

            def advance() -> None:
                bar.advance(task)
                speed = bar.tasks[0].speed
                bar.update(task, rate=f"{speed:.0f}/s" if speed else "")

            yield advance

    @contextmanager
    def counting(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """The same for who is told (done, total) as it goes."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self._err, transient=True, disable=not self._err.is_terminal) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)

    @contextmanager
    def following(self, what: str) -> Iterator[Callable[[int, int, str], None]]:
        """A bar for who is told (done, total, a note) as it goes; where it is no terminal, the notes as lines."""
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"))
        shown = self._err.is_terminal
        with Progress(*columns, console=self._err, transient=True, disable=not shown) as bar:
            task = bar.add_task(what, total=None, note="")

            def tell(done: int, total: int, note: str) -> None:
                if shown:
                    bar.update(task, completed=done, total=total or None, note=note)
                else:
                    self.note(f"{what}: {note}")

            yield tell

    @property
    def is_followed(self) -> bool:
        """Whether somebody sees a bar move."""
        return self._err.is_terminal


def stdout_is_terminal() -> bool:
    return sys.stdout.isatty()
