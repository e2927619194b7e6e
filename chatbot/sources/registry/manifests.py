"""An index, a manifest or a configuration of an image: bytes -> its platforms."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.core.images.reference import is_platform_word, platform_of
from chatbot.core.model.images import Platform
from chatbot.sources.http.json_body import NoJson, decode_object

# https://github.com/opencontainers/image-spec/blob/main/media-types.md, and the same of Docker
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
ACCEPT = f"{OCI_INDEX}, {OCI_MANIFEST}, {DOCKER_LIST}, {DOCKER_MANIFEST}"
_CONFIGS = ("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json")
_REFERENCE_TYPE = (
    "vnd.docker.reference.type"  # https://docs.docker.com/build/metadata/attestations/attestation-storage/
)
MOST_ENTRIES = 1000  # of an index that are looked at
MOST_PLATFORMS = 60  # of an image


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an index or a manifest says.

    platforms: those of an index, sorted, without attestations and whatever else is no image
    config: of a plain manifest, the digest of the configuration that names its one platform; "" where there is none
    """

    platforms: tuple[Platform, ...] = ()
    config: str = ""


def read_manifest(body: bytes, media_type: str) -> Manifest:
    """The index or the manifest in a body of this type. Raises NoJson, which says what is wrong with it."""
    value = decode_object(body)
    inner_type = value.get("mediaType", media_type)
    is_index, is_manifest = isinstance(value.get("manifests"), list), isinstance(value.get("config"), dict)
    if (
        is_index == is_manifest or inner_type != media_type
    ):  # as https://github.com/advisories/GHSA-77vh-xpmg-72qh asks for
        raise NoJson("sent something that is neither an index nor a manifest")
    if is_index != (media_type in (OCI_INDEX, DOCKER_LIST)) or media_type not in ACCEPT.split(", "):
        raise NoJson("sent another type of manifest than it says")
    if is_index:
        return Manifest(platforms=_platforms(value["manifests"]))
    return Manifest(config=_config(value["config"]))


def read_config(body: bytes) -> tuple[Platform, ...]:
    """The one platform of an image's configuration; none where it names none. Raises NoJson."""
    platform = _platform(decode_object(body))
    return (platform,) if platform is not None else ()


def _platforms(entries: object) -> tuple[Platform, ...]:
    """The platforms of an index."""
    names = set[Platform]()
    for entry in (entries if isinstance(entries, list) else [])[:MOST_ENTRIES]:
        if not isinstance(entry, dict) or entry.get("mediaType") not in (OCI_MANIFEST, DOCKER_MANIFEST):
            continue  # an index within the index, or a type that nobody knows
        annotations = entry.get("annotations")
        if entry.get("artifactType") or (isinstance(annotations, dict) and _REFERENCE_TYPE in annotations):
            continue  # an attestation
        platform = _platform(entry.get("platform"))
        names |= {platform} if platform is not None else set()
    return tuple(sorted(names))[:MOST_PLATFORMS]


def _platform(value: object) -> Platform | None:
    """The platform that an object names; None for none, for `unknown/unknown`, and for words that are none."""
    if not isinstance(value, Mapping):
        return None
    words = [value.get(key) or "" for key in ("os", "architecture", "variant")]
    os, architecture, variant = (each.lower() if isinstance(each, str) else "?" for each in words)
    if "unknown" in (os, architecture) or not is_platform_word(os) or not is_platform_word(architecture):
        return None
    return platform_of(os, architecture, variant) if not variant or is_platform_word(variant) else None


def _config(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    digest = value.get("digest")
    return digest if value.get("mediaType") in _CONFIGS and isinstance(digest, str) else ""
