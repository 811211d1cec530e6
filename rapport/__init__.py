"""What one starts: the command line, the embedded all-in-one, the WSGI entry, the demo."""
