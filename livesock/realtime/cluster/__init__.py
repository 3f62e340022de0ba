"""What the servers of a cluster say to each other, and who has answered."""
