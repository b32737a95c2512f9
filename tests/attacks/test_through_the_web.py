"""Every hostile file through the verifier's own address: a page and JSON, never an error of the server.

Pages show names, reasons and problems that strangers wrote; so they are made from each hostile file, too.
"""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.attacks import corpus
from tests.simulators import World
from tests.vc.samples import NOW
from verifier.app import create_app
from verifier.config import Settings

# Read by a process of their own each, which would take most of this test's time.
SLOW = frozenset({"pdf", "qr"})
FAMILIES = sorted({entry.family for entry in corpus.entries()} - SLOW)


@pytest.fixture
def served() -> Iterator[tuple[TestClient, list[World]]]:
    """`served[1][0]`: the world as it is for the next request."""
    worlds = [World()]
    app = create_app(Settings(), fetch=lambda: worlds[0])
    app.state.now = lambda: NOW
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client, worlds


@pytest.mark.parametrize("family", FAMILIES)
def test_no_file_is_an_error_of_the_server(family: str, served: tuple[TestClient, list[World]]) -> None:
    client, worlds = served
    for entry in corpus.entries():
        if entry.family != family:
            continue
        worlds[0] = corpus.world_of(entry)
        for accept in ("application/json", "text/html"):
            answer = client.post("/verify", content=corpus.content(entry.file), headers={"Accept": accept})
            assert answer.status_code == 200, (entry.name, accept, answer.text[:300])
            assert "<script>" not in answer.text, entry.name
