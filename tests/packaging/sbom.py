"""Writes the list of the bot's parts (CycloneDX JSON) from the lock: `make sbom`.

The same tree gives the same bytes: the time is that of SOURCE_DATE_EPOCH, or left out, and the serial number comes from the
content. It lists what pip installs; what an image holds besides is listed by the image's own attestation.
"""

import hashlib
import os
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from tests.packaging.installation import ROOT
from tests.packaging.lock import LOCK, Part, direct, parts

VERSION = SchemaVersion.V1_6


def component_of(part: Part) -> Component:
    return Component(
        type=ComponentType.LIBRARY,
        bom_ref=part.name,
        name=part.name,
        version=part.version,
        purl=PackageURL(type="pypi", name=part.name, version=part.version),
        licenses=[LicenseFactory().make_from_string(part.licence)] if part.licence else [],
        scope=ComponentScope.OPTIONAL if part.marker else ComponentScope.REQUIRED,
        properties=[Property(name="chatbot:marker", value=part.marker)] if part.marker else [],
    )


def bom() -> Bom:
    """The bot, its parts, and which part needs which."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bot = Component(
        type=ComponentType.APPLICATION,
        bom_ref=project["name"],
        name=project["name"],
        version=project["version"],
        description=project["description"],
        purl=PackageURL(type="pypi", name=project["name"], version=project["version"]),
        licenses=[LicenseFactory().make_from_string(project["license"])],
    )
    components = {name: component_of(part) for name, part in parts().items()}
    digest = hashlib.sha256(LOCK.read_bytes() + project["version"].encode()).digest()
    whole = Bom(components=components.values(), serial_number=UUID(bytes=digest[:16], version=4))
    whole.metadata.component = bot
    whole.metadata.timestamp = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC)
    whole.register_dependency(bot, [components[name] for name in direct()])
    for name, part in parts().items():
        whole.register_dependency(components[name], [components[each] for each in part.needs])
    return whole


def text() -> str:
    """The document."""
    outputter: Any = make_outputter(bom(), OutputFormat.JSON, VERSION)
    return str(outputter.output_as_string(indent=2)) + "\n"


def main(arguments: list[str]) -> None:
    target = Path(arguments[0] if arguments else "dist/chatbot.cdx.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
