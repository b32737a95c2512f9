"""Canonical forms compiled by shape: what `vc.jsonld.canonical_form` would say, in a hundredth of its time, or nothing.

The certificates of one program are one document with a few other words in it. What JSON-LD and RDFC-1.0 make of such a
document is made once, with holes where the words stand, and from then on the words are put into the holes:

    shapes = Shapes()
    shapes.canonical(document, rule=OPEN_BADGES)     # bytes, or None: then the full path decides
    shapes.learn(document, rule=OPEN_BADGES)         # after the full path accepted it; two of a kind make a shape

Why the answer is exact. A *shape* is a document some of whose texts are holes (`vc.compiled.pattern`). It answers for a
document that equals it everywhere else: the same members, the same lengths, the same contexts with the same contents,
the same types, numbers, truth values and all other texts. Between two such documents:

(1) *What expansion looks at.* JSON-LD reads names of members, contexts, types and whether a value is a text. All of
    that is equal. At the text in a hole it looks only where an IRI is due: is it a word of the contexts, a prefix of
    one, or relative? In all other places a text becomes a literal, whatever it says.
(2) *What the guards fix.* A hole for an IRI takes only absolute ones of visible ASCII whose scheme is one of a short
    list and no word of these contexts (`vc.compiled.guards`): so each stands for itself. A hole for a literal takes any
    text and escapes it as `vc.rdfc` does. No two nodes get one id, no two statements fall together, and no two nodes
    without an id look alike: if any of that would happen, there is no answer.
(3) *What therefore cannot differ.* The statements are those of the shape with the texts in their places. Which texts
    land where, and as what, is not computed by rules of our own: the full path is run on two copies of the document in
    which every hole holds a mark, and the marks are looked up in what comes out (`vc.compiled.compiling`). Where every
    node without an id has a first-degree hash of its own, RDFC-1.0 labels by these hashes alone and sorts
    (`vc.compiled.rendering`), and everything that the full path refuses was refused when the shape was made or is
    excluded by (2).

Before a shape is used it must give, for the documents that it was made of, the bytes that the full path gives.

Shapes come from strangers, too, so nothing of a document ever becomes code, only documents that the full path accepted
are learnt from, and what is kept is bounded (`vc.compiled.shapes`).
"""

from vc.compiled.remembered import Remembered
from vc.compiled.shapes import Lesson, Shapes, canonical_bytes

__all__ = ["Lesson", "Remembered", "Shapes", "canonical_bytes"]
