"""The standards, pure: bytes and dicts in, objects or errors out.

Nothing here opens a socket, reads the clock, the environment or a file outside `contexts`, or draws a random number:
`fetch`, `resolver`, `now` and `signer` are arguments. Only errors of `vc.errors` leave the package.
"""
