"""The packages' source as syntax trees: who imports whom, which names are used, what is switched off.

    house = House.read(ROOT)
    house["vc.jsonld"].imports

`House.of` takes paths and texts instead, so that a rule can be shown a tree that does not exist.
"""

import ast
import io
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Self

PACKAGES = ("contexts", "templates", "vc", "serving", "issuer", "verifier")


@dataclass(frozen=True)
class Import:
    """`name`: in full, `a.b` for `import a.b` as for `from a import b`. `typing`: under `if TYPE_CHECKING`."""

    name: str
    line: int
    relative: bool = False
    typing: bool = False

    def under(self, *prefixes: str) -> bool:
        return any(self.name == prefix or self.name.startswith(prefix + ".") for prefix in prefixes)


@dataclass(frozen=True)
class Module:
    """`name`: dotted; a package has its own name, without `__init__`. `path`: from the project's root."""

    name: str
    path: str
    text: str

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]

    @property
    def is_package(self) -> bool:
        return self.path.endswith("/__init__.py")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Wherever they stand: at the top, inside functions, under `if TYPE_CHECKING`."""
        return tuple(_imports(self.tree, typing=False))

    @cached_property
    def names(self) -> tuple[tuple[str, int], ...]:
        """Every name that the code (not a text) uses, each with its line: variables, attributes, what is imported."""
        found: list[tuple[str, int]] = []
        for node in ast.walk(self.tree):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    found.append((name, node.lineno))
                case ast.alias(name=name):
                    found.append((name.rpartition(".")[2], node.lineno))
        return tuple(found)

    @cached_property
    def comments(self) -> tuple[tuple[str, int], ...]:
        """Every comment with its line."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return tuple((token.string, token.start[0]) for token in tokens if token.type == tokenize.COMMENT)


class House(Mapping[str, Module]):
    """All modules of the packages by their names."""

    def __init__(self, modules: dict[str, Module]) -> None:
        self._modules = modules

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> Self:
        """`texts`: path from the root -> source."""
        modules = (Module(_name(path), path, text) for path, text in sorted(texts.items()))
        return cls({module.name: module for module in modules})

    @classmethod
    def read(cls, root: Path) -> Self:
        paths = (path for package in PACKAGES for path in (root / package).rglob("*.py"))
        return cls.of({path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths})

    def __getitem__(self, name: str) -> Module:
        return self._modules[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)

    def target(self, name: str) -> str | None:
        """The module of this house that an import of `name` means: itself, or the one whose member it is."""
        if name in self:
            return name
        parent = name.rpartition(".")[0]
        return parent if parent in self else None

    def uses(self, name: str) -> frozenset[str]:
        """The modules of this house that a module imports at run time. That importing `a.b` also runs `a` is left
        out: a package whose face re-exports its rooms would else be a circle."""
        found = {self.target(one.name) for one in self[name].imports if not one.typing}
        return frozenset(target for target in found if target is not None and target != name)

    def reached_from(self, *names: str) -> frozenset[str]:
        """Those modules, what they use, what that uses, and so on."""
        seen: set[str] = set()
        waiting = [name for name in names if name in self]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(self.uses(name))
        return frozenset(seen)


def _name(path: str) -> str:
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(node: ast.AST, *, typing: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import(names=aliases):
                yield from (Import(alias.name, child.lineno, typing=typing) for alias in aliases)
            case ast.ImportFrom(module=base, names=aliases, level=level):
                for alias in aliases:
                    name = f"{base}.{alias.name}" if base else alias.name
                    yield Import(name, child.lineno, relative=level > 0, typing=typing)
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                for one in child.body:
                    yield from _imports(ast.Module([one], []), typing=True)
                for one in child.orelse:
                    yield from _imports(ast.Module([one], []), typing=typing)
            case _:
                yield from _imports(child, typing=typing)
