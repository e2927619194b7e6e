"""The account's cross-signing identity: made once, kept, and used to sign the bot's own device for careful clients."""

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

from chatbot.chats.matrix.device.store import Device
from chatbot.chats.matrix.homeserver import Homeserver, Refusal

JSON = dict[str, Any]
USAGES = ("master", "self_signing", "user_signing")


class SigningKey:
    """An Ed25519 key from a 32-byte seed. Base64 is unpadded throughout: clients drop padded keys."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self._key = ECC.construct(curve="Ed25519", seed=seed)
        self.public = unpadded(self._key.public_key().export_key(format="raw"))

    def sign(self, value: Mapping[str, Any]) -> str:
        """The signature of a JSON object, without its signatures, in canonical form."""
        bare = {name: part for name, part in value.items() if name not in ("signatures", "unsigned")}
        canonical = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        return unpadded(eddsa.new(self._key, "rfc8032").sign(canonical))


def new_seeds() -> dict[str, str]:
    return {usage: unpadded(secrets.token_bytes(32)) for usage in USAGES}


async def ensure_signed(
    server: Homeserver,
    device: Device,
    sign: Callable[[JSON], str],
    keep: Callable[[dict[str, str]], None],
    password: str,
) -> str:
    """Make the device one that its owner has signed. Returns what is wrong in a sentence, empty when all is well.

    `sign` signs with the device's own key. `keep` stores new seeds, before they are published. An identity that we do not
    hold is never replaced: people have verified it.
    """
    me = device.user_id
    answer = await server.post("/v3/keys/query", {"device_keys": {me: []}})
    published = next(iter(answer.get("master_keys", {}).get(me, {}).get("keys", {}).values()), None)
    seeds = dict(device.seeds)
    if published is not None and (not seeds or SigningKey(padded(seeds["master"])).public != published):
        return (
            f"{me} has a cross-signing identity that this store does not hold, so the bot's device stays unverified and "
            "clients that exclude insecure devices will not read it: restore the old store, or reset the identity and restart"
        )
    if not seeds:
        keep(seeds := new_seeds())
    keys = {usage: SigningKey(padded(seeds[usage])) for usage in USAGES}
    if published is None:
        await _publish(server, device, keys, sign, password)
    return await _sign_device(server, device, answer, keys["self_signing"])


async def _publish(
    server: Homeserver, device: Device, keys: Mapping[str, SigningKey], sign: Callable[[JSON], str], password: str
) -> None:
    me, master = device.user_id, keys["master"]
    body = {f"{usage}_key": _described(me, usage, key) for usage, key in keys.items()}
    body["master_key"]["signatures"] = {me: {f"ed25519:{device.device_id}": sign(dict(body["master_key"]))}}
    for usage in ("self_signing", "user_signing"):
        body[f"{usage}_key"]["signatures"] = {me: {f"ed25519:{master.public}": master.sign(body[f"{usage}_key"])}}
    try:
        await server.post("/v3/keys/device_signing/upload", body)
    except Refusal as refusal:
        if refusal.status != 401 or not password:
            raise
        who = {"type": "m.id.user", "user": me}
        proof = {"type": "m.login.password", "identifier": who, "password": password, "session": refusal.session}
        await server.post("/v3/keys/device_signing/upload", {**body, "auth": proof})


async def _sign_device(server: Homeserver, device: Device, keys: JSON, key: SigningKey) -> str:
    me = device.user_id
    described = keys.get("device_keys", {}).get(me, {}).get(device.device_id)
    if not isinstance(described, dict):
        return "the homeserver does not show the keys of the bot's own device"
    name = f"ed25519:{key.public}"
    if name in described.get("signatures", {}).get(me, {}):
        return ""
    bare = {part: value for part, value in described.items() if part not in ("signatures", "unsigned")}
    signed = {**bare, "signatures": {me: {name: key.sign(bare)}}}
    answer = await server.post("/v3/keys/signatures/upload", {me: {device.device_id: signed}})
    return "the homeserver did not take the signature of the bot's device" if answer.get("failures") else ""


def _described(me: str, usage: str, key: SigningKey) -> JSON:
    return {"user_id": me, "usage": [usage], "keys": {f"ed25519:{key.public}": key.public}}


def unpadded(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def padded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
