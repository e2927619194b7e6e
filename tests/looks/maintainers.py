"""What a project's maintainers get in their room about their page and their advisories."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from chatbot.core.advisory_lint.check import lint_advisory
from chatbot.core.advisory_lint.material import Material
from chatbot.core.advisory_lint.render import findings_message
from chatbot.core.announce.subject import find
from chatbot.core.drift.compute import drift_of
from chatbot.core.drift.finding import Drift, DriftFinding
from chatbot.core.drift.render import drift_message
from chatbot.core.drift.schedule import LastTold, news_of
from chatbot.core.images.readiness import images_of
from chatbot.core.maintainers.readiness.message import ready_message
from chatbot.core.maintainers.readiness.steps import Place, readiness
from chatbot.core.maintainers.readiness.went_out import overdue_message, went_out_message
from chatbot.core.model.facts import Affected, Assets
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.images import ImageName, ImageState, ImageTemplate, Platform
from chatbot.core.model.message import Message, Paragraph, Text
from chatbot.sources.support_policy.reader import read_policy
from tests.looks import windlass as w
from tests.looks.announcements import HOSTILE

PAGE = w.FIRST_PAGE.replace("2031-10-31", "2031-04-30")


def _drift() -> Iterator[tuple[str, Message]]:
    page = w.page(PAGE, committed_at=w.NOW - 200 * w.DAY)
    snapshot = w.snapshot(policy=page)
    drift = drift_of(snapshot, read_policy(PAGE), w.NOW)
    older = DriftFinding(
        "second-source",
        "4.0",
        "endoflife.date says that 4.0 was supported until 1 May 2031; your policy page says that it is supported.",
        "Answers follow your page. Correct whichever is wrong.",
    )
    earlier = {older.key: LastTold(older.problem, w.NOW - 7 * w.DAY)}
    link = page.page.link
    yield "drift-new", drift_message(w.WINDLASS, news_of(drift, {}, w.NOW), link)
    yield "drift-again", drift_message(w.WINDLASS, news_of(Drift((older,)), earlier, w.NOW), link)
    both = news_of(Drift((*drift.findings, older)), earlier, w.NOW)
    yield "drift-new-and-again", drift_message(w.WINDLASS, both, link)
    yield "drift-fixed", drift_message(w.WINDLASS, news_of(Drift(), earlier, w.NOW), link)
    many = Drift(tuple(DriftFinding("row-outdated", str(number), HOSTILE, HOSTILE) for number in range(20)))
    yield "drift-hostile", drift_message(w.WINDLASS, news_of(many, {}, w.NOW), link)


def _findings() -> Iterator[tuple[str, Message]]:
    entry = Affected(package="windlass", range="< 4.2.3", patched="4.2.2")
    wrong = replace(
        w.HIGH,
        aliases=frozenset(),
        affected=(entry,),
        description=(Paragraph((Text("Versions 4.1.0 to 4.2.1 are affected."),)),),
    )
    material = Material(releases=tuple(w.snapshot().releases.values()), names=frozenset({"windlass"}))
    yield "findings", findings_message(w.WINDLASS, wrong, lint_advisory(wrong, material))
    yield "findings-none-left", findings_message(w.WINDLASS, wrong, ())
    hostile = replace(wrong, summary=HOSTILE, affected=(Affected(range=HOSTILE, patched=HOSTILE, package=HOSTILE),))
    yield "findings-hostile", findings_message(w.WINDLASS, hostile, lint_advisory(hostile))


AMD, ARM = Platform("linux", "amd64"), Platform("linux", "arm64")


def _ready() -> Iterator[tuple[str, Message]]:
    hub = ImageTemplate(registry="docker.io", repository="windlass/server", platforms=(AMD, ARM))
    ghcr = replace(hub, registry="ghcr.io")
    state = ImageState(
        name=ImageName("docker.io", "windlass/server", "v4.2.3"),
        must_have=(AMD, ARM),
        presence="there",
        platforms=(AMD,),
        asked_at=w.NOW,
    )
    project = replace(w.WINDLASS, images=(hub, ghcr))
    news = w.release("v4.2.3", w.NOW - w.DAY, assets=Assets(number=9, uploading=("windlass-4.2.3-arm64.tar.gz",)))
    snapshot = w.snapshot([news], [w.CRITICAL], project=project, images={"v4.2.3": (state,)})
    images = images_of(snapshot, "v4.2.3")
    places = (
        Place(name="#releases", state="there"),
        Place(name="#security", state="failed", reason="the bot may not send messages there"),
        Place(name="#weekly", state="waits", reason="it waits for this room's digest"),
    )
    steps = readiness(snapshot, "v4.2.3", read_policy(PAGE), images, places, w.NOW.date())
    yield "ready", ready_message("Windlass 4.2.3", "Windlass", steps)
    subject = find(snapshot, str(SubjectId("release", project.id, "v4.2.3")))
    assert subject is not None
    posted = (replace(places[0], link="https://discord.com/channels/1/1001/7"), *places[1:])
    yield "went-out", went_out_message(subject, steps, posted)
    yield "went-out-overdue", overdue_message(subject, steps)
    news = w.release("v4.2.3", w.NOW - w.DAY, assets=Assets(number=9, immutable=True))
    whole = readiness(w.snapshot([news]), "v4.2.3", read_policy(PAGE), (), places[:1], w.NOW.date())
    everywhere = tuple(replace(posted[0], name=f"#channel-{number}") for number in range(20))
    steps = readiness(w.snapshot([news]), "v4.2.3", read_policy(PAGE), (), everywhere, w.NOW.date())
    yield "went-out-everywhere", went_out_message(subject, steps, everywhere)
    yield "ready-whole", ready_message("Windlass 4.2.3", "Windlass", whole)
    hostile = (Place(name=HOSTILE, state="failed", reason=HOSTILE),)
    news = w.release("v4.2.3", w.NOW - w.DAY, assets=Assets(number=1, uploading=(HOSTILE,)))
    steps = readiness(w.snapshot([news]), "v4.2.3", None, (), hostile, w.NOW.date())
    yield "ready-hostile", ready_message(HOSTILE, HOSTILE, steps)


MAINTAINERS: Mapping[str, Message] = {name: message for part in (_drift, _findings, _ready) for name, message in part()}
