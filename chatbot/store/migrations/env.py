"""How Alembic reaches the store: on the connection that `chatbot.store.database.schema` hands over, inside its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
