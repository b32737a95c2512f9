"""Tests that need something which not every clone has: skipped with a hint, or failed on request."""

import os

import pytest


def need(condition: object, what: str) -> None:
    """Skip the running test unless `condition` holds, saying `what` is missing and how to get it.

    With the environment variable TESTAMUR_REQUIRE_ALL=1 the test fails instead, so that a machine that
    is meant to have everything cannot pass by skipping.
    """
    if condition:
        return
    if os.environ.get("TESTAMUR_REQUIRE_ALL") == "1":
        pytest.fail(f"needed here: {what}", pytrace=False)
    pytest.skip(what)


def compare_with(condition: object, what: str) -> None:
    """Skip the running test unless `condition` holds, always: `what` is to be compared with lies beside some clones,
    nobody can install it, and what this project needs of it stands in its own tests too."""
    if not condition:
        pytest.skip(f"not beside this clone: {what}")
