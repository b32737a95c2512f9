"""Lines of N-Quads with holes: bytes for `%`, filled many at a time, and the runs of lines that always stand together.

*Fields* are what goes into the holes: the document's literals, its IRIs in their brackets, the labels of its nodes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from vc.compiled.compiling import Statement, Term
from vc.compiled.guards import IRI, picked

CUT = b"\x00"  # between texts that are filled together; no line holds it, for literals escape it
CUT_LINES = b"\x01"  # likewise, between the lines of one text

Numbers = Mapping[int | str, int]
"""The field of a hole (by its number) or of a node (by its name)."""


def numbered(kinds: bytes) -> dict[int | str, int]:
    """The fields of holes: literals first, then IRIs, as `vc.compiled.guards` gives them."""
    return {hole: field for field, hole in enumerate(sorted(range(len(kinds)), key=lambda hole: kinds[hole] == IRI))}


@dataclass(frozen=True)
class Text:
    """`format`: bytes for `%`. `fields`: what goes into them."""

    format: bytes
    fields: tuple[int, ...] = ()

    def __add__(self, other: "Text") -> "Text":
        return Text(self.format + other.format, self.fields + other.fields)

    @property
    def bare(self) -> bytes:
        """With nothing in its holes, if it has any."""
        return self.format % ((b"",) * len(self.fields))

    @property
    def object(self) -> bytes:
        """The last term of a line without its subject."""
        return self.bare.split(b" ", 2)[2].removesuffix(b" .\n")


def constant(text: str) -> Text:
    return Text(text.encode().replace(b"%", b"%%"))


def joined(texts: Iterable[Text], between: bytes = b"") -> Text:
    texts = list(texts)
    return Text(between.join(text.format for text in texts), tuple(field for text in texts for field in text.fields))


def written(term: Term, numbers: Numbers) -> Text:
    if term.node is not None:
        return Text(b"%b", (numbers[term.node],))
    if term.hole is None:
        return constant(term.text)
    hole = Text(b"%b", (numbers[term.hole],))
    return hole if term.text == "<" else constant(term.text) + hole + constant(term.after)


@dataclass(frozen=True)
class Piece:
    """Lines of one subject. `rests`: the lines without it. `loose`: it is one of those that can change places."""

    subject: Text
    rests: tuple[Text, ...]
    loose: bool = False

    @property
    def whole(self) -> Text:
        return joined(part for rest in self.rests for part in (self.subject, rest))


def by_predicate(members: Iterable[tuple[Term, Term]], numbers: Numbers) -> list[list[Text]]:
    """The lines of one subject, without it: a list for each predicate, in order; in each those without holes sorted."""
    groups: dict[bytes, list[Text]] = defaultdict(list)
    for p, o in members:
        groups[p.text.encode()].append(constant(f" {p.text} ") + written(o, numbers) + constant(" .\n"))
    return [sorted(group, key=lambda rest: rest.bare) for _, group in sorted(groups.items())]


def can_change_places(group: Sequence[Text]) -> bool:
    """Whether the order of lines of one subject and one predicate depends on what stands in their holes."""
    return len(group) > 1 and any(rest.fields for rest in group)


def pieces_of(statements: Iterable[Statement], numbers: Numbers) -> list[Piece]:
    """Lines of one subject and one predicate that can change places are a piece each; those between them are one."""
    of: dict[Term, list[tuple[Term, Term]]] = defaultdict(list)
    for s, p, o in statements:
        of[s].append((p, o))
    pieces: list[Piece] = []
    for s, members in of.items():
        subject = written(s, numbers)
        for loose, groups in groupby(by_predicate(members, numbers), key=can_change_places):
            rests = [rest for group in groups for rest in group]
            pieces += [Piece(subject, (rest,), loose) for rest in rests] if loose else [Piece(subject, tuple(rests))]
    return pieces


class Filling:
    """Several texts with holes, filled in one step and cut apart."""

    def __init__(self, texts: Sequence[Text]) -> None:
        whole = joined(texts, CUT)
        self._count = len(texts)
        self._format = whole.format
        self._fields = picked(whole.fields)

    def __len__(self) -> int:
        return self._count

    def __call__(self, fields: list[bytes]) -> list[bytes]:
        return (self._format % self._fields(fields)).split(CUT) if self._count else []


class Assembly:
    """Makes pieces from fields. Where the subject of some lines varies it stands before each of them; so the piece is
    its lines without it, joined by it, and only lines that have a hole of their own are filled before."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        varying = [piece for piece in pieces if piece.subject.fields and len(piece.rests) > 1]
        whole = [piece.whole for piece in pieces if piece not in varying]
        by_line = [piece for piece in varying if any(rest.fields for rest in piece.rests)]
        by_subject = [piece for piece in varying if not any(rest.fields for rest in piece.rests)]
        # the lines of `by_line`: those with holes behind the whole pieces, then those without, each once
        lines = dict.fromkeys(rest for piece in by_line for rest in piece.rests)
        open_ = [rest for rest in lines if rest.fields]
        closed = [rest for rest in lines if not rest.fields]
        self._whole = len(whole)
        self._filling = Filling([*whole, *open_])
        self._closed = [*(rest.bare for rest in closed), b""]
        place = {rest: self._whole + index for index, rest in enumerate([*open_, *closed])}
        first = len(place) + self._whole  # the nothing before the first subject
        self._by_line = [
            (piece.subject.fields[0], picked([first, *(place[rest] for rest in piece.rests)])) for piece in by_line
        ]
        self._subjects = picked([piece.subject.fields[0] for piece in by_subject])
        self._lines = [(b"", *(rest.bare for rest in piece.rests)) for piece in by_subject]

    def __call__(self, fields: list[bytes]) -> list[bytes]:
        filled = self._filling(fields)
        pieces = filled[: self._whole]
        pieces += map(bytes.join, self._subjects(fields), self._lines)
        filled += self._closed
        pieces += [fields[subject].join(lines(filled)) for subject, lines in self._by_line]
        return pieces
