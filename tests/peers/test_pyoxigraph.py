"""RDFC-1.0 by pyoxigraph, in Rust, and by us: the same labels and the same bytes."""

from collections.abc import Iterable

import pytest

from tests.optional import need
from tests.peers import samples
from tests.peers.graphs import mirrored, n_quads
from vc.context_rules import CREDENTIAL, OPEN_BADGES, ContextRule
from vc.jsonld import canonical_form, to_quads
from vc.rdfc import Quad, canonicalize, literal

try:
    import pyoxigraph
except ImportError:
    MISSING = True
else:
    MISSING = False


@pytest.fixture(autouse=True)
def _installed() -> None:
    need(not MISSING, "pyoxigraph (pip install -e '.[dev]')")


def _theirs(quads: Iterable[Quad], algorithm: str = "RDFC_1_0") -> str:
    """Canonical N-Quads by pyoxigraph."""
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(n_quads(quads), pyoxigraph.RdfFormat.N_QUADS))
    dataset.canonicalize(getattr(pyoxigraph.CanonicalizationAlgorithm, algorithm))
    written = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS)
    assert written is not None
    return "".join(sorted(written.decode().splitlines(keepends=True)))


@pytest.mark.parametrize("kind", samples.CERTIFICATES)
def test_our_certificates(kind: str) -> None:
    credential = samples.CERTIFICATES[kind]()
    assert canonical_form(credential, rule=OPEN_BADGES).text == _theirs(to_quads(credential, rule=OPEN_BADGES))


def test_with_sha_384() -> None:
    credential = samples.program()
    ours = canonical_form(credential, rule=OPEN_BADGES, algorithm="sha384").text
    assert ours == _theirs(to_quads(credential, rule=OPEN_BADGES), "RDFC_1_0_SHA_384")


@pytest.mark.parametrize("rule", [CREDENTIAL], ids=["status list"])
def test_our_status_list(rule: ContextRule) -> None:
    unsecured = {name: value for name, value in samples.status_list(5).items() if name != "proof"}
    assert canonical_form(unsecured, rule=rule).text == _theirs(to_quads(unsecured, rule=rule))


@pytest.mark.parametrize("seed", range(4))
def test_small_graphs_of_nodes_that_look_alike(seed: int) -> None:
    """In one graph, as badges are. Where several graphs link the same two nodes, pyoxigraph counts the node once;
    RDFC-1.0 section 4.8.3 step 3 counts it every time, and so do we and rdf-canonize (test_digitalbazaar.py)."""
    for quads in mirrored(100, graphs=("",), seed=seed):
        assert canonicalize(quads, budget=10_000_000).text == _theirs(quads)


def test_lines_are_sorted_by_code_point() -> None:
    """RDFC-1.0 section 4.4.3 step 6; UTF-16 code units sort these two the other way round."""
    graph = {("<a:s>", "<a:p>", literal(text), "") for text in ("\uff21", "\U0001d538")}
    assert canonicalize(graph).text == _theirs(graph)
