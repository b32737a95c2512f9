"""What the W3C test suites need to talk to: `make conformance`; docs/conformance.md says how to repeat the scores.

A test harness. It signs with keys made from words, which nothing else in this project may do, and in the profile
`proof-only` it lets pass what the production rules refuse. Nothing in `vc`, `issuer` or `verifier` imports it, and
nothing that these read (a setting, a request, the environment) can choose one of its profiles;
`test_out_of_reach.py` looks.

* `profiles.py`: the two sets of rules
* `data_model.py`: what a document must be, beyond `vc.model`
* `calls.py`, `issuing.py`, `verifying.py`: the endpoints, as functions from a request's body to an answer
* `envelopes.py`, `tokens.py`: credentials and presentations that travel as a token
* `service.py`, `certificate.py`, `__main__.py`: the same on https, on the loopback address
* `jose_cose.py`: the command that the JOSE and COSE suite runs; `jwk_signer.py`, `p521.py`: the keys in its files
* `suites.py`, `mocha.py`, `rdf_canon.py`: the suites, run against it, and their scores
"""
