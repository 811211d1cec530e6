"""How Alembic runs this service's history: on the connection that it is handed."""

from alembic import context

from shared.migrate import run

run(context)
