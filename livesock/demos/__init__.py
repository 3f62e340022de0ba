"""Three small applications, each a gateway and a page: `Chat`, `Ticker`, `Game`.

    from livesock.demos import Chat, mount

    server.gateway("/chat")(Chat)        the gateway alone: for clients of your own
    mount(server, "chat")                the gateway and its page: open server.url("/chat", "http")

Importing starts nothing. What an application does by itself (the ticker's prices, the game's clock) runs while a
peer is connected to it, and ends with the server.
"""

from livesock.demos.chat import Chat
from livesock.demos.game import Game
from livesock.demos.site import DEMOS, links, mount, mounted
from livesock.demos.ticker import Ticker

__all__ = ["DEMOS", "Chat", "Game", "Ticker", "links", "mount", "mounted"]
