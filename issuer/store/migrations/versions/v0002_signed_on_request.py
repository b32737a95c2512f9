"""What is signed for callers of the API, and the keys that they call with."""

import sqlalchemy as sa
from alembic import op

from issuer.store import guards

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WHAT_A_KEY_IS = "id, name, hash, scope, created_at"
_WHAT_AN_INTENT_IS = "number, id, request_digest, idempotency_key, unsecured, api_key, intended_at"


def upgrade() -> None:
    _tables()
    _guards()


def _guards() -> None:
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


def _tables() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.String(), nullable=True),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_api_key_hash_length")),
        sa.CheckConstraint("scope IN ('sign', 'status', 'sign status')", name=op.f("ck_api_key_scope")),
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
