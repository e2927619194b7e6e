"""Where there are no buttons, each line that a message offers to send is understood."""

import re

from chatbot.core.queries.commands import CommandError, read_line
from tests.looks.scenes import SCENES
from tests.looks.test_golden import matrix_payload

LINE = re.compile(r"[Ss]end !(.*)$", re.MULTILINE)
PROJECTS = {"windlass", "bollard"}


def test_every_line_that_a_message_offers_is_read_and_names_its_project() -> None:
    offered: dict[str, list[str]] = {}
    for name, scene in SCENES.items():
        if name.startswith("line-roles"):  # there are none where there are no buttons
            continue
        content = matrix_payload(scene)
        body = str(content.get("m.new_content", content)["body"])
        for line in LINE.findall(body):
            offered.setdefault(line, []).append(name)
    assert any(line.startswith("announce now ") for line in offered)
    results = {line: read_line(line) for line in offered}
    refused = {line: (offered[line], each.reason) for line, each in results.items() if isinstance(each, CommandError)}
    assert refused == {}
    without = {
        line: offered[line]
        for line, each in results.items()
        if not isinstance(each, CommandError)
        and any(parameter.name == "project" for parameter in each[0].parameters)
        and each[1].get("project") not in PROJECTS
    }
    assert without == {}
