"""The background: an asyncio loop in a thread of its own, blocking handlers, and what runs in this process."""
