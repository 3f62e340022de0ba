"""Socket.IO on the server: sessions and what carries them, namespaces, seats, and the handlers that run."""
