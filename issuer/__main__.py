"""`python -m issuer` is the command `issuer`."""

from issuer.cli import main

main()
