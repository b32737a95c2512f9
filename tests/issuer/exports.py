"""Exports of other systems for the tests of their sources: the files of `tests/vectors/sources`, and their mapping."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from issuer.imports import ImportReport
from issuer.mappings import Mapped, mapping
from issuer.sources import SOURCES
from tests.issuer.domain import CATALOGUE

FILES = Path(__file__).parents[1] / "vectors" / "sources"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

MAPPING: dict[str, Any] = tomllib.loads((FILES / "mapping.toml").read_text())
COURSE: dict[str, Any] = {"course": "toolbox", "session": "03-en", "language": "en"}
COURSE_KEY = "course-v1:Example+CS1+2026"


def file(name: str) -> bytes:
    return (FILES / name).read_bytes()


def mapped(**changes: Any) -> Mapped:
    """The mapping of the files, changed; what is None is left out."""
    return mapping({name: value for name, value in (MAPPING | changes).items() if value is not None})


def load(source: str, data: bytes | str, told: Mapped | None = None, **options: Any) -> ImportReport:
    sent = data.encode() if isinstance(data, str) else data
    values: dict[str, Any] = {
        "catalogue": CATALOGUE,
        "source": "export",
        "recorded_at": NOW,
        "mapping": mapped() if told is None else told,
    }
    return SOURCES[source].read(sent, **values | options)


def only(report: ImportReport) -> Any:
    assert report.all_problems == ()
    (fact,) = report.facts
    return fact


def complaints(report: ImportReport) -> list[tuple[str, str, str]]:
    return [(str(one.where), str(one.message), str(one.hint)) for one in report.all_problems]


REPORTED = file("moodle-completion.csv")
GRADED = file("moodle-grades.csv")
