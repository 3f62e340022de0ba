"""Thirty lines that work with a friendly client: no control frames, no fragments, one frame in each read."""

import base64
import hashlib
import socket
import sys
import threading


def serve(sock):
    head = sock.recv(4096).decode()
    key = head.split("Sec-WebSocket-Key: ")[1].split("\r\n")[0]
    digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    accept = base64.b64encode(digest).decode()
    sock.sendall(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
    )
    while frame := sock.recv(4096):
        length, start = frame[1] & 127, 6
        if length == 126:
            length, start = int.from_bytes(frame[2:4], "big"), 8
        mask, payload = frame[start - 4 : start], frame[start : start + length]
        data = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        header = (
            bytes([frame[0], len(data)]) if len(data) < 126 else bytes([frame[0], 126]) + len(data).to_bytes(2, "big")
        )
        sock.sendall(header + data)
    sock.close()


server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
