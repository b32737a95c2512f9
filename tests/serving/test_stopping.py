"""SIGTERM to a real process under load: every request is answered whole or not begun, and the process ends with 0."""

import json
import signal
import time
from pathlib import Path

from issuer import api_keys
from issuer.store import signed
from issuer.vc_api_description import CREDENTIAL_EXAMPLE
from tests.issuer.installation import Installation
from tests.serving.stopping import NOBODY, Ends, asking, free_port, post, served, status_of
from verifier.specimen import SPECIMEN

CLIENTS = 4


def test_the_verifier_answers_whom_it_let_in_and_refuses_the_others(tmp_path: Path) -> None:
    port, ends, log = free_port(), Ends(), tmp_path / "log"
    with served("verifier", "serve", "--processes", "2", port=port, log=log) as process:
        threads = asking(port, lambda client, turn: ("", post("/verify?trust=any", SPECIMEN)), CLIENTS, ends)
        ends.wait_for(CLIENTS)
        process.send_signal(signal.SIGTERM)
        while (ready := status_of(port, "/health/ready")) == 200:
            time.sleep(0.01)
        for thread in threads:
            thread.join(60)
        assert process.wait(60) == 0
    assert ready in (503, NOBODY)
    assert ends.broken == []
    assert set(ends.statuses) <= {200, 429, 503}
    assert ends.statuses[503] >= CLIENTS, "whoever keeps a connection open is told so by an answer"
    assert '"level": "error"' not in log.read_text()


def test_what_the_issuer_signed_was_answered_and_what_was_not_answered_was_not_signed(tmp_path: Path) -> None:
    school = Installation(tmp_path)
    _, text = api_keys.create(school.database, name="load", scopes=["sign"], now=school.now)
    port, ends = free_port(), Ends()

    def wire(client: int, turn: int) -> tuple[str, bytes]:
        label = f"urn:example:{client}-{turn}"
        body = json.dumps({"credential": {**CREDENTIAL_EXAMPLE, "id": label}}).encode()
        keys = (f"Authorization: Bearer {text}", "Content-Type: application/json")
        return label, post("/credentials/issue", body, *keys)

    with served("issuer", "--home", str(school.home), "serve", port=port, log=tmp_path / "log") as process:
        threads = asking(port, wire, CLIENTS, ends)
        ends.wait_for(CLIENTS)
        process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join(60)
        assert process.wait(60) == 0
    answered = {label for label, status in ends.answered if status == 201}
    asked = {label for label, _ in ends.answered} | set(ends.refused)
    with school.database.read() as tx:
        kept = {label for label in asked if (one := signed.by_id(tx, label)) is not None and one.secured is not None}
        half = signed.intents(tx)
    assert answered
    assert kept == answered
    assert half == ()
    assert ends.broken == []
    assert set(ends.statuses) <= {201, 503}
    assert ends.statuses[503] > 0
