"""What the harness allows cannot be had from the production programs: nothing imports it, nothing can choose it."""

import ast
import tomllib
from pathlib import Path

from tests.source import PACKAGES, House

ROOT = Path(__file__).parents[2]


def test_no_package_imports_a_test() -> None:
    for module in House.read(ROOT).values():
        assert not [one.name for one in module.imports if one.under("tests")], module.path


def test_the_tests_are_not_installed() -> None:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]["find"]
    assert found["include"] == [f"{package}*" for package in PACKAGES]


def test_no_rule_of_the_packages_lets_anything_pass() -> None:
    """`ContextRule(anything=True)` is said by the harness alone; nor is any rule made from outside values, such as
    `replace(rule, **settings)`."""
    for module in House.read(ROOT).values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                words = [keyword.arg for keyword in node.keywords]
                assert "anything" not in words, f"{module.path}:{node.lineno}"
                if isinstance(node.func, ast.Name) and node.func.id == "ContextRule":
                    assert None not in words, f"{module.path}:{node.lineno}"
                    assert len(node.args) <= 3, f"{module.path}:{node.lineno}"
        texts = [node for node in ast.walk(module.tree) if isinstance(node, ast.Constant) and node.value == "anything"]
        assert not texts, module.path


def test_nobody_is_bound_to_nothing_in_the_packages() -> None:
    """`Expected(signed_by=None)`, with which any key may sign for anybody."""
    for module in House.read(ROOT).values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.keyword) and node.arg == "signed_by":
                unbound = isinstance(node.value, ast.Constant) and node.value.value is None
                assert not unbound, f"{module.path}:{node.value.lineno}"
