"""What stands in deploy/ agrees with the programs that it starts: commands, options, ports, paths, variables."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from issuer.cli import app as issuer_app
from issuer.limits import Limits
from issuer.mail_settings import PASSWORD_VARIABLE
from issuer.signers.file import PASSPHRASE_VARIABLE
from tests.issuer.endpoints import ENDPOINTS
from verifier.app import create_app
from verifier.cli import app as verifier_app
from verifier.config import MAX_BATCH, Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"] == "testamur")
WITH_SECRETS = DEPLOY / "with-secrets"

APPS = {"issuer": issuer_app, "verifier": verifier_app}
PORTS = {"issuer": "8000", "verifier": "8001"}
PATHS = {
    "issuer": {address.removeprefix("GET ") for address in ENDPOINTS if address.startswith("GET ")},
    "verifier": set(create_app(Settings()).openapi()["paths"]),
}


# A word for a secret, and a value that is no path, no variable and no list.
SECRET = re.compile(r"(?i)(passphrase|password|secret|token)\w*[\"']? *[:=] *[\"']?[^\s/$%{\[\"'*>:`]{8,}|PRIVATE KEY")


def _unit(path: Path) -> dict[str, list[str]]:
    """Name -> its values, in the order written."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line and line[0] not in "#[":
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def _blocks(path: Path) -> Iterator[str]:
    """The lines of a guide that are commands of ours."""
    for block in re.findall(r"^```\n(.*?)^```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            yield from re.findall(r"(?:^| )((?:issuer|verifier) (?!issuer|verifier|with-secrets)[a-z].*)", line)


def _commands() -> Iterator[tuple[str, list[str]]]:
    """Where one stands, and the program with its arguments."""
    for name in OURS:
        yield f"compose.yaml: {name}", SERVICES[name]["command"]
    for path in UNITS:
        words = shlex.split(_unit(path)["ExecStart"][0])
        at = next(place for place, word in enumerate(words) if Path(word).name in APPS)
        yield path.name, [Path(words[at]).name, *words[at + 1 :]]


COMMANDS = dict(_commands())


@pytest.mark.parametrize("where", COMMANDS)
def test_each_command_exists_with_its_options(where: str) -> None:
    _require_command(COMMANDS[where])


def _require_command(words: list[str]) -> None:
    program, *arguments = words
    command: Any = typer.main.get_command(APPS[program])
    while hasattr(command, "commands"):
        command = command.commands[arguments.pop(0)]
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in arguments if word.startswith("--")} <= options


GUIDES = [ROOT / "docs" / "operating.md", DEPLOY / "README.md"]


@pytest.mark.parametrize(
    "line", sorted({line for guide in GUIDES for line in _blocks(guide)}), ids=lambda line: line[:40]
)
def test_the_guides_give_commands_that_exist(line: str) -> None:
    _require_command(re.split(r" {2,}", line)[0].split())


@pytest.mark.parametrize("where", [where for where, command in COMMANDS.items() if "serve" in command])
def test_each_service_has_its_port_everywhere(where: str) -> None:
    program, *arguments = COMMANDS[where]
    assert arguments[arguments.index("--port") + 1] == PORTS[program]


def test_the_web_server_and_the_image_name_the_same_ports() -> None:
    assert set(re.findall(r"proxy_pass http://127\.0\.0\.1:(\d+);", (DEPLOY / "nginx.conf").read_text())) == set(
        PORTS.values()
    )
    assert f"EXPOSE {' '.join(PORTS.values())}" in (DEPLOY / "Containerfile").read_text()


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_published_is_published_to_this_machine_alone(name: str) -> None:
    assert SERVICES[name].get("ports", []) == ([f"127.0.0.1:{PORTS[name]}:{PORTS[name]}"] if name in PORTS else [])


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_held(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit", "restart"} <= service.keys()


def test_the_verifier_shares_nothing_with_the_issuer() -> None:
    verifier, issuer = SERVICES["verifier"], SERVICES["issuer"]
    assert not set(verifier["networks"]) & set(issuer["networks"])
    assert "secrets" not in verifier
    assert "environment" not in verifier
    volumes = [{volume.partition(":")[0] for volume in service["volumes"]} for service in (verifier, issuer)]
    assert not volumes[0] & volumes[1]


def test_the_database_is_in_a_network_of_its_own() -> None:
    assert SERVICES["postgresql"]["networks"] == ["store"]
    assert COMPOSE["networks"]["store"] == {"internal": True}


@pytest.mark.parametrize("kind", ["networks", "volumes", "secrets"])
def test_what_the_compose_file_names_it_declares(kind: str) -> None:
    named = {one.partition(":")[0] for service in SERVICES.values() for one in service.get(kind, [])}
    assert named == COMPOSE[kind].keys()


def test_images_are_named_by_a_tag() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    images = [*re.findall(r"^FROM (\S+)", text, re.MULTILINE), SERVICES["postgresql"]["image"]]
    assert all(re.search(r":[\w.-]*\d", image) and not image.endswith(":latest") for image in images)


def test_health_checks_ask_an_address_that_is_there() -> None:
    for name in PORTS:
        address = re.search(rf"http://127\.0\.0\.1:{PORTS[name]}(/[\w/]+)", SERVICES[name]["healthcheck"]["test"][-1])
        assert address is not None
        assert address[1] in PATHS[name]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_every_unit_is_held(path: Path) -> None:
    unit = _unit(path)
    for name, value in {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
        "MemoryDenyWriteExecute": "yes",
        "SystemCallFilter": "@system-service",
        "UMask": "0077",
    }.items():
        assert unit[name][0] == value
    assert {"MemoryMax", "TasksMax", "TimeoutStopSec", "Restart"} <= unit.keys()


def test_units_and_image_start_what_the_guide_installs() -> None:
    for path in UNITS:
        words = shlex.split(_unit(path)["ExecStart"][0])
        ours = [word.removeprefix("/opt/testamur/") for word in words if word.startswith("/opt/testamur/deploy/")]
        assert all((ROOT / word).stat().st_mode & 0o111 for word in ours)
        assert any(word.startswith("/opt/testamur/.venv/bin/") for word in words)


def test_the_image_copies_what_is_there_and_is_sent_no_more() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    sources = [
        word.removeprefix("./")
        for line in re.findall(r"^COPY (?!--from)(.+)", text, re.MULTILINE)
        for word in line.split()[:-1]
    ]
    assert all((ROOT / source).exists() for source in sources)
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    assert sorted(line[1:] for line in ignored if line.startswith("!")) == sorted(sources)


def test_the_image_has_every_package_of_ours() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks", "examples"}
    copied = set(re.findall(r"^COPY (\w+) \./\1$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE))
    assert copied == packages


def test_secrets_come_from_files_under_the_names_that_the_programs_read() -> None:
    names = re.search(r"^for name in (.+); do$", WITH_SECRETS.read_text(), re.MULTILINE)
    assert names is not None
    assert names[1].split() == [PASSPHRASE_VARIABLE, PASSWORD_VARIABLE, "PGPASSWORD"]
    used = {name.removesuffix("_FILE") for name in SERVICES["issuer"]["environment"] if name.endswith("_FILE")}
    assert used <= set(names[1].split())


def test_no_secret_lies_here() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./secrets/")
    assert "/deploy/secrets/" in ignored
    for path in DEPLOY.rglob("*"):
        if path.is_file() and "secrets" not in path.relative_to(DEPLOY).parts:
            assert not SECRET.search(path.read_text())


def _run_with(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [
        "/bin/sh",
        str(WITH_SECRETS),
        "/bin/sh",
        "-c",
        f'printf %s "${PASSPHRASE_VARIABLE}"; env | grep -c _FILE=',
    ]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_secret_is_read_and_its_file_named_no_more(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("two words $HOME `x`\n")
    done = _run_with({f"{PASSPHRASE_VARIABLE}_FILE": str(file)})
    assert done.stdout.strip() == "two words $HOME `x`0"


@pytest.mark.parametrize("content", [None, ""], ids=["missing", "empty"])
def test_a_secret_that_is_not_there_stops_the_start(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "passphrase"
    if content is not None:
        file.write_text(content)
    done = _run_with({f"{PASSPHRASE_VARIABLE}_FILE": str(file)})
    assert (done.returncode, done.stdout) == (78, "")
    assert str(file) in done.stderr


def test_the_web_server_takes_what_the_services_take() -> None:
    sizes = [
        int(size) * 2**20 for size in re.findall(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text())
    ]
    assert sizes[0] >= Limits().import_size.value
    assert sizes[1] >= MAX_BATCH


def test_the_web_server_keeps_addresses_that_are_there() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert text.count("{") == text.count("}")
    kept = re.search(r"location ~ (\S+) \{", text)
    assert kept is not None
    filled = {re.sub(r"\{\w+\}", "1", path) for path in PATHS["issuer"]}
    assert {path for path in filled if re.match(kept[1], path)} == {
        "/status/1",
        "/.well-known/did.json",
        "/organizations/1/did.json",
    }
