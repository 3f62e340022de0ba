"""The article, claim by claim: what it says, how right it is, and what of the lessons can show it."""

from livesock.learn.tables import claims

__all__ = ["CLAIMS"]

CLAIMS = claims(
    r"""
S1 wrong: WebSocket and socket are both communication protocols.
    zh: WebSocket和Socket都是…通信协议
    is: A socket is a handle of the operating system, not a protocol. The protocol below WebSocket is TCP.
    by: 01.three_sends 01.read_exactly 03.get_inside

S2 wrong: WebSocket is a protocol based on HTTP.
    zh: WebSocket是一种基于HTTP的协议
    is: Only its handshake is an HTTP request (RFC 6455, 1.7). After the 101 no byte of HTTP is sent.
    by: 03.get_inside 03.check_request 15.accept

S3 wrong: A socket is an entirely independent protocol.
    zh: Socket则是一种完全独立的协议
    is: It is no protocol; and a WebSocket runs on a TCP socket.
    by: 01.read_exactly 15.bind 01.three_sends

S4 half: WebSocket works both ways; a socket is a stream that is opened, used and closed.
    zh: WebSocket…双向…, Socket则是面向流的,需要建立连接、传输数据和关闭连接
    is: Both work both ways, and both are opened and closed. The difference: TCP is a stream without borders,
        WebSocket carries messages.
    by: 01.three_sends 05.Assembler 06.Closer 06.who_ends

S5 half: WebSocket passes HTTP proxies and firewalls; a socket needs a special port and address.
    zh: WebSocket可以通过HTTP代理和防火墙…, Socket则需要特殊的端口和IP
    is: It often passes, on 80 and 443, best on 443. Some proxies do not forward the upgrade, others cut what is
        idle. A raw socket may use 443 too.
    by: 10.blocked 10.requests_for 03.check_request 09.idle

S6 wrong: WebSocket is for interaction, a socket rather for long connections, crawlers and video.
    zh: WebSocket主要用于实时互动…, Socket更适合长时间、高并发…网络爬虫、视频流
    is: Every WebSocket is a TCP socket, and lives long. Crawlers use HTTP, and so does most video.
    by: 07.choose 08.Hub 01.read_exactly 09.Heartbeat

S7 half: WebSocket is a new protocol of HTML5.
    zh: WebSocket是HTML5的一个新协议
    is: Two standards: the protocol is the IETF's (RFC 6455, 2011), the browser's interface was once part of HTML5.
    by: 15.violations 03.accept_key 15.accept

S8 right: It is full duplex: the server can push by itself.
    zh: 全双工…服务器可以主动推送
    is: Right. The client must have connected first.
    by: 08.Hub 00.six_times_seven 07.poll_age 02.sse_or_websocket 12.away 14.half

S9 half: After the socket handshake there is a channel both ways.
    zh: 基于Socket完成了握手后…双向通道
    is: There are two or three handshakes: TCP, TLS for wss, then HTTP's 101.
    by: 03.opening.trips 03.accept_key 15.accept

S10 half: The request differs from an ordinary HTTP request.
    zh: 与普通的HTTP请求不同
    is: It is a valid GET; only its headers ask for more. So one port serves both.
    by: 03.check_request 02.build_get 15.refuse

S11 right: The scheme is ws:// or wss://, which is encrypted.
    zh: 协议是ws://或wss://(加密连接)
    is: Right. The scheme never crosses the wire; wss is TLS, port 443.
    by: 00.kernel_ws_url 03.opening.trips 13.log

S12 right: The header Upgrade has the value websocket.
    zh: Upgrade字段,值为websocket
    is: Right, in any mixture of large and small letters.
    by: 03.check_request 15.refuse 15.accept

S13 right: The header Connection has the value Upgrade.
    zh: Connection字段,值为Upgrade
    is: Right; it is a list that must include Upgrade: keep-alive, Upgrade is legal.
    by: 03.check_request 15.refuse 15.accept

S14 wrong: Sec-WebSocket-Key is a random text that makes the connection secure.
    zh: Sec-WebSocket-Key…随机字符串,用于保证连接的安全性
    is: It proves that the other end understood a WebSocket handshake. No secret, no encryption: anyone can compute
        the answer.
    by: 03.same_key 03.accept_key 04.secret 13.program

S15 half: (The list of headers ends there.)
    zh: (到此为止)
    is: Missing: GET and HTTP/1.1, Host, Sec-WebSocket-Version: 13, Origin from browsers.
    by: 03.check_request 15.refuse 13.origin_allowed 13.program 13.cookie

S16 right: A full duplex protocol on TCP, to which a handshake switches.
    zh: 基于TCP协议实现的全双工通信协议,通过握手…切换
    is: Right for RFC 6455. Over HTTP/2 and HTTP/3 the handshake looks different.
    by: 03.get_inside 03.verify_response 15.accept

S17 half: If all is well the server answers 101, otherwise an error.
    zh: 验证通过则返回101,否则返回错误信息
    is: 101 with Upgrade, Connection and Accept; otherwise HTTP's statuses: 400, 403, 405, 426.
    by: 03.check_request 15.refuse

S18 half: When the client has received 101, the connection is established.
    zh: 客户端收到101后,表示连接已建立
    is: Not before the client has checked Upgrade, Connection, Accept, and what was offered.
    by: 03.verify_response 16.broken.key 16.broken.offer

S19 right: Text as well as binary data can be transmitted.
    zh: 无论是文本还是二进制数据,都可以进行传输
    is: Right: opcodes 1 and 2. A text must be UTF-8.
    by: 05.Assembler 04.encode_frame 15.lengths

S20 half: It keeps to standards, and combines performance with 扩展: extensibility, or scaling.
    zh: 遵守现有的互联网标准…兼顾了性能和可扩展性
    is: It can be extended. Scaling is harder: connections have a state, and servers must tell each other.
    by: 08.Hub 08.slowest 11.Rooms 15.clients 14.half 14.Relay 14.sticky

S21 wrong: With HTTP, each request opens a new connection.
    zh: 每次请求都需要建立新的连接
    is: Since HTTP/1.1 connections stay open.
    by: 02.fifty 07.round_trip

S22 right: WebSocket has a lower latency.
    zh: 较低的延迟
    is: Right for push. For ask and answer it is as fast as HTTP kept alive.
    by: 02.polling_delay 07.poll_age 07.round_trip 02.sse_or_websocket

S23 half: Headers are compressed to a few bytes.
    zh: 压缩头部信息…只有几个字节
    is: A few bytes is right; nothing is compressed: HTTP's headers are simply not repeated.
    by: 04.encode_frame 07.ws_bytes 04.header

S24 half: With HTTP, the server can only respond to a request.
    zh: HTTP…服务器只能在客户端发送请求后才能响应
    is: One request can be answered for ever: SSE and long-polling push.
    by: 02.parse_sse 02.polling_delay 02.sse_or_websocket

S25 half: It saves bandwidth and resources of the server.
    zh: 节约带宽和服务器资源
    is: It depends on the rate: for rare events a slow poll costs less than an open connection.
    by: 07.break_even 07.idle 07.crossing

S26 half: Socket.IO uses WebSocket where it can, with HTTP long-polling as a fallback.
    zh: 尽可能使用WebSocket,…HTTP长轮询作为后备
    is: The other way round: polling first, then the upgrade. And Socket.IO is a protocol of its own.
    by: 10.requests_for 10.hanging_get 10.eio_url

S27 right: With several gateways, name a namespace such as /point; without one they share one logic.
    zh: 多个websocket实例…应指定命名空间 '/point'…共用一套逻辑
    is: Right: both run, and only the first answer arrives. The names must differ.
    by: 11.Router 11.two_gateways

S28 wrong: To use wss instead of http, transports must be given.
    zh: 如果我们指定使用wss协议不用http协议时,需要在实例处指名transports
    is: The scheme chooses TLS; transports chooses polling or WebSocket. Either works with either.
    by: 10.requests_for 10.wss
"""
)
