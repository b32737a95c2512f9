"""The benchmarks go on saying what they say: documents, rounds, tables, the page. Nothing here is timed."""

import importlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks import published, six_courses
from benchmarks.__main__ import PARTS
from benchmarks.cohort_documents import documents
from benchmarks.timing import Spent, Table, interleaved, machine
from benchmarks.watching import Watch
from issuer import deciding
from tests.issuer.installation import Installation
from tests.optional import need
from vc.context_rules import OPEN_BADGES
from vc.jsonld import canonical_form
from vc.openbadges.lint import lint

MODULES = [path.stem for path in sorted(Path(published.__file__).parent.glob("*.py")) if path.stem[0] != "_"]


@dataclass
class Paced:
    """Takes as many seconds for a call as it is told, the next time another."""

    seconds: list[float]
    said: list[str]
    name: str = ""
    asked: list[int] = field(default_factory=list)

    def measure(self, calls: int) -> float:
        self.asked.append(calls)
        self.said.append(self.name)
        return calls * self.seconds[min(len(self.asked), len(self.seconds)) - 1]


def test_contenders_take_turns_and_the_median_counts() -> None:
    said: list[str] = []
    slow, quick = Paced([1.0, 1.0, 9.0, 3.0], said, "slow"), Paced([0.5], said, "quick")
    found = interleaved({"slow": slow, "quick": quick}, rounds=3, seconds=1.0)
    assert said[-6:] == ["slow", "quick"] * 3
    assert found["slow"] == Spent((1.0, 9.0, 3.0))
    assert found["slow"].median == 3.0
    assert slow.asked[-3:] == [1, 1, 1]
    assert quick.asked[-3:] == [2, 2, 2]  # a round of each takes about as long


def test_a_part_of_the_page_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Words\n<!-- one -->\nold\n<!-- /one -->\nmore words\n<!-- two -->\n<!-- /two -->\n")
    published.replace("one", [Table("Title", ("", "µs"), [("ours", "1.0")], ("A note.",))], page)
    text = page.read_text()
    assert "old" not in text
    assert "| ours | 1.0 |" in text
    assert "A note." in text
    assert machine() in text
    assert text.startswith("# Words\n")
    assert text.endswith("more words\n<!-- two -->\n<!-- /two -->\n")
    with pytest.raises(LookupError):
        published.replace("three", [], page)


@pytest.mark.parametrize("part", [*PARTS, "growth", "million", "http"])
def test_the_page_has_every_part(part: str) -> None:
    text = published.PAGE.read_text()
    assert text.count(f"<!-- {part} -->") == text.count(f"<!-- /{part} -->") == 1


def test_the_documents_are_such_as_we_sign_and_no_two_are_alike() -> None:
    made = documents(3)
    for document in made:
        lint(document)
    assert len({canonical_form(document, rule=OPEN_BADGES).text for document in made}) == 3
    assert [len(document["credentialSubject"]["achievement"]["resultDescription"]) for document in made] == [6] * 3


@pytest.mark.parametrize(
    "module", [path.stem for path in sorted(Path(published.__file__).parent.glob("*.py")) if path.stem[0] != "_"]
)
def test_every_benchmark_can_be_imported(module: str) -> None:
    try:
        importlib.import_module(f"benchmarks.{module}")
    except ImportError as error:
        need((error.name or "").startswith(("benchmarks", "issuer", "verifier", "vc", "tests")), f"{error.name}")
        raise


def test_the_made_up_school_gives_everybody_seven(tmp_path: Path) -> None:
    services = Installation(tmp_path).services
    six_courses.fill(services.database, range(1))
    list(deciding.stream(services.database, now=services.now()))
    watch = Watch(services.database)
    issuance = services.issuance()
    issuance.issue(issuance.plan())
    sample = watch.sample({})
    assert sample.released == six_courses.EACH
    assert sample.disk > 0
