"""A Socket.IO client: its sessions and what carries them, its seats, and the thread on which its handlers run."""
