"""What a look brings is merged once, whoever reported it, and read back as it was."""

from dataclasses import replace
from datetime import datetime

from chatbot.core.model.facts import Observed, PolicyPage
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.knowledge import Knowledge
from chatbot.core.model.source_profile import SourceProfile
from chatbot.ports import Batch
from chatbot.store import knowledge
from chatbot.store.database.db import Store
from chatbot.store.knowledge import Upserted, advisories, source_states
from tests.store.make import (
    ADVISORIES,
    ATOM,
    HOOK,
    NOW,
    OSV,
    POLICY,
    REST,
    advisory,
    at,
    batch,
    release,
)


async def take(
    store: Store, source: tuple[ProjectId, str, SourceProfile], brought: Batch, now: datetime = NOW
) -> Upserted:
    async with store.writing(source[0]) as tx:
        return await knowledge.upsert(tx, *source, brought, now, readable=lambda text: "garbage" not in text)


async def knowledge_of(store: Store) -> Knowledge:
    async with store.reading() as tx:
        return await knowledge.load(tx, ProjectId("p"))


async def test_nobody_has_read_anything_yet(store: Store) -> None:
    assert await knowledge_of(store) == Knowledge(project=ProjectId("p"))


async def test_the_first_whole_listing_is_the_baseline_and_no_news(store: Store) -> None:
    result = await take(store, REST, batch(release("v1"), release("v2")))
    assert result == Upserted(frozenset({"release/p/v1", "release/p/v2"}), baseline=True)
    after = await knowledge_of(store)
    assert after.baseline_at == NOW
    assert {tag: item.known_before for tag, item in after.releases.items()} == {"v1": True, "v2": True}
    assert after.releases["v1"].fact == release("v1")


async def test_what_comes_before_the_baseline_is_complete_is_no_news_either(store: Store) -> None:
    assert (await take(store, REST, batch(release("v1"), whole=False))).baseline is False
    await take(store, HOOK, batch(release("v2"), whole=False), at(1))
    assert (await knowledge_of(store)).baseline_at is None
    await take(store, REST, batch(release("v1"), release("v2")), at(2))
    assert all(item.known_before for item in (await knowledge_of(store)).releases.values())


async def test_what_comes_after_the_baseline_is_news_by_any_source_and_once(store: Store) -> None:
    await take(store, REST, batch(release("v1")))
    assert (await take(store, HOOK, batch(release("v2"), whole=False), at(1))).changed == {"release/p/v2"}
    assert (await take(store, REST, batch(release("v1"), release("v2")), at(2))).changed == set()
    item = (await knowledge_of(store)).releases["v2"]
    assert (item.known_before, item.origins, item.first_read_at, item.read_at) == (
        False,
        ("the project's webhook", "GitHub"),
        at(1),
        at(2),
    )


async def test_changed_content_has_a_time_and_a_promotion_too(store: Store) -> None:
    await take(store, REST, batch(release("v1", prerelease=True)))
    assert (await take(store, REST, batch(release("v1", "better", prerelease=True)), at(5))).changed
    assert (await knowledge_of(store)).releases["v1"].promoted_at is None
    assert (await take(store, REST, batch(release("v1", "better")), at(9))).changed == {"release/p/v1"}
    item = (await knowledge_of(store)).releases["v1"]
    assert (item.changed_at, item.promoted_at, item.first_read_at) == (at(9), at(9), NOW)


async def test_to_learn_when_a_release_was_made_is_no_change_of_it(store: Store) -> None:
    await take(store, REST, batch(release("v1")))
    dated = replace(release("v1"), created_at=at(-900))
    assert not (await take(store, REST, batch(dated), at(5))).changed
    item = (await knowledge_of(store)).releases["v1"]
    assert (item.fact.created_at, item.changed_at) == (at(-900), NOW)
    assert not (await take(store, HOOK, batch(release("v1"), whole=False), at(9))).changed
    assert (await knowledge_of(store)).releases["v1"].fact.created_at == at(-900)


async def test_an_unchanged_answer_sees_again_what_its_source_reported(store: Store) -> None:
    await take(store, REST, batch(release("v1")))
    await take(store, ADVISORIES, batch(advisory("GHSA-1")))
    unchanged = Batch(cursor={}, read_at=at(60), unchanged=True)
    assert (await take(store, REST, unchanged, at(60))).changed == set()
    after = await knowledge_of(store)
    assert (after.releases["v1"].read_at, after.releases["v1"].changed_at) == (at(60), NOW)
    assert after.advisories["GHSA-1"].read_at == NOW
    assert {name: source.read_at for name, source in after.sources.items()} == {
        "github-releases:p": at(60),
        "github-advisories:p": NOW,
    }


async def test_a_signal_confirms_nothing(store: Store) -> None:
    await take(store, REST, batch(release("v1")))
    await take(store, ATOM, Batch(cursor={}, read_at=at(60), unchanged=True), at(60))
    assert (await knowledge_of(store)).releases["v1"].read_at == NOW


async def test_what_vanishes_and_returns_is_marked_and_no_news(store: Store) -> None:
    await take(store, REST, batch(release("v1"), release("v2")))
    assert (await take(store, REST, batch(release("v1")), at(1))).changed == {"release/p/v2"}
    assert (await take(store, REST, batch(release("v1")), at(2))).changed == set()
    assert (await knowledge_of(store)).releases["v2"].missing_since == at(1)
    assert (await take(store, REST, batch(release("v1"), whole=["v1", "v2"]), at(3))).changed == {"release/p/v2"}
    item = (await knowledge_of(store)).releases["v2"]
    assert (item.missing_since, item.first_read_at, item.changed_at, item.known_before) == (None, NOW, NOW, True)


async def test_a_confirmed_removal_is_noted_once_and_undone_by_a_return(store: Store) -> None:
    await take(store, REST, batch(release("v1")))
    async with store.writing(ProjectId("p")) as tx:
        assert await knowledge.mark_gone(tx, ProjectId("p"), "release/p/v1")
        assert not await knowledge.mark_gone(tx, ProjectId("p"), "release/p/v1")
    assert (await knowledge_of(store)).releases["v1"].removal_confirmed
    await take(store, REST, batch(release("v1")), at(1))
    assert not (await knowledge_of(store)).releases["v1"].removal_confirmed


async def test_a_tag_that_a_signal_named_waits_for_a_listing(store: Store) -> None:
    await take(store, REST, batch(release("v1")))
    await take(store, ATOM, Batch(cursor={}, read_at=at(1), signal=("v2", "just-a-tag")), at(1))
    assert (await knowledge_of(store)).pending == {"v2": at(1), "just-a-tag": at(1)}
    await take(store, REST, batch(release("v1"), release("v2")), at(2))
    assert (await knowledge_of(store)).pending == {}


async def test_facts_that_share_an_id_are_one_advisory(store: Store) -> None:
    await take(store, ADVISORIES, batch())
    await take(store, OSV, batch())
    assert (await take(store, OSV, batch(advisory("RUSTSEC-1", "CVE-1")), at(1))).changed == {"advisory/p/CVE-1"}
    assert (await take(store, ADVISORIES, batch(advisory("GHSA-1", "CVE-1", summary="own words")), at(2))).changed == {
        "advisory/p/GHSA-1"
    }
    after = await knowledge_of(store)
    assert list(after.advisories) == ["GHSA-1"]
    item = after.advisories["GHSA-1"]
    assert item.fact.summary == "own words"
    assert item.fact.ids == {"GHSA-1", "CVE-1", "RUSTSEC-1"}
    assert (item.first_read_at, item.origins, item.known_before) == (at(1), ("OSV", "GitHub"), False)
    assert (await take(store, OSV, batch(advisory("RUSTSEC-1", "CVE-1")), at(3))).changed == set()
    async with store.reading() as tx:
        assert [when for when, _ in await advisories.revisions(tx, ProjectId("p"), "GHSA-1")] == [at(1), at(2)]


async def test_an_advisory_is_missing_only_where_every_source_lacks_it(store: Store) -> None:
    await take(store, ADVISORIES, batch(advisory("GHSA-1", "CVE-1")))
    await take(store, OSV, batch(advisory("RUSTSEC-1", "CVE-1")))
    assert (await take(store, ADVISORIES, batch(), at(1))).changed == {"advisory/p/GHSA-1"}  # its own words went
    assert (await knowledge_of(store)).advisories["GHSA-1"].missing_since is None
    assert (await take(store, OSV, batch(), at(2))).changed == {"advisory/p/GHSA-1"}
    assert (await knowledge_of(store)).advisories["GHSA-1"].missing_since == at(2)


async def test_each_source_of_advisories_has_its_own_baseline(store: Store) -> None:
    await take(store, ADVISORIES, batch())
    assert (await take(store, OSV, batch(advisory("CVE-1")))).baseline
    await take(store, OSV, batch(advisory("CVE-1"), advisory("CVE-2")), at(1))
    after = await knowledge_of(store)
    assert {name: item.known_before for name, item in after.advisories.items()} == {"CVE-1": True, "CVE-2": False}


def policy(text: str, *, exists: bool = True) -> Batch:
    page: tuple[Observed, ...] = (PolicyPage(project=ProjectId("p"), text=text, exists=exists),)
    return Batch(observed=page, cursor={}, read_at=NOW)


async def test_the_last_readable_policy_stays_in_force(store: Store) -> None:
    assert (await take(store, POLICY, policy("one"))).changed == {"policy/p"}
    assert (await take(store, POLICY, policy("one"), at(1))).changed == set()
    assert (await take(store, POLICY, policy("two"), at(2))).changed == {"policy/p"}
    await take(store, POLICY, policy("garbage"), at(3))
    after = await knowledge_of(store)
    assert after.policy is not None
    assert after.previous_policy is not None
    assert after.newer_unreadable is not None
    assert (after.policy.page.text, after.previous_policy.page.text) == ("two", "one")
    assert (after.newer_unreadable.page.text, after.policy.read_at) == ("garbage", at(2))
    await take(store, POLICY, policy("two"), at(4))
    back = await knowledge_of(store)
    assert back.policy is not None
    assert back.previous_policy is not None
    assert (back.policy.page.text, back.policy.first_read_at, back.policy.read_at) == ("two", at(2), at(4))
    assert (back.previous_policy.page.text, back.newer_unreadable) == ("one", None)


async def test_a_policy_that_changes_back_has_changed_twice(store: Store) -> None:
    for seconds, text in enumerate(("one", "two", "one")):
        assert (await take(store, POLICY, policy(text), at(seconds))).changed == {"policy/p"}
    after = await knowledge_of(store)
    assert after.policy is not None
    assert after.previous_policy is not None
    assert (after.policy.page.text, after.policy.first_read_at) == ("one", at(2))
    assert after.previous_policy.page.text == "two"


async def test_the_version_counts_changes_and_not_polls(store: Store) -> None:
    async def version() -> int:
        async with store.reading() as tx:
            return await knowledge.version(tx, ProjectId("p"))

    assert await version() == 0
    await take(store, REST, batch(release("v1")))
    first = await version()
    await take(store, REST, batch(release("v1")), at(1))
    assert await version() == first
    await take(store, REST, batch(release("v1", "new words")), at(2))
    assert await version() > first


async def test_cursor_and_trouble_are_kept(store: Store) -> None:
    async with store.writing(ProjectId("p")) as tx:
        await source_states.note_trouble(tx, *REST, "502", NOW)
    assert (await knowledge_of(store)).sources["github-releases:p"].trouble == "502"
    await take(store, REST, batch(release("v1")), at(1))
    async with store.writing(ProjectId("p")) as tx:
        assert await source_states.cursor(tx, "github-releases:p") == {}
        await source_states.move_cursor(tx, "github-releases:p", {"etag": 'W/"1"'})
        assert await source_states.cursor(tx, "github-releases:p") == {"etag": 'W/"1"'}
        await source_states.note_polls(tx, [("p", "github-releases:p", at(9))])
        (source,) = (await knowledge.sources(tx, ProjectId("p"))).values()
    assert (source.profile, source.read_at, source.trouble) == (REST[2], at(9), "")


async def test_whether_the_private_form_is_switched_on_is_kept_until_somebody_asks_again(store: Store) -> None:
    before = (await knowledge_of(store)).version
    await take(store, POLICY, replace(batch(), private_form="on", present=None))
    on = await knowledge_of(store)
    assert (on.private_form, on.version > before) == ("on", True)
    await take(store, POLICY, replace(batch(), present=None))
    assert (await knowledge_of(store)).private_form == "on"
    await take(store, POLICY, replace(batch(), private_form="unknown", present=None))
    assert (await knowledge_of(store)).private_form == "unknown"
