"""Alembic's entry: the migrations run on the connection, and in the transaction, of `issuer.store.schema`."""

from alembic import context

from issuer.store.bulk_tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
