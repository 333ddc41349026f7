"""Alembic's entry: the program hands over a connection that is already in a transaction."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transactional_ddl=True, render_as_batch=False)
context.run_migrations()
