"""Decisions that can be replayed, facts that can be taken back, statuses with their cause, keys with a role.

SQLite cannot change a constraint of a table. Three tables are made anew, then: nothing refers to `session`, and of
`api_key` and `signed` the second refers to the first.
"""

import sqlalchemy as sa
from alembic import op

from issuer.store import guards

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# table -> why its rows stay as they were written
_APPEND_ONLY = {
    "catalogue_revision": "a catalogue is followed by a newer one",
    "session": "a session is followed by a newer revision of it",
}

_WHAT_A_KEY_IS = "id, organization, name, hash, role, scope, created_at, created_by"
_WHAT_AN_INTENT_IS = "number, id, request_digest, idempotency_key, unsecured, api_key, intended_at"


def upgrade() -> None:
    _columns()
    _sessions()
    _keys()
    _guards()


def _columns() -> None:
    op.create_table(
        "catalogue_revision",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organization", sa.String(), nullable=True),
        sa.Column("imported_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_catalogue_revision")),
    )
    op.create_table(
        "decided_up_to",
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fact", sa.Integer(), nullable=False),
        sa.Column("status_change", sa.Integer(), nullable=False),
        sa.Column("credential", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("program", "version", name=op.f("pk_decided_up_to")),
    )
    op.add_column("course_version", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
    op.add_column("program_version", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
    op.add_column("fact", sa.Column("as_of", sa.String(), nullable=True))
    op.create_index(op.f("ix_fact_subject_learner"), "fact", ["subject", "learner"], unique=False)
    op.add_column("decision", sa.Column("inputs", sa.Text(), nullable=True))
    op.add_column("decision", sa.Column("holds_until", sa.String(), nullable=True))
    op.create_index(
        op.f("ix_decision_program_version_holds_until"),
        "decision",
        ["program", "version", "holds_until"],
        unique=False,
    )
    op.add_column("status_history", sa.Column("cause", sa.String(), server_default="hand", nullable=False))
    op.add_column("status_history", sa.Column("actor", sa.String(), server_default="", nullable=False))
    op.add_column("status_history", sa.Column("until", sa.String(), nullable=True))
    op.add_column("credential", sa.Column("decision", sa.Integer(), nullable=True))


def _sessions() -> None:
    """Each as the revision 0, from before revisions were counted."""
    op.rename_table("session", "session_before")
    if op.get_bind().dialect.name == "postgresql":  # where the name of an index is taken in the whole schema
        op.execute("ALTER INDEX pk_session RENAME TO pk_session_before")
    op.create_table(
        "session",
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("course", "code", "revision", name=op.f("pk_session")),
    )
    op.execute(
        "INSERT INTO session (course, code, revision, content) SELECT course, code, 0, content FROM session_before"
    )
    op.drop_table("session_before")


def _keys() -> None:
    """The child goes first and comes back last, so that no reference ever dangles."""
    op.execute("CREATE TEMPORARY TABLE kept_signed AS SELECT * FROM signed")
    op.execute("CREATE TEMPORARY TABLE kept_key AS SELECT * FROM api_key")
    op.drop_table("signed")
    op.drop_table("api_key")
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organization", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), server_default="", nullable=False),
        sa.Column("revoked_at", sa.String(), nullable=True),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_api_key_hash_length")),
        sa.CheckConstraint("scope IN ('', 'sign', 'status', 'sign status')", name=op.f("ck_api_key_scope")),
        sa.CheckConstraint(
            "role IN ('viewer', 'registrar', 'approver', 'administrator')", name=op.f("ck_api_key_role")
        ),
        sa.CheckConstraint("(role IS NULL) = (scope <> '')", name=op.f("ck_api_key_role_or_scope")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
    )
    op.create_table(
        "signed",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("unsecured", sa.LargeBinary(), nullable=False),
        sa.Column("api_key", sa.Integer(), nullable=False),
        sa.Column("intended_at", sa.String(), nullable=False),
        sa.Column("secured", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("released_at", sa.String(), nullable=True),
        sa.CheckConstraint("length(request_digest) = 32", name=op.f("ck_signed_request_digest_length")),
        sa.CheckConstraint("(secured IS NULL) = (released_at IS NULL)", name=op.f("ck_signed_released_is_signed")),
        sa.CheckConstraint("(secured IS NULL) = (digest IS NULL)", name=op.f("ck_signed_signed_has_digest")),
        sa.CheckConstraint("digest IS NULL OR length(digest) = 32", name=op.f("ck_signed_digest_length")),
        sa.ForeignKeyConstraint(["api_key"], ["api_key.id"], name=op.f("fk_signed_api_key")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_signed")),
        sa.UniqueConstraint("id", name=op.f("uq_signed_id")),
        sa.UniqueConstraint("api_key", "idempotency_key", name=op.f("uq_signed_api_key_idempotency_key")),
    )
    op.execute(
        "INSERT INTO api_key (id, name, hash, scope, created_at, revoked_at) "
        "SELECT id, name, hash, scope, created_at, revoked_at FROM kept_key"
    )
    op.execute(
        "INSERT INTO signed (number, id, request_digest, idempotency_key, unsecured, api_key, intended_at, secured, "
        "digest, released_at) SELECT number, id, request_digest, idempotency_key, unsecured, api_key, intended_at, "
        "secured, digest, released_at FROM kept_signed"
    )
    op.execute("DROP TABLE kept_signed")
    op.execute("DROP TABLE kept_key")


def _guards() -> None:
    for table, why in _APPEND_ONLY.items():
        guards.append_only(table, why)
    guards.refuse(
        "credential_decision_stays", "UPDATE", "credential", why="it was made on that decision", columns="decision"
    )
    # Those of 0002 went with their tables.
    guards.refuse("api_key_is_never_deleted", "DELETE", "api_key", why="what it had signed names it")
    guards.refuse(
        "api_key_is_never_changed", "UPDATE", "api_key", why="a key is followed by a new key", columns=_WHAT_A_KEY_IS
    )
    guards.refuse(
        "revoked_key_is_final",
        "UPDATE",
        "api_key",
        why="a revoked key never opens again",
        columns="revoked_at",
        when="OLD.revoked_at IS NOT NULL",
    )
    guards.refuse("signed_is_never_deleted", "DELETE", "signed", why="what was signed is in the world")
    guards.refuse(
        "signed_intent_is_never_changed",
        "UPDATE",
        "signed",
        why="what was meant to be signed stays",
        columns=_WHAT_AN_INTENT_IS,
    )
    guards.refuse(
        "signed_stays_as_signed",
        "UPDATE",
        "signed",
        why="what was signed stays as it was signed",
        columns="secured, digest, released_at",
        when="OLD.secured IS NOT NULL",
    )
