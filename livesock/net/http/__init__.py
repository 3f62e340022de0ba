"""The front door of a server: its listener, the HTTP connections, pages, raw WebSocket routes, access and limits."""
