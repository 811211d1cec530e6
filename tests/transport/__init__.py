"""The same promises on every form of every part: memory, embedded and Kafka logs, SQLite and PostgreSQL, real mail servers."""
