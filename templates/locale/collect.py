"""Brings the catalogues up to date with the texts in the code and the pages: `python -m templates.locale.collect`.

Texts are the literal first arguments of `Message`, `say`, `_`, `plain` and of our errors, whose `hint` is one too. In
every language's PO file new texts are added without a translation, texts that are gone are taken away, and what was
translated stays. English needs no translations; its file lists every text there is.

    python -m templates.locale.collect            writes the files
    python -m templates.locale.collect --check    writes nothing; exit code 1 when a file is not up to date
"""

import ast
import io
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from templates.i18n import CATALOGUES, DOMAIN
from templates.languages import LANGUAGES

ROOT = Path(__file__).parents[2]
PACKAGES = ("templates", "issuer", "verifier", "vc")
SAYS = frozenset({"Message", "say", "_", "plain"})
_ERROR_ROOTS = frozenset({"VcError", "IssuerError"})

Text = tuple[int, None, str, list[str]]


def collect(root: Path = ROOT, only: Iterable[str] = PACKAGES) -> Catalog:
    """All texts of the packages named, as a catalogue without translations."""
    with (ROOT / "templates" / "babel.cfg").open(encoding="utf-8") as configuration:
        methods, options = parse_mapping_cfg(configuration)  # type: ignore[no-untyped-call]  # Babel has no types here
    wanted = [(pattern, method) for pattern, method in methods if pattern.split("/")[0] in set(only)]
    found = Catalog(domain=DOMAIN, charset="utf-8")
    texts = extract_from_dir(root, wanted, options, keywords=dict.fromkeys(SAYS))
    for path, _, text, _, _ in texts:
        found.add(text, locations=[(path.replace("\\", "/"), 0)])
    return found


def updated(language: str, texts: Catalog) -> str:
    """The PO file of a language with exactly these texts, its translations kept."""
    with _file(language).open("rb") as source:
        catalogue = read_po(source, locale=language, domain=DOMAIN)
    catalogue.update(texts, no_fuzzy_matching=True)
    body = io.BytesIO()
    write_po(body, catalogue, width=110, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return header + body.getvalue().decode("utf-8")


def texts_of_code(
    file: IO[bytes], keywords: Mapping[str, Any], tags: Iterable[str], options: Mapping[str, Any]
) -> Iterator[Text]:
    """Babel's extractor for Python files; what counts as saying a text stands at the head of this module."""
    for node in ast.walk(ast.parse(file.read())):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func)
        if name in SAYS | _errors():
            for said in node.args[:1]:
                yield from _literals(said)
        if name in _errors():
            for keyword in node.keywords:
                if keyword.arg == "hint":
                    yield from _literals(keyword.value)


def main(arguments: list[str]) -> int:
    texts = collect()
    stale = [language for language in LANGUAGES if updated(language, texts) != _file(language).read_text("utf-8")]
    if "--check" in arguments:
        for language in stale:
            print(f"{_file(language).relative_to(ROOT)} is not up to date: run python -m templates.locale.collect")
        return 1 if stale else 0
    for language in stale:
        _file(language).write_text(updated(language, texts), encoding="utf-8")
    for language in LANGUAGES:
        with _file(language).open("rb") as source:
            done = sum(bool(message.string) for message in read_po(source) if message.id)
        share = "all by themselves" if language == "en" else f"{done} translated"
        print(f"{language}: {len(texts)} texts, {share}")
    return 0


def _file(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _literals(value: ast.expr) -> Iterator[Text]:
    match value:
        case ast.Constant(value=str(text)) if text:
            yield value.lineno, None, text, []
        case ast.IfExp(body=one, orelse=other):
            yield from _literals(one)
            yield from _literals(other)


@cache
def _errors() -> frozenset[str]:
    """The names of our error classes, wherever they are defined."""
    bases: dict[str, set[str]] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.ClassDef):
                    bases[node.name] = {_name(base) for base in node.bases}
    known = set(_ERROR_ROOTS)
    while grown := {name for name, above in bases.items() if above & known} - known:
        known |= grown
    return frozenset(known)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
