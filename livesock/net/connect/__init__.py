"""The way to a server: where it is, recorded sockets that reach it, and what to say when they do not."""
