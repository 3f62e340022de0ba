"""The client's end of a session: its transports, its seats, and when to try again."""
