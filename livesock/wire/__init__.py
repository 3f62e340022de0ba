"""Bytes and the values that they stand for: HTTP heads, the handshake, frames, packets, server-sent events.

Everything here is pure: bytes in, values out; no sockets, clocks, threads or randomness.

    http/        heads and bodies                     frame        one frame, as a value and as bytes
    handshake    what makes a 101 valid               framereader  the rules of a stream of frames
    extensions   what both ends agreed on             codes        close codes
    sse          server-sent events                   deflate      permessage-deflate
    tls          records, opaque                      engineio, socketio   their packets

`explain/` says in words what each part of such bytes means.
"""
