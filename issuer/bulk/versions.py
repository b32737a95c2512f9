"""Which workflows the engine's tables hold: one more whenever what a workflow does, or in which order, changes.

A worker does only workflows of its own version. What was queued by another is handed out anew as soon as no worker of
that version is alive (`issuer.bulk.worker`), so an upgrade strands nothing.
"""

VERSION = "1"
