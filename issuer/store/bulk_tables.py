"""The tables of bulk runs: what was asked for, the chunks that it is divided into, what failed, and who works.

Times are as in `issuer.store.tables`, whose metadata these belong to. What the durable engine keeps beside them is its
own and may be lost: all that a run needs to go on stands here (docs/adr/0041).
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from issuer.store.office_tables import metadata

__all__ = ["metadata"]

bulk_run = Table(
    "bulk_run",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("organization", String),  # whose certificates; NULL: of everybody
    Column("kind", String, nullable=False),
    Column("cohort", Integer, ForeignKey("cohort.number")),
    Column("program", String),  # of what is due only this program's; NULL: all
    Column("decides", Boolean, nullable=False),  # what a change affects is decided before
    Column("beyond", Boolean, nullable=False),  # two people approved of more than the limit of an hour
    Column("asked_by", String, nullable=False),
    Column("asked_as", String),  # the organization for which he acts; NULL: the operator
    Column("asked_at", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", Text),  # why it is paused or waits
    Column("again_at", String),  # when one that waits goes on
    Column("leg", Integer, nullable=False),  # how many times chunks were handed to the engine
    Column("planned_up_to", String, nullable=False),  # the last learner who is in a chunk
    Column("planned", Boolean, nullable=False),  # everybody is in a chunk
    Column("already", Integer, nullable=False),  # certificates that were there before the run began
    Column("ended_at", String),
    CheckConstraint("kind IN ('cohort', 'due')", name="kind"),
    CheckConstraint("(kind = 'cohort') = (cohort IS NOT NULL)", name="cohort_is_named"),
    CheckConstraint("state IN ('running', 'waiting', 'paused', 'cancelled', 'done')", name="state"),
    CheckConstraint("(state IN ('cancelled', 'done')) = (ended_at IS NOT NULL)", name="ended"),
    Index(None, "organization"),
    Index(None, "state"),
)

bulk_chunk = Table(
    "bulk_chunk",
    metadata,
    Column("run", Integer, ForeignKey("bulk_run.number"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("first", String, nullable=False),  # the first learner of it
    Column("last", String, nullable=False),  # and the last
    Column("facts", Text, nullable=False),  # of what is due: numbers of facts, a JSON array
    Column("decisions", Text, nullable=False),  # and of decisions
    Column("size", Integer, nullable=False),  # certificates that are to be issued
    Column("already", Integer, nullable=False),  # that were there when it was planned
    Column("state", String, nullable=False),
    Column("leg", Integer, nullable=False),  # in which it was handed to the engine; 0: never
    Column("begun", Integer, nullable=False),  # how many times since it was settled
    Column("issued", Integer, nullable=False),  # so far, as the certificates of the store say
    Column("failed", Integer, nullable=False),
    Column("courses", Integer, nullable=False),  # Course Certificates beside a cohort's own
    Column("worker", String),  # who worked on it last
    Column("done_at", String),
    CheckConstraint("state IN ('open', 'queued', 'begun', 'limited', 'done')", name="state"),
    CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done"),
    Index(None, "run", "state"),
    Index(None, "run", "done_at"),
)

bulk_failure = Table(
    "bulk_failure",
    metadata,
    Column("run", Integer, ForeignKey("bulk_run.number"), primary_key=True),
    Column("learner", String, primary_key=True),
    Column("subject", String, primary_key=True),  # the course or program
    Column("why", Text, nullable=False),
)

# A process that works on runs. One that was not seen for a while is dead, and another takes over what it had begun.
bulk_worker = Table(
    "bulk_worker",
    metadata,
    Column("name", String, primary_key=True),
    Column("token", String, nullable=False),  # of the very process
    Column("host", String, nullable=False),
    Column("version", String, nullable=False),  # of the workflows that it knows
    Column("started_at", String, nullable=False),
    Column("seen_at", String, nullable=False),
    Column("ended_at", String),
)
