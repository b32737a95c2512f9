"""Every error that a caller may meet has a kind of its own, and stands in docs/problems.md."""

import importlib
import pkgutil

import issuer
from issuer.errors import IssuerError
from tests.issuer.problems import _BY_STATUS, DOCUMENT, NEVER_ON_THE_WEB, classes, document, kind_of, types


def test_every_error_has_a_kind() -> None:
    for module in pkgutil.walk_packages(issuer.__path__, "issuer."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    lacking = [one.__name__ for one in classes() if kind_of(one) is None]
    assert set(lacking) - {IssuerError.__name__} == {one.__name__ for one in NEVER_ON_THE_WEB}


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [one.code for one in classes() if issubclass(one, IssuerError)]
    assert sorted(codes) == sorted(set(codes))


def test_every_type_says_when_and_what_to_do() -> None:
    for one in types():
        assert one.when, one.url
        assert one.status in _BY_STATUS, f"tests/issuer/problems.py says nothing about the status {one.status}"


def test_the_list_is_that_of_docs() -> None:
    assert DOCUMENT.read_text("utf-8") == document(types()), "Run: python -m tests.issuer.problems"
