"""Selective disclosure of statements: what ecdsa-sd-2023 needs beside its signatures (vc-di-ecdsa 1.0 section 3.4).

`pointers` chooses a part of a document, `statements` turns document and part into the same canonical lines, and
`proof_value` packs what travels.

A credential's holder decides what is shown, the issuer what must be. Whatever else the issuer said, a verifier neither
sees nor knows of; so what makes a credential invalid, its status and its end, must be among what must be shown.
"""
