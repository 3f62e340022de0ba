"""The way to a server: where it is, recorded sockets that reach it, and advice when they do not."""
