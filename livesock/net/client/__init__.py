"""A Socket.IO client: its sessions and what carries them, its seats, and the thread that its handlers run on."""
