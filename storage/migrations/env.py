"""What Alembic runs around the revisions. Only ever called by storage.migrations.upgrade."""

from alembic import context

from storage.models import Base

# transactional_ddl: both databases roll back DDL; Alembic assumes that SQLite does not
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
