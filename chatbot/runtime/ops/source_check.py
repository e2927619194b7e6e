"""Every source is asked once, and nothing is remembered: for `chatbot check --online`."""

from collections.abc import Sequence

from chatbot.core.model.ids import ProjectId
from chatbot.ports import Batch, OutOfReach, SourceRefused, SourceUnavailable
from chatbot.runtime.services import Services


async def check_sources(services: Services, batches: dict[ProjectId, list[Batch]]) -> list[str]:
    """What is wrong with the sources, a sentence for each cause. `batches` is filled with what they showed."""
    causes: dict[str, tuple[bool, str, list[str]]] = {}
    for poller in services.pollers:
        try:
            batches.setdefault(poller.project.id, []).append(await poller.source.poll({}))
        except (SourceUnavailable, SourceRefused) as error:
            away, sentence = isinstance(error, SourceUnavailable), str(error)
            cause = sentence.partition(" answered ")[2] or sentence  # the same of one address as of the next
            causes.setdefault(cause, (away, sentence, []))[2].append(poller.source.name)
    return [
        OutOfReach(_of_sources(sentence, names)) if away else _of_sources(sentence, names)
        for away, sentence, names in causes.values()
    ]


def _of_sources(sentence: str, names: Sequence[str]) -> str:
    more = f" (and {len(names) - 1} more sources for the same reason)" if len(names) > 1 else ""
    return f"{names[0]}: {sentence}{more}"
