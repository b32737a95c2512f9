"""What happens to the server of PostgreSQL while we use it: it asks for passwords, and it is started anew."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from issuer.errors import StoreUnavailable
from issuer.store import facts
from issuer.store.database import open_database
from tests import databases
from tests.issuer import domain
from tests.issuer.installation import Installation, earned

pytestmark = [pytest.mark.only_postgresql, pytest.mark.xdist_group("server")]


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with databases.server_of_its_own() as server:
        yield server


@pytest.fixture(scope="module")
def place(server: Any) -> str:
    """An empty database, whose owner is asked for a password."""
    address: str = server.get_uri()
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute("CREATE ROLE testamur LOGIN PASSWORD 'correct'")
        admin.execute("CREATE DATABASE testamur OWNER testamur TEMPLATE template0 ENCODING 'UTF8'")
        rules = Path(str(admin.execute("SHOW hba_file").fetchone()[0]))  # type: ignore[index] # one row
        rules.write_text("local all testamur scram-sha-256\n" + rules.read_text())
        admin.execute("SELECT pg_reload_conf()")
    return urlsplit(address)._replace(path="/testamur").geturl()


def with_user(place: str, user: str) -> str:
    return place.replace("postgres:@", f"{user}@")


@pytest.mark.parametrize(
    ("user", "hint"),
    [("testamur:perhaps", "A password was given"), ("testamur", "It wants a password")],
)
def test_without_the_right_password_it_is_said_what_is_missing(place: str, user: str, hint: str) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be reached") as refused:
        open_database(with_user(place, user))
    assert str(refused.value.hint).startswith(hint)
    assert "perhaps" not in f"{refused.value} {refused.value.hint}"


def test_with_it_the_owner_of_a_database_needs_nothing_more(place: str) -> None:
    database = open_database(with_user(place, "testamur:correct"))
    with database.write() as tx:
        facts.append(tx, [domain.done("toolbox")])
    database.close()


def test_while_the_server_is_gone_it_is_said_and_the_next_request_works(
    tmp_path: Path, server: Any, place: str
) -> None:
    """The pool holds connections from before. Nothing is started anew but the server."""
    with psycopg.connect(place, autocommit=True) as admin:
        admin.execute("CREATE DATABASE restarted TEMPLATE template0 ENCODING 'UTF8'")
    school = Installation(tmp_path, place=urlsplit(place)._replace(path="/restarted").geturl())
    school.record(*earned())
    school.decide_and_issue()
    client, address = school.client(), f"/status/{school.list_of(school.certificates()[0])}"
    assert client.get(address).status_code == 200
    # (1) between two requests
    server.stop()
    server.ensure_postgres_running()
    assert client.get(address).status_code == 200
    # (2) for the time of a request, and in the middle of a write
    with pytest.raises(StoreUnavailable, match="was cut"), school.database.write() as tx:  # noqa: PT012 (a block)
        facts.append(tx, earned("bela"))
        server.stop()
        facts.append(tx, earned("chen"))
    answer = client.get(address)
    assert (answer.status_code, answer.json()["type"].partition("#")[2]) == (503, "store-unavailable")
    server.ensure_postgres_running()
    assert client.get(address).status_code == 200
    with school.database.read() as tx:
        assert facts.count(tx) == 2
    assert school.decide_and_issue().courses == ()
    school.database.close()
