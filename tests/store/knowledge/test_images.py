"""What registries said is kept as it was said, by release, and forgotten with what it was about."""

from chatbot.core.images.reference import parse_platform
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.images import ImageName, ImageState
from chatbot.store import knowledge
from chatbot.store.database.db import Store
from chatbot.store.knowledge import images
from tests.store.make import at

P = ProjectId("p")
AMD, ARM = parse_platform("linux/amd64"), parse_platform("linux/arm/v7")
FULL = ImageState(
    name=ImageName("[::1]:5000", "harbour/ferry", "v1"),
    must_have=(AMD, ARM),
    presence="there",
    platforms=(ARM,),
    digest="sha256:1",
    before="sha256:0",
    first_seen_at=at(1),
    asked_at=at(2),
    failures=3,
    trouble="it asked us to wait",
)
EMPTY = ImageState(name=ImageName("docker.io", "library/ferry", "v1"))


async def test_states_come_back_in_their_order(store: Store) -> None:
    async with store.writing(P) as tx:
        await images.replace(tx, P, "v1", [FULL, EMPTY])
        await images.replace(tx, P, "v2", [EMPTY, FULL])
        await images.replace(tx, ProjectId("q"), "v1", [EMPTY])
        assert await images.load(tx, P) == {"v1": (FULL, EMPTY), "v2": (EMPTY, FULL)}
        assert (await knowledge.load(tx, P)).images == {"v1": (FULL, EMPTY), "v2": (EMPTY, FULL)}


async def test_what_is_no_image_of_a_release_any_more_is_forgotten(store: Store) -> None:
    async with store.writing(P) as tx:
        await images.replace(tx, P, "v1", [FULL, EMPTY])
        before = await knowledge.version(tx, P)
        await images.replace(tx, P, "v1", [EMPTY])
        assert await images.load(tx, P) == {"v1": (EMPTY,)}
        await images.replace(tx, P, "v1", [])
        assert await images.load(tx, P) == {}
        assert await knowledge.version(tx, P) > before
