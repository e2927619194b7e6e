"""The careful GET against a real socket: conditions, redirects, the token's way, and what it makes of refusals."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from chatbot.core.polling import Quota
from chatbot.ports import SourceRefused, SourceUnavailable
from chatbot.sources.http.client import Conditions, Fetcher, open_fetcher
from chatbot.sources.http.status import Throttled
from tests.sources.harness import never
from tests.sources.web_server import Answers, Stand, open_web_server
from tests.standins.clock import START, ManualClock, ManualTimer

TOKEN = "ghp_canary"


def fixed(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Answers:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers=headers, body=body)

    return answer


async def get(stand: Stand, conditions: Conditions | None = None, path: str = "/x") -> object:
    async with open_fetcher(clock=ManualClock(), chance=never, user_agent="test/1") as fetcher:
        return await fetcher.get(stand.url + path, conditions or Conditions())


async def test_an_answer_comes_with_its_validators_its_time_and_the_quota() -> None:
    headers = {
        "ETag": 'W/"a"',
        "Last-Modified": "Sat, 01 Mar 2031 08:00:00 GMT",
        "Date": "Sat, 01 Mar 2031 09:30:00 GMT",
        "Content-Type": "text/plain; charset=utf-8",
        "X-RateLimit-Limit": "60",
        "X-RateLimit-Remaining": "41",
        "X-RateLimit-Reset": str(int(START.timestamp())),
    }
    async with (
        open_web_server(fixed(200, headers, b"hello")) as stand,
        open_fetcher(clock=ManualClock(), chance=never, user_agent="test/1") as fetcher,
    ):
        fetched = await fetcher.get(stand.url + "/x", Conditions())
    assert (fetched.status, fetched.body, fetched.etag) == (200, b"hello", 'W/"a"')
    assert fetched.last_modified == "Sat, 01 Mar 2031 08:00:00 GMT"
    assert fetched.read_at == datetime(2031, 3, 1, 9, 30, tzinfo=UTC)
    assert fetched.content_type == "text/plain"
    assert fetched.quota == Quota(limit=60, remaining=41, resets_at=START)
    assert len(fetched.digest) == 32
    assert stand.requests[0].headers["User-Agent"] == "test/1"


async def test_a_304_has_no_body_and_was_asked_for() -> None:
    async with open_web_server(fixed(304)) as stand:
        fetched = await get(stand, Conditions(etag='"a"', last_modified="Sat, 01 Mar 2031 08:00:00 GMT"))
    assert getattr(fetched, "status", 0) == 304
    assert stand.requests[0].headers["If-None-Match"] == '"a"'
    assert stand.requests[0].headers["If-Modified-Since"] == "Sat, 01 Mar 2031 08:00:00 GMT"


async def test_a_few_polls_ask_without_conditions() -> None:
    async with (
        open_web_server(fixed(200, {}, b"x")) as stand,
        open_fetcher(clock=ManualClock(), chance=lambda: 0.001, user_agent="test") as fetcher,
    ):
        await fetcher.get(stand.url, Conditions(etag='"a"', last_modified="Sat, 01 Mar 2031 08:00:00 GMT"))
    assert "If-None-Match" not in stand.requests[0].headers
    assert "If-Modified-Since" not in stand.requests[0].headers


async def test_a_304_nobody_asked_for_is_a_failed_poll() -> None:
    async with open_web_server(fixed(304)) as stand:
        with pytest.raises(SourceUnavailable, match="304"):
            await get(stand)


RESET = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(START.timestamp()) + 90)}
DATE = {"Date": "Sat, 01 Mar 2031 09:00:00 GMT"}


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind", "wait"),
    [
        (429, {"Retry-After": "30"}, b"", Throttled, timedelta(seconds=30)),
        (429, {**DATE, "Retry-After": "Sat, 01 Mar 2031 09:02:00 GMT"}, b"", Throttled, timedelta(minutes=2)),
        (429, {}, b"", Throttled, timedelta(minutes=1)),
        (429, {"Retry-After": "soon"}, b"", Throttled, timedelta(minutes=1)),
        (429, {"Retry-After": "-5"}, b"", Throttled, timedelta(minutes=1)),
        (429, {"Retry-After": "9" * 11}, b"", Throttled, timedelta(days=1)),
        (403, {"Retry-After": "7"}, b"", Throttled, timedelta(seconds=7)),
        (403, {**DATE, **RESET}, b"", Throttled, timedelta(seconds=90)),
        (403, {}, b'{"message": "You have exceeded a secondary rate limit."}', Throttled, timedelta(minutes=1)),
        (403, {}, b"Forbidden", SourceRefused, None),
        (401, {}, b"Bad credentials", SourceRefused, None),
        (400, {}, b"", SourceRefused, None),
        (410, {}, b"", SourceRefused, None),
        (451, {}, b"", SourceRefused, None),
        (408, {}, b"", SourceUnavailable, None),
        (500, {}, b"", SourceUnavailable, None),
        (502, {}, b"<html>", SourceUnavailable, None),
        (503, {"Retry-After": "120"}, b"", SourceUnavailable, timedelta(minutes=2)),
        (504, {}, b"", SourceUnavailable, None),
        (206, {}, b"part", SourceUnavailable, None),
        (300, {}, b"", SourceUnavailable, None),
    ],
)
async def test_a_refusal_is_one_of_our_two_errors(
    status: int, headers: dict[str, str], body: bytes, kind: type[Exception], wait: timedelta | None
) -> None:
    async with open_web_server(fixed(status, headers, body)) as stand:
        with pytest.raises(kind) as caught:
            await get(stand, Conditions(token=lambda: TOKEN))
    assert getattr(caught.value, "retry_after", None) == wait
    assert str(status) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert TOKEN not in repr(caught.value)


@pytest.mark.parametrize(("token", "fix"), [(TOKEN, "renew github.token"), ("", "check the address")])
async def test_a_401_names_the_fix(token: str, fix: str) -> None:
    async with open_web_server(fixed(401)) as stand:
        with pytest.raises(SourceRefused, match=fix):
            await get(stand, Conditions(token=lambda: token))


async def test_a_host_is_asked_no_faster_than_its_pace() -> None:
    """Twelve questions at 100 a second take at least 0.11 s by the loop's own clock."""
    async with (
        open_web_server(fixed(200)) as stand,
        open_fetcher(clock=ManualClock(), chance=never, user_agent="t", per_second=100) as fetcher,
    ):
        start = asyncio.get_running_loop().time()
        await asyncio.gather(*(fetcher.get(stand.url, Conditions()) for _ in range(12)))
        assert asyncio.get_running_loop().time() - start >= 0.109


@pytest.mark.parametrize("jump", [timedelta(), timedelta(days=-1), timedelta(days=1)])
async def test_a_host_that_wants_silence_gets_it_and_others_go_on(jump: timedelta) -> None:
    """Whatever becomes of the wall clock meanwhile."""
    clock, monotonic = ManualClock(), ManualTimer()
    async with (
        open_web_server(fixed(429, {"Retry-After": "30"})) as busy,
        open_web_server(fixed(200)) as free,
        open_fetcher(clock=clock, chance=never, user_agent="t", monotonic=monotonic) as fetcher,
    ):
        for _ in range(3):
            with pytest.raises(SourceUnavailable) as caught:
                await fetcher.get(busy.url, Conditions())
            assert caught.value.retry_after == timedelta(seconds=30)
            clock.advance(jump)
        assert len(busy.requests) == 1
        assert (await fetcher.get(free.url, Conditions())).status == 200
        monotonic.advance(timedelta(seconds=29))
        with pytest.raises(SourceUnavailable, match="asked us to wait") as caught:
            await fetcher.get(busy.url, Conditions())
        assert caught.value.retry_after == timedelta(seconds=1)
        monotonic.advance(timedelta(seconds=1))
        with pytest.raises(Throttled):
            await fetcher.get(busy.url, Conditions())
        assert len(busy.requests) == 2


async def test_a_404_is_an_answer() -> None:
    async with open_web_server(fixed(404, {}, b"Not Found")) as stand:
        fetched = await get(stand)
    assert getattr(fetched, "status", 0) == 404
    assert getattr(fetched, "body", b"?") == b""


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_on_the_same_host_is_followed_with_the_token(code: int) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/old":
            return web.Response(status=code, headers={"Location": "/new?page=2"})
        return web.Response(body=b"here")

    async with open_web_server(answer) as stand:
        fetched = await get(stand, Conditions(token=lambda: TOKEN, etag='"a"'), "/old")
    assert getattr(fetched, "body", b"") == b"here"
    assert [each.path_qs for each in stand.requests] == ["/old", "/new?page=2"]
    assert stand.requests[1].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_a_redirect_elsewhere_gets_no_token() -> None:
    """The guarded session is replaced by one that may reach the loopback, so that the second host can be a test's."""
    async with open_web_server(fixed(200, {}, b"there")) as other:
        away = fixed(302, {"Location": other.url + "/y"})
        async with (
            open_web_server(away) as stand,
            open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher,
        ):
            trusting = Fetcher(fetcher._session, fetcher._session, clock=ManualClock(), chance=never, per_second=100)
            fetched = await trusting.get(stand.url, Conditions(token=lambda: TOKEN))
    assert fetched.body == b"there"
    assert "Authorization" in stand.requests[0].headers
    assert "Authorization" not in other.requests[0].headers


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_question_goes_to_no_other_server(code: int) -> None:
    """It names the packages of a project, which may be private."""
    async with (
        open_web_server(fixed(200, {}, b"{}")) as other,
        open_web_server(fixed(code, {"Location": other.url})) as stand,
        open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher,
    ):
        trusting = Fetcher(fetcher._session, fetcher._session, clock=ManualClock(), chance=never, per_second=100)
        with pytest.raises(SourceUnavailable, match="redirects to another server"):
            await trusting.get(stand.url, Conditions(question=b'{"package": "secret"}'))
    assert not other.requests


async def test_what_came_back_from_elsewhere_gets_no_token_and_no_private_address() -> None:
    """A foreign server chooses the path then: it must not be asked as if the operator had configured it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        target = {"/x": other.url, "/chosen": ""}[request.path]
        return web.Response(status=302, headers={"Location": target}) if target else web.Response(body=b"secret")

    async with (
        open_web_server(answer) as stand,
        open_web_server(fixed(302, {"Location": stand.url + "/chosen"})) as other,
        open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher,
    ):
        trusting = Fetcher(fetcher._session, fetcher._session, clock=ManualClock(), chance=never, per_second=100)
        await trusting.get(stand.url + "/x", Conditions(token=lambda: TOKEN))
    assert [each.path for each in stand.requests] == ["/x", "/chosen"]
    assert "Authorization" not in stand.requests[1].headers


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/secret",
        "http://localhost:{port}/secret",
        "http://[::1]:{port}/secret",
        "http://[::ffff:127.0.0.1]:{port}/secret",
        "http://2130706433:{port}/secret",
        "http://0x7f000001:{port}/secret",
        "http://0:{port}/secret",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "http://user@example.org/",
        "//",
        "http://",
    ],
)
async def test_a_redirect_never_reaches_this_machine_or_a_private_network(target: str) -> None:
    async with open_web_server(fixed(200, {}, b"secret")) as other:
        away = fixed(302, {"Location": target.format(port=other.port)})
        async with open_web_server(away) as stand:
            with pytest.raises(SourceUnavailable):
                await get(stand, Conditions(deadline=5))
    assert not other.requests


async def test_redirects_in_a_circle_end() -> None:
    async with open_web_server(fixed(302, {"Location": "/x"})) as stand:
        with pytest.raises(SourceUnavailable, match="more than 5 times"):
            await get(stand)
    assert len(stand.requests) == 6


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://x/", "no address", "", "http://", "http://[::1"])
async def test_what_is_no_web_address_is_refused_with_the_fix(url: str) -> None:
    async with open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher:
        with pytest.raises(SourceRefused, match="check the configuration"):
            await fetcher.get(url, Conditions())


async def test_nobody_there_is_unavailable() -> None:
    async with open_web_server(fixed(200)) as stand:
        url = stand.url
    async with open_fetcher(clock=ManualClock(), chance=never, user_agent="t") as fetcher:
        with pytest.raises(SourceUnavailable, match="could not be read"):
            await fetcher.get(url, Conditions())


@pytest.mark.parametrize(
    ("link", "is_followed"),
    [
        ('<{url}/y?page=2>; rel="next", <{url}/y?page=9>; rel="last"', True),
        ('<{url}/y?page=1>; rel="prev"', False),
        ('<http://169.254.169.254/>; rel="next"', False),
        ('<http://127.0.0.1:1/y>; rel="next"', False),
        ("garbage", False),
        ("", False),
    ],
)
async def test_the_next_page_is_on_the_same_host(link: str, *, is_followed: bool) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(headers={"Link": link.format(url=request.url.origin())}, body=b"[]")

    async with open_web_server(answer) as stand:
        fetched = await get(stand)
    assert getattr(fetched, "next_url", None) == (f"{stand.url}/y?page=2" if is_followed else "")
