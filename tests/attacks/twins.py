"""The genuine twins of the attacks: what each family's files would be if nobody had touched them."""

from collections.abc import Callable, Mapping

from tests.attacks.families.archives import archive
from tests.attacks.families.cose_messages import message
from tests.attacks.families.disclosing import genuine
from tests.attacks.families.links import picture
from tests.attacks.families.presented import HOLDER_DID, awarded, clr, contained, derived, endorsed
from tests.attacks.families.proofs import SUITES, in_suite
from tests.attacks.families.svg_pictures import element_of
from tests.attacks.families.tokens import at_campus, open_badge
from tests.attacks.internet import PUBLIC
from tests.attacks.stage import Stage
from tests.vc.baking.sample_files import VC, itxt, pdf_with, png, stream, svg
from tests.vc.composed import presentation
from tests.vc.samples import HOST
from vc.keys import KeyKind

Build = Callable[[Stage], bytes]


def course(stage: Stage) -> bytes:
    return stage.text(stage.secure(stage.course()))


def program(stage: Stage) -> bytes:
    return stage.text(stage.secure(stage.program()))


def _suite(suite: str, kind: str) -> Build:
    return lambda stage: stage.text(in_suite(stage, suite, kind))


def _token(kind: KeyKind) -> Build:
    return lambda stage: at_campus(stage, kind)


def _published(stage: Stage) -> bytes:
    """A link, followed by the real fetcher."""
    stage.pages[f"{HOST}/credentials/toolbox"] = course(stage)
    stage.names["credentials.example.org"] = [PUBLIC]
    return f"{HOST}/credentials/toolbox".encode()


TWINS: Mapping[str, Build] = {
    "json": course,
    "json-ld": course,
    "dates": course,
    "identifiers": course,
    "keys": course,
    "status": course,
    "courses": program,
    **{f"jwt-{kind.lower()}": _token(kind) for kind in ("Ed25519", "P-256", "P-384", "RSA")},
    "jwt": lambda stage: stage.token(open_badge(stage), {"typ": "JWT"}),
    "sd-jwt": genuine,
    "cose": message,
    "presentation": lambda stage: stage.text(presentation(HOLDER_DID, [awarded(stage)])),
    "record": lambda stage: stage.text(clr(stage, contained(stage))),
    "endorsement": lambda stage: stage.text(endorsed(stage)),
    "ecdsa-sd": lambda stage: stage.text(derived(stage)),
    "recipient": course,
    "zip": lambda stage: archive(("certificate.json", course(stage))),
    "links": _published,
    "qr": lambda stage: picture(_published(stage).decode()),
    "png": lambda stage: png(itxt(course(stage))),
    "svg": lambda stage: svg(element_of(course(stage))),
    "pdf": lambda stage: pdf_with(stream(course(stage), VC)),
    **{f"proofs-{suite.lower()}-{kind.lower()}": _suite(suite, kind) for suite, kind in SUITES},
}
