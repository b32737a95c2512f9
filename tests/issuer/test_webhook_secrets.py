"""The secrets of webhooks: one file that is the issuer's alone, and nothing of them in the database."""

import base64
import threading
from pathlib import Path

import pytest

from issuer.errors import KeyRefused
from issuer.webhook_secrets import FILE, WebhookSecrets
from tests.issuer.installation import Installation
from tests.issuer.webhook_sender import hmac_sha256


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_the_master_secret_is_made_once_and_closed_to_others(home: Path) -> None:
    first = WebhookSecrets(home).of("wh_1")
    path = home / FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert WebhookSecrets(home).of("wh_1") == first, "and found again"
    assert WebhookSecrets(home / "other").of("wh_1") != first


def test_a_secret_is_derived_from_the_webhooks_id_alone(home: Path) -> None:
    secrets = WebhookSecrets(home)
    made = {secrets.of(f"wh_{number}") for number in range(50)}
    assert len(made) == 50
    assert {len(one) for one in made} == {32}
    master = bytes.fromhex((home / FILE).read_text())
    assert secrets.of("wh_7") == hmac_sha256(master, b"testamur webhook wh_7")
    assert secrets.shown("wh_7") == "whsec_" + base64.b64encode(secrets.of("wh_7")).decode()


def test_it_is_printed_nowhere(home: Path) -> None:
    secrets = WebhookSecrets(home)
    secrets.of("wh_1")
    assert (home / FILE).read_text().strip() not in repr(secrets)
    assert repr(secrets) == f"WebhookSecrets({home / FILE})"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_may_read_or_write_is_refused(home: Path, mode: int) -> None:
    WebhookSecrets(home).of("wh_1")
    (home / FILE).chmod(mode)
    with pytest.raises(KeyRefused, match=r"is open to others \(mode 06..\)\. Run: chmod 600"):
        WebhookSecrets(home).of("wh_1")
    (home / FILE).chmod(0o600)
    (home / FILE).parent.chmod(0o750)
    with pytest.raises(KeyRefused, match="Run: chmod 700"):
        WebhookSecrets(home).of("wh_1")


@pytest.mark.parametrize("text", ["", "x" * 64, "ab" * 31, "ab" * 33])
def test_a_file_that_holds_no_secret_is_refused(home: Path, text: str) -> None:
    WebhookSecrets(home).of("wh_1")
    (home / FILE).write_text(text)
    with pytest.raises(KeyRefused, match="holds no secret of webhooks"):
        WebhookSecrets(home).of("wh_1")


def test_a_folder_in_its_place_is_refused(home: Path) -> None:
    (home / FILE).mkdir(parents=True, mode=0o700)
    (home / FILE).parent.chmod(0o700)
    with pytest.raises(KeyRefused, match="cannot be read"):
        WebhookSecrets(home).of("wh_1")


def test_of_many_that_make_it_at_once_one_wins(home: Path) -> None:
    made: list[bytes] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        made.append(WebhookSecrets(home).of("wh_1"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert [one.name for one in (home / FILE).parent.iterdir()] == [FILE.name]


def test_an_issuer_without_webhooks_has_no_such_file(school: Installation) -> None:
    assert not (school.home / FILE).exists()
