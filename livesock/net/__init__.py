"""Sockets and threads: the background loop, the tap and its trace, the transport, the network simulator."""
