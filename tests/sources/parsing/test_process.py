"""A real parsing process: what exceeds it or ends it is said, nothing else happens, and it leaves nothing behind."""

import asyncio
import base64
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from chatbot.core.model.facts import Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.support.policy import Policy
from chatbot.ports import SourceUnavailable
from chatbot.sources.parsing.documents import Document, Parsed, Rejected, TooHeavy
from chatbot.sources.parsing.pool import open_pool
from chatbot.sources.parsing.process import Limits, start
from tests.patience import PATIENCE, until
from tests.sources.parsing.poisoned import HERE

LIMITS = Limits(seconds=1, wait=60, memory=400 * 1024 * 1024, worker=HERE)
PAGE = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n"


FERRY = ProjectId("ferry")


def page(words: str = "", project: ProjectId = FERRY) -> Document:
    return Document(kind="policy", project=project, name="SECURITY.md", content=(PAGE + words).encode())


def environment_of(pid: int) -> str:
    return Path(f"/proc/{pid}/environ").read_text()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def until_gone(pid: int) -> None:
    await until(lambda: not alive(pid), "the process is gone")


async def test_a_page_is_parsed_as_it_is_here() -> None:
    async with open_pool(Limits()) as pool:
        outcome = await pool.parse(page())
        assert isinstance(outcome, Parsed)
        assert isinstance(outcome.value, Policy)
        assert [row.mark for row in outcome.value.rows] == ["yes"]
        release = b'{"tag_name": "v1", "published_at": "2031-03-01T09:00:00Z", "body": "*Fixes*."}'
        outcome = await pool.parse(Document(kind="release", project=ProjectId("ferry"), name="v1", content=release))
        assert isinstance(outcome, Parsed)
        assert isinstance(outcome.value, Release)
        assert len(pool.pids) == 1, "one is kept warm"
        (pid,) = pool.pids
    assert not alive(pid)


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("burn", "it took more than 1 s of computing time"),
        ("eat", "it needs more than 400 MiB of memory"),
        ("crash", "its parser was ended by SIGSEGV"),
        ("kill", "its parser was ended by SIGKILL"),
        ("leave", "its parser ended with status 3"),
    ],
)
async def test_a_page_that_kills_its_parser_is_reported_and_the_next_one_is_read(deed: str, reason: str) -> None:
    async with open_pool(LIMITS) as pool:
        assert await pool.parse(page(f"POISON {deed}")) == TooHeavy(reason)
        assert isinstance(await pool.parse(page()), Parsed)


async def test_one_that_never_answers_is_killed() -> None:
    async with open_pool(Limits(wait=2, worker=HERE)) as pool:
        assert await pool.parse(page("POISON sleep")) == TooHeavy("it took more than 2 s")
        after = await pool.parse(page())
        if isinstance(after, TooHeavy):  # a busy machine starts a process in more than these two seconds
            after = await pool.parse(page())
        assert isinstance(after, Parsed)


async def test_an_answer_that_nobody_reads_keeps_nobody_from_ending() -> None:
    text = base64.b64encode(b"a line of text\n" * 30_000).decode()
    file = json.dumps({"type": "file", "encoding": "base64", "content": text}).encode()
    worker = await start(Limits())
    parsing = asyncio.ensure_future(worker.parse(Document(kind="file", project=ProjectId("p"), name="x", content=file)))
    unread = worker._process.stdout._buffer  # type: ignore[union-attr]  # it was started with pipes
    await until(lambda: parsing.done() or len(unread) > 100_000, "an answer is under way")
    parsing.cancel()
    async with asyncio.timeout(PATIENCE):
        await worker.close()


async def test_a_parsers_own_fault_is_the_documents_alone() -> None:
    async with open_pool(LIMITS) as pool:
        assert await pool.parse(page("POISON fail")) == Rejected("made its parser fail (KeyError)")
        (pid,) = pool.pids
        assert isinstance(await pool.parse(page("POISON shout")), Parsed)
        assert pool.pids == [pid], "neither cost the process"


async def test_the_time_of_one_document_does_not_count_for_the_next() -> None:
    heavy = page("word " * 20_000)
    async with open_pool(Limits(seconds=2)) as pool:
        await pool.parse(page())
        (pid,) = pool.pids
        for _ in range(30):
            assert isinstance(await pool.parse(heavy), Parsed)
        assert pool.pids == [pid]


async def test_a_heavy_project_leaves_room_for_others() -> None:
    async with open_pool(LIMITS) as pool:
        poison = [asyncio.create_task(pool.parse(page(f"POISON burn {number}"))) for number in range(4)]
        await asyncio.sleep(0)
        other = await pool.parse(page(project=ProjectId("other")))
        assert isinstance(other, Parsed)
        assert sum(task.done() for task in poison) <= 1, "it did not wait for all of them"
        assert all(isinstance(each, TooHeavy) for each in await asyncio.gather(*poison))
        assert len(pool.pids) <= 1


async def test_the_process_has_no_secret_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATBOT_GITHUB__TOKEN", "ghp_secret")
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    worker = await start(Limits())
    try:
        assert isinstance(await worker.parse(page()), Parsed)
        if sys.platform == "linux":
            assert "ghp_secret" not in environment_of(worker.pid)
    finally:
        await worker.close()


async def test_it_ends_when_its_input_ends() -> None:
    worker = await start(Limits())
    assert isinstance(await worker.parse(page()), Parsed)
    assert worker._process.stdin is not None
    worker._process.stdin.close()
    async with asyncio.timeout(PATIENCE):
        assert await worker._process.wait() == 0


async def test_signals_for_the_bot_do_not_end_it() -> None:
    worker = await start(Limits())
    try:
        assert isinstance(await worker.parse(page()), Parsed)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(worker.pid, number)
        assert isinstance(await worker.parse(page()), Parsed)
    finally:
        await worker.close()


PARENT = """
import asyncio, os
from chatbot.sources.parsing.pool import open_pool
from tests.patience import until
from tests.sources.parsing.test_process import LIMITS, page
async def main():
    async with open_pool(LIMITS.__class__(seconds=60, worker=LIMITS.worker)) as pool:
        parsing = asyncio.ensure_future(pool.parse(page("POISON burn")))
        await until(lambda: pool.pids, "a process is there")
        print(pool.pids[0], flush=True)
        await parsing
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit of time ends it")
async def test_it_dies_with_its_parent_also_while_it_parses() -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    async with asyncio.timeout(PATIENCE):
        pid = int(await parent.stdout.readline())
        parent.kill()
        await parent.wait()
    await until_gone(pid)


async def test_a_cancelled_question_ends_its_process_and_no_other() -> None:
    async with open_pool(LIMITS) as pool:
        task = asyncio.create_task(pool.parse(page("POISON sleep")))
        await until(lambda: pool.pids, "a process is there")
        (pid,) = pool.pids
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until_gone(pid)
        assert isinstance(await pool.parse(page()), Parsed)


async def test_what_the_end_of_the_bot_interrupts_is_no_fault_of_the_document() -> None:
    async with open_pool(LIMITS) as pool:
        task = asyncio.create_task(pool.parse(page("POISON sleep")))
        await until(lambda: pool.pids, "a process is there")
    with pytest.raises(SourceUnavailable, match="ending"):
        await task
