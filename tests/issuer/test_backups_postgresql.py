"""Copies of a PostgreSQL store are made by its own means; what follows when one is put back is the same."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from issuer import backups, store_address
from issuer.errors import BackupRefused, StoreOutdated
from issuer.restoring import settle
from issuer.store import copies
from tests import databases
from tests.issuer.installation import NOW, Installation
from tests.issuer.test_backups import issue, pairs

pytestmark = pytest.mark.only_postgresql


@pytest.fixture
def copied(awarded: Installation) -> Iterator[str]:
    """The address of a copy, as pg_dump makes one: a moment of the store, and no word in it that it is a copy."""
    server = databases.server()
    name = urlsplit(awarded.environ[store_address.VARIABLE]).path.lstrip("/")
    awarded.database.close()
    server.execute("CREATE DATABASE {} TEMPLATE {}", f"{name}_copy", name)
    awarded.restart()
    yield server.address(f"{name}_copy")
    awarded.database.close()
    server.drop(server.address(f"{name}_copy"))


def test_a_copy_that_is_put_back_gives_nothing_out_until_the_operator_says_so(
    awarded: Installation, copied: str
) -> None:
    common = pairs(awarded)
    issue(awarded, "bela")
    first = pairs(awarded)
    awarded.database.close()
    awarded.environ[store_address.VARIABLE] = copied
    awarded.restart()
    with pytest.raises(StoreOutdated, match="issuer restored"):
        issue(awarded, "bela")
    done = settle(awarded.database, now=NOW, actor="Olga")
    assert (done.closed, done.copied_at) == (1, None)
    issue(awarded, "bela", "cem")
    second = pairs(awarded) - common
    assert len(second) == 6
    assert not second & first
    with awarded.database.read() as tx:
        assert copies.unsettled(tx) is None


def test_how_a_copy_is_made_is_said(awarded: Installation) -> None:
    folder = awarded.home.parent / "backup"
    with pytest.raises(BackupRefused, match=r"pg_dump.*issuer restored"):
        backups.make(awarded.config, folder, with_keys=True, at=NOW)
    assert not folder.exists()
