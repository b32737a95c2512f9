"""The tables of the registrar's office: keys of organizations, webhooks, cohorts, mail, links, the audit log.

Times and days are as in `issuer.store.tables`, whose metadata these belong to. Append-only are the audit log, the
deliveries of webhooks and what happened to a cohort.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from issuer.store.tables import metadata

__all__ = ["metadata"]

# The public halves of the keys in whose names an organization's certificates are signed; the newest own one signs.
organization_key = Table(
    "organization_key",
    metadata,
    Column("organization", String, primary_key=True),
    Column("id", String, primary_key=True),  # the fragment of its verification method
    Column("public", String, nullable=False),  # a Multikey
    Column("created_at", String, nullable=False),
    Column("own", Boolean, nullable=False),  # False: the installation's, which signed for it before it had its own
)

# Who did what. Each row binds the one before it by its hash; each organization has a chain of its own, and so has the
# operator (the chain '').
audit = Table(
    "audit",
    metadata,
    Column("chain", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text, nullable=False),  # a JSON object, canonical
    Column("previous", LargeBinary, nullable=False),  # 32 bytes; zeros at the beginning of a chain
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("length(previous) = 32 AND length(hash) = 32", name="hash_length"),
)

# What a caller's Idempotency-Key was answered, so that the same request again does nothing again.
answered = Table(
    "answered",
    metadata,
    Column("api_key", Integer, ForeignKey("api_key.id"), primary_key=True),
    Column("idempotency_key", String, primary_key=True),
    Column("request_digest", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", String, nullable=False),
    CheckConstraint("length(request_digest) = 32", name="request_digest_length"),
)

# Requests that are being done now: two processes do one of them once. `since`: what is older was given up.
under_way = Table(
    "under_way",
    metadata,
    Column("api_key", Integer, ForeignKey("api_key.id"), primary_key=True, autoincrement=False),
    Column("idempotency_key", String, primary_key=True),
    Column("since", String, nullable=False),
)

# Where a source posts its events. Its secret is derived (`issuer.webhook_secrets`) and not kept here.
webhook = Table(
    "webhook",
    metadata,
    Column("id", String, primary_key=True),
    Column("organization", String, nullable=False),
    Column("source", String, nullable=False),  # an entry of `issuer.sources`
    Column("name", String, nullable=False),
    Column("mapping", Text, nullable=False),  # what the source does not say (`issuer.mappings`), a JSON object
    Column("created_at", String, nullable=False),
    Column("created_by", String, nullable=False),
    Column("revoked_at", String),
)

delivery = Table(
    "delivery",
    metadata,
    Column("webhook", String, ForeignKey("webhook.id"), primary_key=True),
    Column("id", String, primary_key=True),  # the sender's name for the message
    Column("signature_digest", LargeBinary, primary_key=True),  # of the very request: the same again is a replay
    Column("request_digest", LargeBinary, nullable=False),  # of its body
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", String, nullable=False),
)

# What a source sent and could not be taken: it stands in the queue until it was tried again or laid aside.
refused = Table(
    "refused",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("organization", String, nullable=False),
    Column("source", String, nullable=False),
    Column("webhook", String, ForeignKey("webhook.id")),  # by which it came, whose mapping it is read with
    Column("received_at", String, nullable=False),
    Column("problems", Text, nullable=False),  # a JSON array of texts
    Column("payload", LargeBinary, nullable=False),
    Column("settled_at", String),
    Column("settled_as", String),  # 'taken', or 'laid aside'
    Index(None, "organization", "settled_at"),
)

# A dry run that can be approved, issued and undone: one program version, one row for each learner.
cohort = Table(
    "cohort",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("organization", String, nullable=False),
    Column("program", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("prepared_at", String, nullable=False),
    Column("prepared_by", String, nullable=False),
    Index(None, "organization"),
)

cohort_row = Table(
    "cohort_row",
    metadata,
    Column("cohort", Integer, ForeignKey("cohort.number"), primary_key=True),
    Column("learner", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("outcome", String, nullable=False),  # of the dry run: ready, issued_already, not_eligible, held
    Column("decision", Integer, ForeignKey("decision.sequence")),
    Column("why", Text, nullable=False),  # a JSON array of objects: code, subject, text
    Column("state", String, nullable=False),  # what became of it: '', issued, failed, undone
    Column("problem", Text),
    Column("credential", Integer, ForeignKey("credential.number")),  # that this row issued
    Column("anew", Integer, ForeignKey("credential.number")),  # the revoked one in whose place it is to be issued
    Index(None, "credential"),
)

cohort_event = Table(
    "cohort_event",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("cohort", Integer, ForeignKey("cohort.number"), nullable=False),
    Column("event", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String, nullable=False),
    CheckConstraint("event IN ('prepared', 'approved', 'issued', 'undone', 'cancelled')", name="event"),
    Index(None, "cohort"),
)

# E-mail that is to be sent, was sent, or could not be: nothing is forgotten when the mail server is down.
mail = Table(
    "mail",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("organization", String, nullable=False),
    Column("learner", String, nullable=False),  # '' for staff
    Column("kind", String, nullable=False),
    Column("address", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("once", String, nullable=False),  # names the occasion, so that nobody is told twice
    Column("created_at", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", String, nullable=False),
    Column("problem", Text),
    Column("sent_at", String),
    Column("given_up_at", String),  # it is not tried again until somebody says so
    UniqueConstraint("once"),
    Index(None, "sent_at", "next_attempt_at"),
)

# Links with which a learner sees how things stand. Of the link itself only a hash is kept.
learner_link = Table(
    "learner_link",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256 of its random bytes
    Column("organization", String, nullable=False),
    Column("learner", String, nullable=False),
    Column("program", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("created_by", String, nullable=False),
    Column("revoked_at", String),
    CheckConstraint("length(hash) = 32", name="hash_length"),
    Index(None, "organization", "learner"),
)
