"""What a registry keeps: indexes, manifests and configurations, by their digests, in the shapes of the OCI specification."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"

JSON = dict[str, object]


def digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


@dataclass(kw_only=True)
class Content:
    """One repository's: manifests by digest with their media types, blobs by digest, and tags."""

    manifests: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def push(self, tag: str, platforms: Sequence[str], *, docker: bool = False, attested: bool = False) -> str:
        """Push an index for these platforms under a tag, as `docker buildx` does; return its digest. `attested`: with an
        attestation for each."""
        entries = [self._image(platform, docker=docker) for platform in platforms]
        entries += [self._attestation(entry) for entry in entries if attested]
        index: JSON = {"schemaVersion": 2, "mediaType": DOCKER_LIST if docker else OCI_INDEX, "manifests": entries}
        return self.push_manifest(tag, index)

    def push_one(self, tag: str, platform: str, *, docker: bool = False) -> str:
        """Push a plain manifest, as `docker push` does."""
        digest = str(self._image(platform, docker=docker)["digest"])
        self.tags[tag] = digest
        return digest

    def push_manifest(self, tag: str, manifest: JSON) -> str:
        digest = self._keep(manifest)
        self.tags[tag] = digest
        return digest

    def _keep(self, manifest: JSON) -> str:
        body = json.dumps(manifest, indent=2).encode()
        self.manifests[digest_of(body)] = body, str(manifest["mediaType"])
        return digest_of(body)

    def _image(self, platform: str, *, docker: bool) -> JSON:
        """Push the manifest of one platform and its configuration; return the index's entry."""
        names = dict(zip(("os", "architecture", "variant"), platform.split("/"), strict=False))
        config = json.dumps({**names, "config": {}, "rootfs": {"type": "layers", "diff_ids": []}}).encode()
        self.blobs[digest_of(config)] = config
        layer = f"the files of {platform}".encode()
        manifest: JSON = {
            "schemaVersion": 2,
            "mediaType": DOCKER_MANIFEST if docker else OCI_MANIFEST,
            "config": _descriptor(config, DOCKER_CONFIG if docker else OCI_CONFIG),
            "layers": [_descriptor(layer, DOCKER_LAYER if docker else OCI_LAYER)],
        }
        return self._entry(manifest) | {"platform": names}

    def _attestation(self, entry: JSON) -> JSON:
        """What proves how an image was built: https://docs.docker.com/build/metadata/attestations/attestation-storage/ says how."""
        statement = f"built as {entry['digest']}".encode()
        manifest: JSON = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": _descriptor(b"{}", OCI_CONFIG),
            "layers": [_descriptor(statement, "application/vnd.in-toto+json")],
        }
        marks = {"vnd.docker.reference.digest": entry["digest"], "vnd.docker.reference.type": "attestation-manifest"}
        unknown = {"architecture": "unknown", "os": "unknown"}
        return self._entry(manifest) | {"annotations": marks, "platform": unknown}

    def _entry(self, manifest: JSON) -> JSON:
        digest = self._keep(manifest)
        body, media_type = self.manifests[digest]
        return {"mediaType": media_type, "digest": digest, "size": len(body)}


def _descriptor(body: bytes, media_type: str) -> JSON:
    return {"mediaType": media_type, "digest": digest_of(body), "size": len(body)}
