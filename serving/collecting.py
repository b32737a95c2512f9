"""How often Python's collector looks for cycles that nobody holds any more.

    seldom()        # once, where a process begins

Some hundred certificates in the making are forty thousand dicts and lists, and nearly none of them is in a cycle: they
go when nobody holds them, without the collector. By default it looks through what is new every 700 of them, and every
now and then through all that there is, imported modules included, which took a tenth of a certificate's time. What is
in cycles (an exception with its frames, a closed connection) now waits a little longer: some tens of megabytes at most.
"""

import gc

_NEW, _YOUNG, _OLD = 20_000, 50, 100
"""`gc.set_threshold`: containers until what is new is looked through, times until what survived that is, and so on."""


def seldom() -> None:
    gc.set_threshold(_NEW, _YOUNG, _OLD)
