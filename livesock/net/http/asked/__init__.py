"""What a handler gets of a request."""
