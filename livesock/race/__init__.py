"""The same events delivered in several ways at once, measured by what the clients saw, and drawn as lanes."""
