"""The house rules: who may import whom, and what no module does. docs/architecture.md says them for people.

A rule is a function from a `House` to the places where it is broken, each one line. What is allowed stands in the
tables below; whatever is not in them is refused.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping

from tests.source import House, Module

Rule = Callable[[House], Iterator[str]]
RULES: list[Rule] = []

# --- the tables --------------------------------------------------------------------------------------------

# Package -> what it may import beside itself and the standard library.
MAY_IMPORT: Mapping[str, frozenset[str]] = {
    "contexts": frozenset(),
    # docs/adr/0002: what draws and words a certificate
    "templates": frozenset({"jinja2", "markupsafe", "qrcode", "babel", "typst", "fontTools", "PIL", "brotli"}),
    "vc": frozenset(
        {"contexts", "cryptography", "nacl", "pyld", "defusedxml", "lxml", "pypdf", "rfc8785", "jsonschema_rs"}
        | {"orjson"}
    ),
    # docs/adr/0042: what both services do alike while they serve
    "serving": frozenset({"uvicorn", "starlette", "structlog", "prometheus_client"}),
    "issuer": frozenset(
        {"vc", "templates", "serving", "sqlalchemy", "alembic", "cryptography", "fastapi", "starlette", "uvicorn"}
        | {"typer", "click", "rich", "dbos", "psycopg", "orjson", "prometheus_client", "structlog"}
    ),
    "verifier": frozenset(
        {"vc", "templates", "serving", "fastapi", "starlette", "anyio", "typer", "click", "rich"}
        | {
            "prometheus_client",
            "structlog",
            "PIL",
            "pypdf",
            "pypdfium2",
            "zxingcpp",
            "confusable_homoglyphs",
            "publicsuffixlist",
        }
    ),
}

# Modules where a service meets the web, and its front doors, which put things together. Nothing below imports them.
WEB: frozenset[str] = frozenset(
    {
        "issuer.app",
        "issuer.crowd",
        "issuer.edge",
        "issuer.entry",
        "issuer.idempotency",
        "issuer.learner_pages",
        "issuer.office",
        "issuer.openapi",
        "issuer.pages",
    }
    | {"issuer.problem_details", "issuer.protocols"}
    | {"verifier.admission", "verifier.app", "verifier.pages", "verifier.protocols", "verifier.submission"}
)
# The command lines, and the one folder-less library that they share.
COMMANDS = (
    "issuer.cli",
    "issuer.cli_after_award",
    "issuer.cli_api_keys",
    "issuer.cli_audit",
    "issuer.cli_bulk",
    "issuer.cli_backups",
    "issuer.cli_cohorts",
    "issuer.cli_decisions",
    "issuer.cli_imports",
    "issuer.cli_learners",
    "issuer.cli_options",
    "issuer.cli_organizations",
    "issuer.cli_outbox",
    "issuer.cli_serve",
    "issuer.cli_store",
    "issuer.cli_webhooks",
    "issuer.demo",
    "verifier.cli",
    "verifier.cli_batch",
    "verifier.cli_serve",
)

DOORS: frozenset[str] = frozenset({"issuer.__main__", "issuer.app", "verifier.__main__", "verifier.app", *COMMANDS})

SOCKETS = (
    *("socket", "socketserver", "ssl", "select", "selectors", "asyncio", "http", "urllib.request", "xmlrpc"),
    *("ftplib", "imaplib", "poplib", "smtplib", "telnetlib", "httpx", "requests", "urllib3", "aiohttp"),
)
DATABASES = ("sqlalchemy", "alembic", "sqlite3", "psycopg", "dbos")

# (packages, what, the modules and folders in which it may be imported)
CONFINED: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (("vc",), ("pyld",), ("vc.jsonld",)),
    (("vc",), ("defusedxml", "lxml", "pypdf"), ("vc.baking",)),
    (("vc",), ("jsonschema_rs",), ("vc.schemas",)),
    (("issuer",), ("cryptography",), ("issuer.signers",)),
    (("issuer",), DATABASES, ("issuer.store", "issuer.bulk.engine")),
    (("issuer",), ("dbos",), ("issuer.bulk.engine",)),  # docs/adr/0041
    (("issuer",), ("smtplib",), ("issuer.transports.smtp",)),
    (("verifier",), DATABASES, ()),
    (("verifier",), ("PIL", "pypdfium2", "zxingcpp"), ("verifier.photo",)),
    (("verifier",), ("pypdf",), ("verifier.confined",)),  # loads it for vc.baking.pdf before memory is limited
    (("verifier",), ("subprocess", "multiprocessing"), ("verifier.confined", "verifier.nursery")),
    (("verifier",), ("confusable_homoglyphs",), ("verifier.glyphs",)),
    (("verifier",), ("publicsuffixlist",), ("verifier.lookalikes.domains",)),
    # verifier.channel: pairs of ends that are connected with each other, between the service and its workers
    (("contexts", "templates", "vc", "verifier"), SOCKETS, ("verifier.fetch", "verifier.channel")),
    (("verifier",), ("anyio",), ("verifier.admission",)),  # the time limit of the server's own loop
    (("issuer", "verifier"), ("fastapi", "starlette"), tuple(sorted(WEB))),
    (("serving",), ("uvicorn",), ("serving.server",)),
    (("serving",), DATABASES, ()),
    (("issuer", "verifier", "serving"), ("structlog",), ("serving",)),
    # Listening sockets alone; uvicorn and the exporter of numbers open theirs.
    (("serving",), SOCKETS, ("serving.server", "serving.processes")),
    (("serving",), ("subprocess", "multiprocessing"), ("serving.processes",)),
    (
        ("issuer", "verifier"),
        ("typer", "click"),
        COMMANDS,
    ),
    (
        ("vc",),
        ("os", "time", "random", "secrets", "uuid", "pathlib", "tempfile", "subprocess", "logging", "locale"),
        (),
    ),
)

# Who may look at a clock: front doors, and what measures how long a fetch takes or how old a copy is.
CLOCKS = DOORS | {"verifier", "verifier.cache", "verifier.channel", "verifier.fetch"}

PRIVATE_KEY = re.compile(r"\w*PrivateKey\w*|\w*private_key\w*|from_private_bytes|private_bytes\w*")

# The decision engine (`issuer/__init__.py` promises that these are pure).
PURE = ("issuer.catalogue", "issuer.decisions", "issuer.eligibility", "issuer.facts", "issuer.rules")
IMPURE = (
    *SOCKETS,
    *DATABASES,
    "os",
    "time",
    "random",
    "secrets",
    "uuid",
    "pathlib",
    "tempfile",
    "subprocess",
    "logging",
)

# Folder -> the table of its `__init__` in which each of its files must stand.
TABLES: Mapping[str, str] = {
    "vc.baking": "CONTAINERS",
    "vc.cryptosuites": "CRYPTOSUITES",
    "vc.dids": "METHODS",
    "vc.formats": "FORMATS",
    "vc.keys": "KINDS",
    "vc.status": "STATUS_TYPES",
    "issuer.office": "ROUTERS",
    "issuer.protocols": "PROTOCOLS",
    "issuer.signers": "SIGNERS",
    "issuer.sources": "SOURCES",
    "issuer.store.dialects": "DIALECTS",
    "issuer.stuck": "KINDS",
    "issuer.transports": "TRANSPORTS",
    "verifier.checks": "CHECKS",
    "verifier.protocols": "PROTOCOLS",
    "verifier.registries": "REGISTRIES",
}

NAMELESS = frozenset({"common", "core", "helper", "helpers", "manager", "managers", "misc", "util", "utils"})
NAMELESS_CLASS = re.compile(r"\w*(Manager|Helper|Utils?)\Z")

BY_TEXT = frozenset({"__import__", "import_module", "exec_module", "module_from_spec", "run_module", "run_path"})

MOST_LINES = 350

OFF = re.compile(r"type:\s*ignore|noqa")
OFF_WITH_REASON = re.compile(r"(type:\s*ignore\[[\w, -]+\]|noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*\b)\s*\W*\s*\w+")


# --- the rules ---------------------------------------------------------------------------------------------


def rule(check: Rule) -> Rule:
    RULES.append(check)
    return check


def at(module: Module, line: int, what: str) -> str:
    return f"{module.path}:{line}: {what}"


def inside(module: Module, places: Iterable[str]) -> bool:
    """Whether the module is one of `places` or lies in such a folder."""
    return any(module.name == place or module.name.startswith(place + ".") for place in places)


@rule
def imports_only_what_its_package_may(house: House) -> Iterator[str]:
    for module in house.values():
        allowed = MAY_IMPORT[module.package] | {module.package} | sys.stdlib_module_names
        for one in module.imports:
            if not one.relative and one.name.partition(".")[0] not in allowed:
                yield at(module, one.line, f"{module.package} may not import {one.name}")


@rule
def keeps_what_is_confined_in_its_place(house: House) -> Iterator[str]:
    """What stands under `if TYPE_CHECKING` is never run, so it is free."""
    for packages, what, places in CONFINED:
        for module in house.values():
            if module.package not in packages or inside(module, places):
                continue
            for one in module.imports:
                if one.under(*what) and not one.typing:
                    yield at(module, one.line, f"imports {one.name}; allowed in: {', '.join(places) or 'nowhere'}")


@rule
def keeps_the_web_at_the_rim(house: House) -> Iterator[str]:
    """cli, app > protocols, pages > domain > store, fetch."""
    for module in house.values():
        rim = inside(module, WEB | DOORS)
        for name in house.uses(module.name):
            if inside(house[name], DOORS) and not inside(module, DOORS):
                yield at(module, 1, f"imports the front door {name}")
            elif inside(house[name], WEB) and not rim:
                yield at(module, 1, f"is domain code and imports {name}, which is the web's")


@rule
def has_no_relative_import(house: House) -> Iterator[str]:
    for module in house.values():
        yield from (at(module, one.line, "a relative import") for one in module.imports if one.relative)


@rule
def imports_by_import_statements(house: House) -> Iterator[str]:
    """What is imported by its name as a text is seen by none of these rules."""
    for module in house.values():
        yield from (at(module, line, name) for name, line in module.names if name in BY_TEXT)


@rule
def imports_in_no_circle(house: House) -> Iterator[str]:
    for name in house:
        if circle := _way_back(house, name):
            yield f"{house[name].path}: a circle: {' -> '.join((name, *circle))}"


def _way_back(house: House, start: str) -> tuple[str, ...]:
    """The shortest way from a module to itself, without its first step's start; empty when there is none."""
    ways: list[tuple[str, ...]] = [(name,) for name in sorted(house.uses(start))]
    seen: set[str] = set()
    for way in ways:  # it grows while it is walked
        if way[-1] == start:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways.extend((*way, name) for name in sorted(house.uses(way[-1])))
    return ()


@rule
def keeps_private_keys_in_signers(house: House) -> Iterator[str]:
    for module in house.values():
        if not inside(module, ["issuer.signers"]):
            yield from (at(module, line, name) for name, line in module.names if PRIVATE_KEY.fullmatch(name))


@rule
def takes_time_as_an_argument(house: House) -> Iterator[str]:
    for module in house.values():
        if module.name not in CLOCKS:
            yield from (at(module, line, f"asks the clock: {how}") for how, line in _clocks(module))


@rule
def takes_the_environment_as_an_argument(house: House) -> Iterator[str]:
    for module in house.values():
        if module.name not in DOORS:
            for name, line in module.names:
                if name in ("environ", "environb", "getenv") and not _is_variable(module, name, line):
                    yield at(module, line, f"reads the environment: {name}")


@rule
def decides_purely(house: House) -> Iterator[str]:
    """Neither the decision engine nor anything that it uses reaches a database, a clock, a file or the network.

    `templates` is left out: a decision holds messages, and only who shows one looks up its words.
    """
    for name in sorted(house.reached_from(*PURE)):
        module = house[name]
        if module.package == "templates":
            continue
        yield from (at(module, one.line, f"imports {one.name}") for one in module.imports if one.under(*IMPURE))
        yield from (at(module, line, f"asks the clock: {how}") for how, line in _clocks(module))


def _clocks(module: Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(
                value=ast.Name(id=("datetime" | "date") as owner), attr=("now" | "utcnow" | "today") as how
            ):
                yield f"{owner}.{how}", node.lineno
            case ast.Attribute(
                value=ast.Attribute(attr=("datetime" | "date") as owner), attr=("now" | "utcnow" | "today") as how
            ):
                yield f"{owner}.{how}", node.lineno
    for one in module.imports:
        if one.under("time"):
            yield one.name, one.line


def _is_variable(module: Module, name: str, line: int) -> bool:
    """Whether the name stands there by itself, as a parameter does, and was not taken out of `os`."""
    imported = any(one.name == f"os.{name}" for one in module.imports)
    attribute = any(
        isinstance(node, ast.Attribute) and node.attr == name and node.lineno == line for node in ast.walk(module.tree)
    )
    return not imported and not attribute


@rule
def stands_in_its_folders_table(house: House) -> Iterator[str]:
    for folder, table in TABLES.items():
        files = {name.rpartition(".")[2] for name in house if name.rpartition(".")[0] == folder}
        if not files:
            continue
        listed = _listed(house[folder], table) if folder in house else frozenset()
        for name in sorted(files - listed):
            yield f"{folder.replace('.', '/')}/{name}.py does not stand in {table} of {folder}"


@rule
def calls_checks_by_their_files(house: House) -> Iterator[str]:
    if "verifier.checks" in house:
        value = _table(house["verifier.checks"], TABLES["verifier.checks"])
        for key, entry in zip(value.keys, value.values, strict=True) if isinstance(value, ast.Dict) else ():
            names = {node.id for node in ast.walk(entry) if isinstance(node, ast.Name)}
            if not isinstance(key, ast.Constant) or key.value not in names:
                yield at(house["verifier.checks"], entry.lineno, "a check is not called as its file is")


def _listed(module: Module, table: str) -> frozenset[str]:
    value = _table(module, table)
    return frozenset(node.id for node in ast.walk(value) if isinstance(node, ast.Name)) if value else frozenset()


def _table(module: Module, table: str) -> ast.expr | None:
    for node in module.tree.body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if name == table:
                return value
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == table:
                return value
    return None


@rule
def has_a_name_that_says_something(house: House) -> Iterator[str]:
    for module in house.values():
        if NAMELESS & set(module.name.split(".")):
            yield f"{module.path}: a file or folder of this name holds anything"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and NAMELESS_CLASS.match(node.name):
                yield at(module, node.lineno, f"the class {node.name}: what does it do?")


@rule
def asserts_nothing(house: House) -> Iterator[str]:
    """`python -O` drops asserts; what must hold is raised."""
    for module in house.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Assert):
                yield at(module, node.lineno, "an assert statement")


@rule
def opens_with_its_contract(house: House) -> Iterator[str]:
    for module in house.values():
        if module.tree.body and not ast.get_docstring(module.tree):
            yield f"{module.path}: no docstring at its head"


@rule
def is_short(house: House) -> Iterator[str]:
    for module in house.values():
        if (lines := len(module.text.splitlines())) > MOST_LINES:
            yield f"{module.path}: {lines} lines; split it by subject at {MOST_LINES}"


@rule
def says_why_a_check_is_off(house: House) -> Iterator[str]:
    for module in house.values():
        for comment, line in module.comments:
            if OFF.search(comment) and not OFF_WITH_REASON.search(comment):
                yield at(module, line, f"{comment}: give its code and the reason")
            if re.search(r"\b(TODO|FIXME|XXX)\b", comment):
                yield at(module, line, "left open")
