"""What joins servers: a bus in this process or in Redis, and how events, rooms and questions cross it."""
