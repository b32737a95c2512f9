"""What one credential costs to issue and to verify: by us, by the libraries beside us, and by the hashing alone.

    python -m benchmarks.one_credential

Everybody signs and verifies the same documents (`benchmarks.cohort_documents`) with the same key at the same second;
the rows with `eddsa-rdfc-2022` must come to the same signature, and each verifies what the others signed, which is
looked at before anything is timed. To issue is from an unsecured object to the secured text, to verify from the text to
a verdict on the signature; status, form and trust are not part of it.
"""

import json
from collections.abc import Iterator, Mapping

from benchmarks import peers_in_node, peers_in_python
from benchmarks.cohort_documents import documents
from benchmarks.peers_in_python import Step
from benchmarks.timing import Contender, InProcess, Table, interleaved, machine, micro, printed, times
from vc.context_rules import OPEN_BADGES
from vc.jsonld import canonical_form

COHORT = 64  # documents taken in turn: more than any cache of single answers would be of use for


def tables(rounds: int = 7) -> Iterator[Table]:
    cohort = documents(COHORT)
    steps = peers_in_python.steps(cohort)
    with peers_in_node.beside(cohort, steps["full"].secured) as node:
        if node is not None:
            peers_in_node.agree(node, steps["full"])
        peers_in_python.agree(steps)
        note = _about(cohort[0])
        yield _table("Issue one credential", "issue", steps, node, rounds, note)
        yield _table("Verify one credential", "verify", steps, node, rounds, note)


def _table(
    title: str, what: str, steps: Mapping[str, Step], node: "peers_in_node.Node | None", rounds: int, note: str
) -> Table:
    contest: dict[str, Contender] = {step.name: InProcess(getattr(step, what)) for step in steps.values()}
    if node is not None:
        contest[peers_in_node.NAME] = node.contender(what)
    spent = interleaved(contest, rounds=rounds)
    floor = spent[steps["floor"].name].median
    peer = spent[peers_in_node.NAME].median if node is not None else None
    rows = [
        (name, micro(one.median), times(one.median, floor), "" if peer is None else times(peer, one.median))
        for name, one in sorted(spent.items(), key=lambda item: item[1].median)
    ]
    missing = () if node is not None else (f"{peers_in_node.NAME} is not here: {peers_in_node.HINT}.",)
    return Table(title, ("", "µs of CPU", "× the floor", "× faster than @digitalbazaar/vc"), rows, (note, *missing))


def _about(document: dict[str, object]) -> str:
    canonical = canonical_form(document, rule=OPEN_BADGES)
    nquads = len(canonical.text.encode())
    size = len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
    return (
        f"A Specialization of six courses: {size:,} bytes of JSON, {canonical.text.count(chr(10))} statements, "
        f"{len(canonical.labels)} blank nodes, {nquads:,} bytes of canonical N-Quads; {COHORT} learners."
    )


if __name__ == "__main__":
    print(machine())
    for _ in printed(tables()):
        pass
