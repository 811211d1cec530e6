"""The three services. Each stands alone and imports only `shared`."""
