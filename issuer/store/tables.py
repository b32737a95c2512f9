"""The tables as they are now (SQLAlchemy Core). The migrations make them; a test holds the two together.

What decides and what is issued stands here; what the registrar's office keeps, in `issuer.store.office_tables`.

Times are RFC 3339 text in UTC ("2026-04-01T12:00:00Z"), days ISO 8601 text: they sort, and both databases keep them
alike. Text is compared by code points and numbers have 64 bits, on PostgreSQL too (`migrations/env.py`). Facts,
decisions and status changes are append-only; certificates are never deleted and what was signed, by decision or on
request, is never rewritten. The database enforces it by triggers (`issuer.store.guards`), so that no bug of ours can do
otherwise.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

organization = Table(
    "organization",
    metadata,
    Column("code", String, primary_key=True),
    Column("content", Text, nullable=False),
)

# Every import is a revision: a decision names the one that it was made with, and can be replayed with it.
catalogue_revision = Table(
    "catalogue_revision",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("organization", String),  # whose catalogue it was; NULL: the operator's import
    Column("imported_at", String, nullable=False),
)

# Without its sessions, which come and go while a version stays what it is.
course_version = Table(
    "course_version",
    metadata,
    Column("code", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),  # with which it came
)

# Appended with every import that changes it: the newest revision of a session holds.
session = Table(
    "session",
    metadata,
    Column("course", String, primary_key=True),
    Column("code", String, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
)

program_version = Table(
    "program_version",
    metadata,
    Column("code", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),  # with which it came
)

fact = Table(
    "fact",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),  # names the content, so the same content is one row
    Column("kind", String, nullable=False),
    Column("learner", String, nullable=False),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False),
    Column("subject", String, nullable=False),  # the course, or the program enrolled in
    Column("session", String),
    Column("language", String),
    Column("outcome", String),
    Column("grade", String),
    Column("day", String),  # completed or enrolled on
    Column("identity_verified", Boolean),
    Column("fee_paid", Boolean, nullable=False),
    Column("narrative", Text),
    Column("source", String, nullable=False),
    Column("recorded_at", String, nullable=False),
    Column("as_of", String),  # since when its source says so
    CheckConstraint("kind IN ('completion', 'enrolment')", name="kind"),
    Index(None, "learner"),
    Index(None, "subject", "learner"),
)

decision = Table(
    "decision",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("learner", String, nullable=False),
    Column("program", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("outcome", String, nullable=False),
    Column("canonical", LargeBinary, nullable=False),
    Column("digest", String, nullable=False),
    Column("evidence", Text, nullable=False),  # the fact ids, a JSON array
    Column("decided_at", String, nullable=False),
    Column("inputs", Text),  # all that it was made of, a JSON object; NULL for those before schema 0003
    Column("holds_until", String),  # the last day on which the same facts decide the same; NULL: for ever
    Index(None, "program", "version"),  # in the order of the sequences: a page of them
    Index(None, "program", "version", "learner"),
    Index(None, "program", "version", "holds_until"),
)

# How far the facts, statuses and catalogue were taken into account when a program version was decided last.
decided_up_to = Table(
    "decided_up_to",
    metadata,
    Column("program", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("fact", Integer, nullable=False),  # the newest sequence
    Column("status_change", Integer, nullable=False),  # the newest sequence
    Column("credential", Integer, nullable=False),  # the newest number
    Column("revision", Integer, nullable=False),
    Column("day", String, nullable=False),
    Column("everybody", Boolean, nullable=False),  # False: only those with an award, of a version that is over
)

award = Table(
    "award",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("learner", String, nullable=False),
    Column("program", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("decision", Integer, ForeignKey("decision.sequence"), nullable=False),
    Column("awarded_at", String, nullable=False),
    UniqueConstraint("learner", "program", "version"),
)


def _only(condition: str) -> dict[str, Any]:
    """Of an index: it holds the rows for which this is so, and no others."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


_OPEN = _only("closed IS NULL")

status_list = Table(
    "status_list",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("organization", String, nullable=False),  # whose certificates it holds; their DID signs it
    Column("length", Integer, nullable=False),
    Column("version", Integer, nullable=False),  # one more with every bit that changes
    Column("name", String, nullable=False, server_default=""),  # in its address; random since schema 0005
    Column("closed", String),  # why no more of its indices are given out; NULL: they are
    Index(None, "organization"),
    Index(None, "name", unique=True),
    Index("ix_status_list_open", "organization", unique=True, **_OPEN),
)

# Which indices of a list were ever given out: a bit for each. Apart from the list, whose row changes more often.
given_out = Table(
    "given_out",
    metadata,
    Column("list_number", Integer, ForeignKey("status_list.number"), primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    Column("bits", LargeBinary, nullable=False),
)


# That this store is a copy of another, made to be restored one day: what was recorded there since is unknown here.
copied = Table(
    "copied",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("copied_at", String),  # NULL: nobody knows
    Column("settled_at", String),  # NULL: the operator has not said yet that he restored it
)

# Bits that a list had which was published before its store was restored, of certificates that are unknown since.
lost_bit = Table(
    "lost_bit",
    metadata,
    Column("list_number", Integer, ForeignKey("status_list.number"), primary_key=True, autoincrement=False),
    Column("list_index", Integer, primary_key=True, autoincrement=False),
)

_NOT_VALID = _only("status <> 'valid'")  # `issuer.store.credentials.fallen` says it in the same words

credential = Table(
    "credential",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("share_id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("organization", String, nullable=False),
    Column("learner", String, nullable=False),
    Column("subject", String, nullable=False),  # the course or program
    Column("version", Integer, nullable=False),  # of the course or program
    Column("subject_key", String, nullable=False),  # what there is at most one of: course/session, program/version
    Column("edition", Integer, nullable=False),  # 1, and one more with every correction
    Column("fact", String, ForeignKey("fact.id")),
    Column("award", Integer, ForeignKey("award.number")),
    Column("decision", Integer),  # the sequence of the one that it rests on; NULL: the award's
    Column("list_number", Integer, ForeignKey("status_list.number"), nullable=False),
    Column("list_index", Integer, nullable=False),
    Column("unsecured", LargeBinary, nullable=False),  # the intent: what is to be signed
    Column("intended_at", String, nullable=False),
    Column("supersedes", Integer, ForeignKey("credential.number")),
    Column("reason", Text),  # of a correction
    Column("secured", LargeBinary),  # exactly as signed
    Column("digest", LargeBinary),
    Column("released_at", String),
    Column("status", String, nullable=False),
    UniqueConstraint("kind", "learner", "subject_key", "edition"),
    UniqueConstraint("list_number", "list_index"),
    UniqueConstraint("supersedes"),
    CheckConstraint("kind IN ('course', 'program')", name="kind"),
    CheckConstraint("(kind = 'course') = (fact IS NOT NULL)", name="course_has_fact"),
    CheckConstraint("(kind = 'program') = (award IS NOT NULL)", name="program_has_award"),
    CheckConstraint("(secured IS NULL) = (released_at IS NULL)", name="released_is_signed"),
    CheckConstraint("(secured IS NULL) = (digest IS NULL)", name="signed_has_digest"),
    CheckConstraint("digest IS NULL OR length(digest) = 32", name="digest_length"),
    CheckConstraint("status IN ('valid', 'suspended', 'revoked', 'superseded')", name="status"),
    Index(None, "subject"),
    Index(None, "organization"),  # in the order of the numbers: a page of an organization's
    Index(None, "organization", "kind", "intended_at"),
    Index(None, "organization", "learner"),
    # Of the many certificates the few of whom something is to be said. In a row the status and what was signed stand
    # behind the certificate's bytes: to look for them there would be to read every certificate that there is.
    Index("ix_credential_pending", "organization", **_only("secured IS NULL")),
    Index("ix_credential_fallen", "organization", "status", **_NOT_VALID),
    Index("ix_credential_fallen_learner", "learner", **_NOT_VALID),
    Index("ix_credential_fallen_bit", "list_number", "list_index", **_NOT_VALID),
)

# Which Course Certificates a program certificate binds by their digests.
included = Table(
    "included",
    metadata,
    Column("program_credential", Integer, ForeignKey("credential.number"), primary_key=True),
    Column("course_credential", Integer, ForeignKey("credential.number"), primary_key=True),
    Index(None, "course_credential"),
)

status_history = Table(
    "status_history",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("credential", Integer, ForeignKey("credential.number"), nullable=False),
    Column("status", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String, nullable=False),
    Column("cause", String, nullable=False, server_default="hand"),  # by hand, or because of what
    Column("actor", String, nullable=False, server_default=""),  # who did it
    Column("until", String),  # the last day on which it can be put right, before more follows
    CheckConstraint("status IN ('valid', 'suspended', 'revoked', 'superseded')", name="status"),
    CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
    Index(None, "credential"),
)

# Who may call the API. Of the key itself only a hash is kept. It has a role (`issuer.access`), or scopes of its own.
api_key = Table(
    "api_key",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("organization", String),  # whose staff; NULL: the operator's, for every organization
    Column("name", String, nullable=False),
    Column("hash", LargeBinary, nullable=False),  # SHA-256 of 32 random bytes
    Column("role", String),
    Column("scope", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("created_by", String, nullable=False, server_default=""),
    Column("revoked_at", String),
    CheckConstraint("length(hash) = 32", name="hash_length"),
    CheckConstraint("scope IN ('', 'sign', 'status', 'sign status')", name="scope"),
    CheckConstraint("role IN ('viewer', 'registrar', 'approver', 'administrator')", name="role"),
    CheckConstraint("(role IS NULL) = (scope <> '')", name="role_or_scope"),
)

# What callers of the API had signed. It is apart from the certificates, which only decisions make.
signed = Table(
    "signed",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),  # the credential's own
    Column("request_digest", LargeBinary, nullable=False),  # of the credential as it was asked for
    Column("idempotency_key", String),
    Column("unsecured", LargeBinary, nullable=False),  # the intent: what is to be signed
    Column("api_key", Integer, ForeignKey("api_key.id"), nullable=False),
    Column("intended_at", String, nullable=False),
    Column("secured", LargeBinary),  # exactly as signed
    Column("digest", LargeBinary),
    Column("released_at", String),
    UniqueConstraint("api_key", "idempotency_key"),
    CheckConstraint("length(request_digest) = 32", name="request_digest_length"),
    CheckConstraint("(secured IS NULL) = (released_at IS NULL)", name="released_is_signed"),
    CheckConstraint("(secured IS NULL) = (digest IS NULL)", name="signed_has_digest"),
    CheckConstraint("digest IS NULL OR length(digest) = 32", name="digest_length"),
)
