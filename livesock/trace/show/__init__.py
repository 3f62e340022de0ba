"""A trace shown: as text for a terminal, as a picture for a notebook, as a capture file for Wireshark."""
