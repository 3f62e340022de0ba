"""What bytes mean: HTTP heads, the handshake, frames, close codes, server-sent events.

Everything here is pure: bytes in, values out; no sockets, clocks, threads or randomness. Every decoder can also
*explain*: it names each part, the bits it occupies, what it says and the section where that is written.

    chunks ──> Conversation ──> rows       one TCP connection: HTTP, then WebSocket after a 101
                 ├── http       heads and bodies        ├── frames     the bits of a frame, the rules of a stream
                 ├── handshake  what makes a 101 valid  ├── codes      close codes
                 ├── sse        server-sent events      └── deflate    permessage-deflate
                 └── tls        records, opaque
"""
