"""Right solutions of lesson 00 in other styles than the reference's."""

# mypy: ignore-errors
# written as a learner would, without annotations

import re
from urllib.parse import quote, quote_plus, urlencode, urlsplit, urlunsplit


def by_replace(server, kernel_id, token):
    url = server["url"].replace("http", "ws", 1)
    if not url.endswith("/"):
        url += "/"
    return url + "api/kernels/" + kernel_id + "/channels?" + urlencode({"token": token})


def by_parts(server, kernel_id, token):
    parts = urlsplit(server["url"])
    path = "/".join([parts.path.rstrip("/"), "api", "kernels", quote(kernel_id), "channels"])
    scheme = "wss" if parts.scheme == "https" else "ws"
    return urlunsplit((scheme, parts.netloc, path, f"token={quote(token)}", ""))


def by_pattern(server, kernel_id, token):
    secure, place = re.fullmatch(r"http(s?)://(.*?)/*", server["url"]).groups()
    hexed = "".join(f"%{byte:02x}" for byte in token.encode())
    return f"ws{secure}://{place}/api/kernels/{kernel_id}/channels?token={hexed}"


def by_slices(server, kernel_id, token):
    url = server["url"]
    url = "wss://" + url[8:] if url[:8] == "https://" else "ws://" + url[7:]
    while url[-1] == "/":
        url = url[:-1]
    return url + "/api/kernels/" + kernel_id + "/channels" + "?token=" + quote_plus(token)


OTHERS = {"00.kernel_ws_url": (by_replace, by_parts, by_pattern, by_slices)}
