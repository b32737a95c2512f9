"""The engine takes seconds to load: only a worker does."""

import subprocess
import sys

import pytest

QUIET = (
    "from issuer import cli; cli.run(['--help'])",
    "from issuer import cli; cli.run(['bulk', '--help'])",
    "import issuer.app, issuer.office, issuer.bulk.asking, issuer.bulk.worker",
)


@pytest.mark.parametrize("statement", [*QUIET, "import verifier.cli, verifier.app"])
def test_nobody_else_loads_it(statement: str) -> None:
    look = "import sys; sys.exit(any(name == 'dbos' or name.startswith('dbos.') for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", f"{statement}\n{look}"], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
