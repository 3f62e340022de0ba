"""The server's end of a session: its heartbeat and upgrade, its seats, rooms, and coming back."""
