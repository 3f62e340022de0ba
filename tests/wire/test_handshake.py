"""What makes a handshake valid, for the server and for the client."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidHandshake
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.headers import parse_extension
from websockets.utils import accept_key as their_accept_key

from livesock.errors import PacketError
from livesock.wire.deflate import DeflateParameters
from livesock.wire.handshake import accept_key, check_request, check_response, is_upgrade, negotiated, parse_extensions
from livesock.wire.http import RequestHead, ResponseHead

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
REQUEST = {
    "Host": "127.0.0.1:8765",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}
RESPONSE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}


def changed(headers, changes):
    """Return the headers with some replaced, and those without a value left out."""
    return tuple((name, value) for name, value in {**headers, **changes}.items() if value is not None)


def request(changes=None, method="GET", version="HTTP/1.1", more=()):
    return RequestHead(
        method=method, target="/", version=version, headers=changed(REQUEST, changes or {}) + tuple(more)
    )


def response(changes=None, status=101):
    return ResponseHead(status=status, headers=changed(RESPONSE, changes or {}))


def test_the_example_of_the_rfc_holds():
    assert accept_key(KEY) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@given(st.text(st.characters(max_codepoint=127), max_size=30))
def test_websockets_computes_the_same_accept(key):
    assert accept_key(key) == their_accept_key(key)


# The server's side.


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Upgrade": "WebSocket"},
        {"Upgrade": "h2c, websocket"},
        {"Connection": "keep-alive, upgrade"},
        {"Sec-WebSocket-Protocol": "chat, superchat"},
        {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits, x; a=1"},
        {"Content-Length": "0"},
    ],
)
def test_a_valid_request_has_no_problem(changes):
    assert check_request(request(changes)) == ()
    assert is_upgrade(request(changes))


@pytest.mark.parametrize(
    ("changes", "status", "header"),
    [
        ({"Host": None}, 400, "Host"),
        ({"Upgrade": None}, 426, "Upgrade"),
        ({"Upgrade": "h2c"}, 426, "Upgrade"),
        ({"Connection": None}, 400, "Connection"),
        ({"Connection": "keep-alive"}, 400, "Connection"),
        ({"Sec-WebSocket-Version": None}, 426, "Sec-WebSocket-Version"),
        ({"Sec-WebSocket-Version": "12"}, 426, "Sec-WebSocket-Version"),
        ({"Sec-WebSocket-Version": "13, 8"}, 426, "Sec-WebSocket-Version"),
        ({"Sec-WebSocket-Key": None}, 400, "Sec-WebSocket-Key"),
        ({"Sec-WebSocket-Key": ""}, 400, "Sec-WebSocket-Key"),
        ({"Sec-WebSocket-Key": "AAAA"}, 400, "Sec-WebSocket-Key"),
        ({"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAA="}, 400, "Sec-WebSocket-Key"),  # 14 bytes
        ({"Sec-WebSocket-Key": "not base64 at all !!!!!="}, 400, "Sec-WebSocket-Key"),
        ({"Sec-WebSocket-Key": "é"}, 400, "Sec-WebSocket-Key"),
        ({"Sec-WebSocket-Protocol": "\xe9"}, 400, "Sec-WebSocket-Protocol"),
        ({"Sec-WebSocket-Protocol": "a, a"}, 400, "Sec-WebSocket-Protocol"),
        ({"Sec-WebSocket-Protocol": "b" + " " * 7000 + "x"}, 400, "Sec-WebSocket-Protocol"),
        ({"Sec-WebSocket-Extensions": "b" + " " * 7000 + "x"}, 400, "Sec-WebSocket-Extensions"),
        ({"Sec-WebSocket-Extensions": "a; b; b"}, 400, "Sec-WebSocket-Extensions"),
        ({"Content-Length": "4"}, 400, "Content-Length"),
        ({"Transfer-Encoding": "chunked"}, 400, "Transfer-Encoding"),
    ],
)
def test_a_problem_names_its_header_and_the_status_of_the_answer(changes, status, header):
    problems = check_request(request(changes))

    assert [(problem.status, problem.header) for problem in problems] == [(status, header)]
    assert problems[0].section.startswith("RFC ")


def test_the_method_and_the_version_of_http_matter():
    assert [(p.status, p.rule) for p in check_request(request(method="POST"))] == [
        (405, "the method must be GET, and here it is POST")
    ]
    assert [p.status for p in check_request(request(version="HTTP/1.0"))] == [400]


def test_headers_that_may_stand_once_may_not_stand_twice():
    for name in ("Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version"):
        problems = check_request(request(more=[(name, REQUEST[name])]))
        assert [problem.header for problem in problems] == [name]


def test_every_problem_is_listed():
    problems = check_request(RequestHead(method="GET", target="/", headers=()))

    assert [problem.header for problem in problems] == [
        "Host",
        "Upgrade",
        "Connection",
        "Sec-WebSocket-Version",
        "Sec-WebSocket-Key",
    ]
    assert not is_upgrade(RequestHead(method="GET", target="/", headers=()))


# The client's side.


def test_a_valid_response_has_no_problem():
    assert check_response(request(), response()) == ()
    assert check_response(request(), response({"Upgrade": "WebSocket", "Connection": "keep-alive, UPGRADE"})) == ()
    offer = request({"Sec-WebSocket-Protocol": "chat, superchat"})
    assert check_response(offer, response({"Sec-WebSocket-Protocol": "superchat"})) == ()


@pytest.mark.parametrize(
    ("changes", "header"),
    [
        ({"Upgrade": None}, "Upgrade"),
        ({"Upgrade": "h2c"}, "Upgrade"),
        ({"Connection": None}, "Connection"),
        ({"Connection": "close"}, "Connection"),
        ({"Sec-WebSocket-Accept": None}, "Sec-WebSocket-Accept"),
        ({"Sec-WebSocket-Accept": "S3PPLMBITXAQ9KYGZZHZRBK+XOO="}, "Sec-WebSocket-Accept"),
        ({"Sec-WebSocket-Accept": KEY}, "Sec-WebSocket-Accept"),
        ({"Sec-WebSocket-Protocol": "chat"}, "Sec-WebSocket-Protocol"),
        ({"Sec-WebSocket-Extensions": "permessage-deflate"}, "Sec-WebSocket-Extensions"),
        ({"Sec-WebSocket-Extensions": "x"}, "Sec-WebSocket-Extensions"),
        ({"Sec-WebSocket-Extensions": "x y"}, "Sec-WebSocket-Extensions"),
    ],
)
def test_a_wrong_response_names_its_header(changes, header):
    assert [problem.header for problem in check_response(request(), response(changes))] == [header]


def test_only_101_switches():
    assert [problem.rule for problem in check_response(request(), response(status=200))] == [
        "the status must be 101, and here it is 200"
    ]


def test_the_whole_list_of_subprotocols_is_no_choice():
    offer = request({"Sec-WebSocket-Protocol": "chat, superchat"})
    problems = check_response(offer, response({"Sec-WebSocket-Protocol": "chat, superchat"}))

    assert [problem.header for problem in problems] == ["Sec-WebSocket-Protocol"]


def test_without_the_request_what_depends_on_it_is_believed():
    answer = response({"Sec-WebSocket-Protocol": "chat", "Sec-WebSocket-Extensions": "permessage-deflate"})

    assert check_response(None, answer) == ()
    assert negotiated(None, answer) == DeflateParameters()


# Extensions.


def test_extensions_are_names_with_parameters():
    assert parse_extensions('a, b; c; d=1 ;e="x"') == [("a", {}), ("b", {"c": None, "d": "1", "e": "x"})]
    assert parse_extensions(" ") == []


@pytest.mark.parametrize("value", ["a b", ",a", "a,", "a;", "a; b=", "a; b=c d", 'a; b="c', "é", "a; b; b"])
def test_extensions_that_break_the_grammar_are_refused(value):
    with pytest.raises(PacketError):
        parse_extensions(value)


@given(st.text('ab; ,="\t', max_size=12) | st.text(max_size=12))
def test_websockets_reads_the_extensions_that_we_read_in_the_same_way(value):
    try:
        found = parse_extensions(value)
    except PacketError:
        return
    if found:
        assert [(name, dict(parameters)) for name, parameters in parse_extension(value.strip(" \t"))] == found


AGREEMENTS = [
    ("permessage-deflate", "permessage-deflate", DeflateParameters()),
    ("permessage-deflate", "", None),
    ("x", "", None),
    (
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12",
        DeflateParameters(server_max_window_bits=12, client_max_window_bits=12),
    ),
    (
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        DeflateParameters(server_no_context_takeover=True, client_no_context_takeover=True),
    ),
    (
        "permessage-deflate; server_max_window_bits=10, permessage-deflate",
        "permessage-deflate",
        DeflateParameters(),
    ),
]

BROKEN_AGREEMENTS = [
    ("", "permessage-deflate"),
    ("permessage-deflate", "x"),
    ("permessage-deflate", "permessage-deflate, permessage-deflate"),
    ("permessage-deflate", "permessage-deflate; x"),
    ("permessage-deflate", "permessage-deflate; server_no_context_takeover=1"),
    ("permessage-deflate", "permessage-deflate; server_max_window_bits"),
    ("permessage-deflate", "permessage-deflate; server_max_window_bits=7"),
    ("permessage-deflate", "permessage-deflate; server_max_window_bits=16"),
    ("permessage-deflate", "permessage-deflate; server_max_window_bits=08"),
    ("permessage-deflate", "permessage-deflate; client_max_window_bits=12"),
    ("permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits"),
    ("permessage-deflate; server_no_context_takeover", "permessage-deflate"),
    ("permessage-deflate; server_max_window_bits=10", "permessage-deflate"),
    ("permessage-deflate; server_max_window_bits=15", "permessage-deflate"),
    ("permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=11"),
    ("permessage-deflate; server_max_window_bits=99", "permessage-deflate; server_max_window_bits=15"),
]


def agree(offer, answer):
    wanted = request({"Sec-WebSocket-Extensions": offer or None})
    return negotiated(wanted, response({"Sec-WebSocket-Extensions": answer or None}))


@pytest.mark.parametrize(("offer", "answer", "agreed"), AGREEMENTS)
def test_both_ends_agree_on_parameters(offer, answer, agreed):
    assert agree(offer, answer) == agreed


@pytest.mark.parametrize(("offer", "answer"), BROKEN_AGREEMENTS)
def test_an_answer_that_fits_no_offer_is_refused(offer, answer):
    with pytest.raises(PacketError):
        agree(offer, answer)


parameters = st.lists(
    st.sampled_from(
        [
            "server_no_context_takeover",
            "client_no_context_takeover",
            "server_max_window_bits=9",
            "server_max_window_bits=15",
            "client_max_window_bits=9",
            "client_max_window_bits",
            "server_max_window_bits=7",
        ]
    ),
    max_size=3,
    unique_by=lambda item: item.partition("=")[0],
).map(lambda items: "; ".join(["permessage-deflate", *items]))


@given(
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(9, 15),
    st.none() | st.booleans() | st.integers(9, 15),
    parameters,
)
def test_websockets_as_a_client_judges_answers_as_we_do(no_server, no_client, server_bits, client_bits, answer):
    if client_bits is False:
        client_bits = None
    factory = ClientPerMessageDeflateFactory(no_server, no_client, server_bits, client_bits)
    names = [name if value is None else f"{name}={value}" for name, value in factory.get_request_params()]
    offer = "; ".join(["permessage-deflate", *names])
    try:
        theirs = factory.process_response_params(list(parse_extensions(answer)[0][1].items()), [])
    except InvalidHandshake:
        with pytest.raises(PacketError):
            agree(offer, answer)
        return

    ours = agree(offer, answer)

    assert ours is not None
    assert ours.server_no_context_takeover == theirs.remote_no_context_takeover
    assert ours.server_max_window_bits == theirs.remote_max_window_bits
