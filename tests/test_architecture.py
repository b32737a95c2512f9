"""The house rules hold; and each rule, shown a tree in which it is broken, says so."""

from pathlib import Path

import pytest

from tests.house_rules import MOST_LINES, RULES, TABLES, WEB, Rule
from tests.source import PACKAGES, House

ROOT = Path(__file__).parents[1]

RULE = {rule.__name__: rule for rule in RULES}

SOUND = {
    "contexts/__init__.py": '"""Words."""\nimport json\n',
    "templates/__init__.py": '"""Pages."""\nimport jinja2\n',
    "vc/__init__.py": '"""Standards."""\n',
    "vc/jsonld.py": '"""Safe."""\nimport contexts\nfrom pyld import jsonld\n',
    "vc/keys.py": '"""Keys."""\nfrom urllib.parse import quote\nfrom cryptography import exceptions\n',
    "vc/dids/__init__.py": (
        '"""A table."""\nfrom vc.dids import key, web\nMETHODS: dict[str, object] = {"key": key.METHOD, "web": web}\n'
    ),
    "vc/dids/key.py": (
        '"""One."""\nfrom typing import TYPE_CHECKING\nfrom vc.keys import a\n'
        "if TYPE_CHECKING:\n    from vc.dids import b\n"
    ),
    "vc/dids/web.py": '"""Another."""\nfrom datetime import datetime\nnow = datetime.fromisoformat("2026-01-01")\n',
    "issuer/__init__.py": '"""Decides."""\n',
    "issuer/app.py": '"""All together."""\nimport os\nimport fastapi\nfrom issuer import pages\nprint(os.environ)\n',
    "issuer/pages.py": '"""Web."""\nimport fastapi\nimport issuer.eligibility\n',
    "issuer/eligibility.py": '"""Pure."""\nfrom templates import messages\nfrom issuer.rules import Rule\n',
    "issuer/services.py": (
        '"""Parts."""\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from fastapi import Request\n'
    ),
    "issuer/rules.py": '"""Pure."""\ndef on(environ: dict[str, str]) -> str:\n    return environ["A"]\n',
    "issuer/store/__init__.py": '"""SQL."""\nimport sqlalchemy\n',
    "issuer/signers/__init__.py": '"""Keys."""\nfrom issuer.signers import file\nSIGNERS = {"file": file}\n',
    "issuer/signers/file.py": '"""A key."""\nfrom cryptography.a import Ed25519PrivateKey\n',
    "verifier/__init__.py": '"""Verdicts."""\nfrom datetime import datetime\nprint(datetime.now())\n',
    "verifier/fetch.py": '"""The only socket."""\nimport socket\nimport time\n',
    "verifier/checks/__init__.py": '"""A table."""\nfrom verifier.checks import proof\nCHECKS = {"proof": proof}\n',
    "verifier/checks/proof.py": (
        '"""Signed?"""\nfrom vc import keys\na = 1  # type: ignore[misc]  # because of the test\n'
    ),
}

HEAD = '"""Something."""\n'

# (rule, file, its source instead, words of what is said)
BROKEN: list[tuple[str, str, str, str]] = [
    ("imports_only_what_its_package_may", "contexts/a.py", "import requests", "contexts may not import requests"),
    ("imports_only_what_its_package_may", "templates/a.py", "from vc.keys import a", "templates may not import vc"),
    ("imports_only_what_its_package_may", "vc/a.py", "import issuer", "vc may not import issuer"),
    ("imports_only_what_its_package_may", "vc/a.py", "from templates import messages", "vc may not import templates"),
    ("imports_only_what_its_package_may", "issuer/a.py", "import verifier.report", "issuer may not import verifier"),
    ("imports_only_what_its_package_may", "verifier/a.py", "def f():\n    import issuer.facts", "issuer.facts"),
    ("imports_only_what_its_package_may", "verifier/a.py", "try:\n    import dbos\nexcept ImportError: ...", "dbos"),
    ("imports_only_what_its_package_may", "verifier/a.py", "import cryptography", "cryptography"),
    ("keeps_what_is_confined_in_its_place", "vc/rdf.py", "import pyld", "allowed in: vc.jsonld"),
    ("keeps_what_is_confined_in_its_place", "vc/keys.py", "import lxml.etree", "allowed in: vc.baking"),
    ("keeps_what_is_confined_in_its_place", "vc/keys.py", "from urllib.request import urlopen", "urllib.request"),
    ("keeps_what_is_confined_in_its_place", "vc/keys.py", "from urllib import request", "urllib.request"),
    ("keeps_what_is_confined_in_its_place", "vc/keys.py", "import http.client", "http.client"),
    ("keeps_what_is_confined_in_its_place", "vc/keys.py", "def f():\n    import random", "random"),
    ("keeps_what_is_confined_in_its_place", "vc/keys.py", "from os import environ", "os.environ"),
    ("keeps_what_is_confined_in_its_place", "vc/keys.py", "import secrets", "allowed in: nowhere"),
    ("keeps_what_is_confined_in_its_place", "vc/keys.py", "import time", "time"),
    ("keeps_what_is_confined_in_its_place", "verifier/trust.py", "import socket", "allowed in: verifier.fetch"),
    ("keeps_what_is_confined_in_its_place", "verifier/trust.py", "import sqlite3", "sqlite3"),
    ("keeps_what_is_confined_in_its_place", "verifier/trust.py", "from sqlalchemy import text", "sqlalchemy"),
    ("keeps_what_is_confined_in_its_place", "verifier/trust.py", "from fastapi import Request", "fastapi"),
    ("keeps_what_is_confined_in_its_place", "verifier/trust.py", "from PIL import Image", "allowed in: verifier.photo"),
    ("keeps_what_is_confined_in_its_place", "verifier/trust.py", "import subprocess", "verifier.confined"),
    ("keeps_what_is_confined_in_its_place", "issuer/facts.py", "import starlette.requests", "starlette"),
    ("keeps_what_is_confined_in_its_place", "issuer/facts.py", "import sqlalchemy", "allowed in: issuer.store"),
    ("keeps_what_is_confined_in_its_place", "issuer/facts.py", "import cryptography.x509", "issuer.signers"),
    ("keeps_the_web_at_the_rim", "issuer/rules.py", "from issuer import pages", "domain code and imports issuer.pages"),
    ("keeps_the_web_at_the_rim", "issuer/pages.py", "from issuer.app import wire", "front door issuer.app"),
    ("has_no_relative_import", "vc/a.py", "from . import keys", "a relative import"),
    ("has_no_relative_import", "vc/a.py", "def f():\n    from .keys import a", "a relative import"),
    ("imports_by_import_statements", "vc/a.py", "from importlib import import_module", "import_module"),
    ("imports_by_import_statements", "vc/a.py", "os = __import__('os')", "__import__"),
    ("imports_in_no_circle", "issuer/rules.py", "import issuer.eligibility", "issuer.rules -> issuer.eligibility -> "),
    (
        "imports_in_no_circle",
        "vc/keys.py",
        "def f():\n    import vc.dids",
        "vc.keys -> vc.dids -> vc.dids.key -> vc.keys",
    ),
    ("keeps_private_keys_in_signers", "vc/a.py", "from cryptography.a import Ed25519PrivateKey", "Ed25519PrivateKey"),
    ("keeps_private_keys_in_signers", "issuer/a.py", "load_pem_private_key(b'', None)", "load_pem_private_key"),
    ("keeps_private_keys_in_signers", "verifier/a.py", "rsa.generate_private_key()", "generate_private_key"),
    ("keeps_private_keys_in_signers", "issuer/a.py", "key.private_bytes_raw()", "private_bytes_raw"),
    ("takes_time_as_an_argument", "vc/a.py", "from datetime import datetime\ndatetime.now()", "datetime.now"),
    ("takes_time_as_an_argument", "issuer/a.py", "import datetime\ndatetime.date.today()", "date.today"),
    ("takes_time_as_an_argument", "issuer/a.py", "clock = datetime.utcnow", "datetime.utcnow"),
    ("takes_time_as_an_argument", "verifier/a.py", "from time import monotonic", "time.monotonic"),
    ("takes_the_environment_as_an_argument", "issuer/a.py", "import os\nos.environ['A']", "environ"),
    ("takes_the_environment_as_an_argument", "verifier/a.py", "from os import getenv\ngetenv('A')", "getenv"),
    ("decides_purely", "issuer/rules.py", "from issuer import store", "issuer/store/__init__.py:2: imports sqlalchemy"),
    ("decides_purely", "issuer/rules.py", "import random", "issuer/rules.py:2: imports random"),
    ("decides_purely", "issuer/facts.py", "from datetime import date\ndate.today()", "asks the clock"),
    ("stands_in_its_folders_table", "vc/dids/jwk.py", "", "vc/dids/jwk.py does not stand in METHODS"),
    ("stands_in_its_folders_table", "issuer/sources/webhook.py", "", "does not stand in SOURCES of issuer.sources"),
    ("calls_checks_by_their_files", "verifier/checks/__init__.py", "CHECKS = {'a': proof.check}", "as its file is"),
    ("has_a_name_that_says_something", "vc/utils.py", "", "vc/utils.py"),
    ("has_a_name_that_says_something", "issuer/core/a.py", "", "issuer/core/a.py"),
    ("has_a_name_that_says_something", "issuer/a.py", "class KeyManager: ...", "KeyManager"),
    ("asserts_nothing", "vc/a.py", "def f(a):\n    assert a", "vc/a.py:3: an assert statement"),
    ("is_short", "vc/a.py", "a = 1\n" * MOST_LINES, f"vc/a.py: {MOST_LINES + 1} lines"),
    ("says_why_a_check_is_off", "vc/a.py", "a = 1  # type: ignore", "give its code"),
    ("says_why_a_check_is_off", "vc/a.py", "a = 1  # type: ignore[misc]", "and the reason"),
    ("says_why_a_check_is_off", "vc/a.py", "a = 1  # noqa", "give its code"),
    ("says_why_a_check_is_off", "vc/a.py", "a = 1  # noqa: E501", "and the reason"),
    ("says_why_a_check_is_off", "vc/a.py", "a = 1  # TODO: b", "left open"),
]


@pytest.fixture(scope="module")
def house() -> House:
    return House.read(ROOT)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module(rule: Rule, house: House) -> None:
    assert list(rule(house)) == []


def test_all_packages_were_read(house: House) -> None:
    """A rule over nothing always holds."""
    assert {module.package for module in house.values()} == set(PACKAGES)
    assert set(TABLES) - {"issuer.protocols", "verifier.protocols"} <= set(house)
    assert {"vc.jsonld", "issuer.signers.file", "verifier.fetch"} <= set(house)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_tree_breaks_no_rule(rule: Rule) -> None:
    assert list(rule(House.of(SOUND))) == []


@pytest.mark.parametrize(("name", "path", "source", "words"), BROKEN)
def test_a_broken_rule_is_noticed(name: str, path: str, source: str, words: str) -> None:
    said = list(RULE[name](House.of(SOUND | {path: HEAD + source})))
    assert any(words in line for line in said), said


def test_a_missing_docstring_is_noticed() -> None:
    said = list(RULE["opens_with_its_contract"](House.of(SOUND | {"vc/a.py": "import json\n"})))
    assert said == ["vc/a.py: no docstring at its head"]


def test_every_rule_was_seen_broken() -> None:
    assert {name for name, *_ in BROKEN} | {"opens_with_its_contract"} == set(RULE)


@pytest.mark.parametrize("place", sorted(WEB))
def test_the_web_may_be_imported_where_the_table_says(place: str) -> None:
    path = place.replace(".", "/") + ".py"
    tree = House.of(SOUND | {path: HEAD + "import fastapi"})
    assert list(RULE["keeps_what_is_confined_in_its_place"](tree)) == []
