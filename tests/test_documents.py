"""What is written about the project agrees with the project: links, file names, dependencies, decisions, locks."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))

_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_CODE = re.compile(r"`([^`\s]+)`")
_OURS = re.compile(r"(contexts|templates|vc|issuer|verifier|tests|examples|docs|\.ci)/[\w./-]*\Z")


def _named(document: Path) -> Iterator[str]:
    """Paths of this project in code spans: `vc/jsonld.py`, `verifier/checks/`."""
    for span in _CODE.findall(document.read_text("utf-8")):
        if _OURS.match(span):
            yield span


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_paths_lead_somewhere(document: Path) -> None:
    links = [link for link in _LINK.findall(document.read_text("utf-8")) if "://" not in link and "@" not in link]
    missing = [link for link in links if not (document.parent / link).exists()]
    missing += [path for path in _named(document) if not (ROOT / path).exists()]
    assert missing == []


def test_every_dependency_has_its_reason_and_no_other_has_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [project["dependencies"], project["optional-dependencies"]["dev"]]
    sections = (ROOT / "docs" / "dependencies.md").read_text("utf-8").split("\n## ")[1:]
    for requirements, section in zip(wanted, sections, strict=True):
        names = [re.split(r"[\[<>=~!; ]", requirement)[0] for requirement in requirements]
        assert re.findall(r"^\| `([^`]+)` \| \S", section, flags=re.MULTILINE) == names


def test_decisions_are_numbered_and_have_their_three_parts() -> None:
    for number, path in enumerate(DECISIONS, start=1):
        text = path.read_text("utf-8")
        assert path.name.startswith(f"{number:04d}-")
        assert text.startswith(f"# {number}. ")
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, flags=re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_what_is_tested_is_what_runs() -> None:
    """Everything of requirements.lock stands in requirements-dev.lock, in the same version with the same hashes."""
    run, test = (_locked(ROOT / name) for name in ("requirements.lock", "requirements-dev.lock"))
    assert run
    assert {name: test.get(name) for name in run} == run


def test_the_locks_name_no_index_and_nothing_without_a_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-fuzz.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        assert all(hashes for _, hashes in _locked(ROOT / name).values())


def _locked(path: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Name -> version and hashes."""
    found = {}
    for entry in re.split(r"\n(?=\S)", path.read_text("utf-8").strip()):
        name, _, rest = entry.partition("==")
        found[name] = (re.split(r"[ \\]", rest)[0], frozenset(re.findall(r"--hash=(\S+)", rest)))
    return found
