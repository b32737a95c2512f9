"""The fast path of canonicalization against two full implementations, on documents made to tell them apart.

`vc.compiled.Shapes` answers with the bytes that `vc.jsonld.canonical_form` would give, or is silent. Here that is put
to the test: seeded families of credentials (`corpus`, `families`) with values of every odd kind (`values`), changed
within the slots that a shape may leave open and far beyond them (`mutants`). Every answer is compared with the full
path, which is ours on PyLD, and with pyoxigraph, which is Rust from the JSON-LD to the canonical form
(`references`). Where these two differ, a cause must explain it (`causes`).

    python -m tests.exactness --hits 1000000 --processes 2
"""
