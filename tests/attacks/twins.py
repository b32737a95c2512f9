"""The genuine twins of the attacks: what each family's files would be if nobody had touched them."""

from collections.abc import Callable, Mapping

from tests.attacks.families.pictures import element_of
from tests.attacks.families.proofs import SUITES, in_suite
from tests.attacks.stage import Stage
from tests.vc.baking.sample_files import VC, itxt, pdf_with, png, stream, svg

Build = Callable[[Stage], bytes]


def course(stage: Stage) -> bytes:
    return stage.text(stage.secure(stage.course()))


def program(stage: Stage) -> bytes:
    return stage.text(stage.secure(stage.program()))


def _suite(suite: str, kind: str) -> Build:
    return lambda stage: stage.text(in_suite(stage, suite, kind))


TWINS: Mapping[str, Build] = {
    "json": course,
    "json-ld": course,
    "dates": course,
    "identifiers": course,
    "keys": course,
    "status": course,
    "courses": program,
    "png": lambda stage: png(itxt(course(stage))),
    "svg": lambda stage: svg(element_of(course(stage))),
    "pdf": lambda stage: pdf_with(stream(course(stage), VC)),
    **{f"proofs-{suite.lower()}-{kind.lower()}": _suite(suite, kind) for suite, kind in SUITES},
}
