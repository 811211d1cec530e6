"""The commands of `rapport`, by what they are about. They call handlers and print; rules live in the services."""
