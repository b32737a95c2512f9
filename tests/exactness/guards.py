"""Every guard of `vc.compiled`, and how it is taken out: what `mutate` shows to be noticed.

A guard stands in the source once, as it is quoted here; a test looks.
"""

from collections.abc import Mapping

from tests.attacks.attack import Guard, guard

_PATTERN, _COMPILING, _FIELDS = "vc/compiled/pattern.py", "vc/compiled/compiling.py", "vc/compiled/guards.py"
_RENDERING, _LINES, _SHAPES = "vc/compiled/rendering.py", "vc/compiled/lines.py", "vc/compiled/shapes.py"

# Two that stand behind others: what is made wrongly is not kept, and what is asked for otherwise lies elsewhere.
_IS_TRIED = guard("a shape is tried", (_SHAPES, "if texts is None or shape.fill(texts) != full:", "if False:"))
_IS_NO_TYPE = guard(
    "types are no holes", (_PATTERN, '_CHOOSING = frozenset({"type", "@type"})', "_CHOOSING = frozenset()")
)

_ALL = (
    # --- what is compared ---
    guard("numbers have kinds", (_PATTERN, "return _Exactly(value) if exactly else value", "return value")),
    guard(
        "numbers have values",
        (_PATTERN, "type(other) is self._kind and other == self._value", "type(other) is self._kind"),
    ),
    guard(
        "contexts are compared",
        (_PATTERN, "if pattern == document", "if pattern | {'@context': 0} == document | {'@context': 0}"),
    ),
    guard(
        "lists of contexts are our own",
        (_PATTERN, "list(named) if isinstance(named, list) else named, **", "named, **"),
    ),
    # --- what is learnt ---
    guard("no at-words, no addresses", (_PATTERN, 'member.startswith("@") or ":" in member for', "False for")),
    guard("no empty objects", (_PATTERN, "if kind is dict and value:", "if kind is dict:")),
    guard("no empty lists", (_PATTERN, "if kind is list and value:", "if kind is list:")),
    guard(
        "no nulls or fractions",
        (_PATTERN, "if kind is bool or kind is int:", "if kind in (bool, int, float, type(None)):"),
    ),
    _IS_NO_TYPE
    | guard("no type is a hole", (_COMPILING, "or (p == _TYPE and value.hole is not None)", ""))
    | _IS_TRIED,
    guard("one graph", (_COMPILING, "        if graph:  #", "        if False:  #")) | _IS_TRIED,
    guard(
        "other marks, same statements", (_COMPILING, "if statements != frozenset(_read(again, second)):", "if False:")
    )
    | _IS_TRIED,
    guard(
        "a hole is for one kind of term", (_COMPILING, "if not all(len(kinds) == 1 for kinds in found):", "if False:")
    )
    | _IS_TRIED,
    _IS_TRIED,
    guard("no rule that allows anything", (_SHAPES, "if rule.anything or not", "if not")),
    # --- what fits a hole ---
    guard("no word of the contexts is a scheme", (_FIELDS, "if scheme not in taken]", "]")),
    guard("known schemes", (_FIELDS, "            if not left:", "            if True:")),
    guard("characters of IRIs", (_FIELDS, "!= self._count_of_iris:", "< 0:")),
    guard("visible ASCII", (_FIELDS, "*range(0x7F, 0x100), ", "")),
    guard("characters that are escaped", (_FIELDS, "wanting != self._count_of_literals - 1 or ", "")),
    guard("U+FFFE and U+FFFF", (_FIELDS, " or _FFFE in together or _FFFF in together", "")),
    guard("no half characters", (_FIELDS, "(TypeError, UnicodeEncodeError, _Misfit)", "(TypeError, _Misfit)")),
    guard("texts only", (_FIELDS, "(TypeError, UnicodeEncodeError, _Misfit)", "(UnicodeEncodeError, _Misfit)")),
    # --- what comes out ---
    guard("ids differ", (_RENDERING, "if len(self._fixed_ids.union(self._ids(terms))) != self._count:", "if False:")),
    guard("fixed ids count", (_RENDERING, "self._fixed_ids.union(self._ids(terms))", "set(self._ids(terms))")),
    guard("no ties", (_RENDERING, "if len(labels) != len(hashes):", "if False:")),
    guard("statements differ", (_RENDERING, "if self._could_be_equal and", "if False and")),
    guard(
        "statements could be equal",
        (_RENDERING, "            if piece.loose\n            for", "            if False\n            for"),
    ),
    guard("one parent", (_RENDERING, "if len(incoming) > 1:", "if False:")),
    guard(
        "lines of a node are sorted",
        (_RENDERING, 'b"".join(sorted(texts[index].split(CUT_LINES)))', 'texts[index].replace(CUT_LINES, b"")'),
    ),
    guard("the parent's line has its place", (_RENDERING, 'incoming[0].bare.startswith(b"_:z")', "False")),
    guard("labels in the order of hashes", (_RENDERING, "zip(sorted(hashes), self", "zip(hashes, self")),
    guard("pieces are sorted", (_RENDERING, "        pieces.sort()\n", "")),
    guard(
        "lines of a piece are sorted",
        (_LINES, "for _, group in sorted(groups.items())]", "for _, group in groups.items()]"),
    ),
    guard("lines without holes are sorted", (_LINES, "sorted(group, key=lambda rest: rest.bare)", "group")),
    guard("lines that can change places", (_LINES, "len(group) > 1 and any(rest.fields for rest in group)", "False")),
    guard("percent signs", (_LINES, '.replace(b"%", b"%%")', "")),
    # --- what is asked ---
    *(
        guard(
            f"{name} asked for",
            (_SHAPES, "for_all = (id(rule), algorithm, chosen, None)", f"for_all = ({for_all}, None)"),
            (_SHAPES, "((id(rule), algorithm, chosen, about), for_all)", f"(({for_all}, about), for_all)"),
        )
        for name, for_all in (
            ("the rule is", "algorithm, chosen"),
            ("the hash is", "id(rule), chosen"),
            ("the contents are", "id(rule), algorithm"),
        )
    ),
    guard("one node alone", (_RENDERING, "if len(self._labels) > 1:", "if len(self._labels) > 2:")),
)

GUARDS: Mapping[str, Guard] = {one.name: one for one in _ALL}
