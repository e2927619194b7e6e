"""How the bot becomes a device of its account: by password once, by token, or by what it kept."""

from dataclasses import replace

from chatbot.chats.matrix.device.account import Account
from chatbot.chats.matrix.device.store import Device, DeviceStore, new_pickle_key
from chatbot.chats.matrix.homeserver import Homeserver, Refusal
from chatbot.ports import ChatStopped, Clock

DEVICE_NAME = "chatbot"


async def log_in(server: Homeserver, account: Account, device_store: DeviceStore, clock: Clock) -> Device:
    """The kept device, else a new one. A device whose keys are lost is never used again."""
    stored = device_store.load()
    ours = stored is not None and stored.user_id == account.user_id and device_store.has_keys(stored)
    if stored is not None and ours and account.access_token in ("", stored.access_token):
        server.token = stored.access_token
        return stored
    device = await (_by_token if account.access_token else _by_password)(server, account, clock)
    if not device_store.has_keys(device) and await _has_published_keys(server, device):
        raise ChatStopped(
            f"the keys of device {device.device_id} are not in {device_store.folder}: they cannot be made again, so give the bot "
            "a password or the token of a new device"
        )
    if stored is not None and stored.user_id == device.user_id:
        device = replace(device, seeds=stored.seeds)  # the identity outlives the device
        if stored.device_id == device.device_id:
            device = replace(device, pickle_key=stored.pickle_key, since=stored.since)
    device_store.prepare_keys(device)
    device_store.save(device)
    return device


async def log_in_again(server: Homeserver, account: Account, device_store: DeviceStore, device: Device) -> Device:
    """A new token for the same device after a soft logout."""
    if not account.password:
        raise ChatStopped(
            "the homeserver asks for a new login and there is no password: set matrix.access_token to a new token"
        )
    answer = await _password_login(server, account, device.device_id)
    renewed = replace(device, access_token=str(answer["access_token"]))
    device_store.save(renewed)
    return renewed


async def _by_password(server: Homeserver, account: Account, clock: Clock) -> Device:
    if not account.password:
        raise ChatStopped("Matrix has neither matrix.password nor matrix.access_token: set one of them")
    answer = await _password_login(server, account, "")
    server.token = str(answer["access_token"])
    return _device(account, str(answer["user_id"]), str(answer["device_id"]), server.token, clock)


async def _password_login(server: Homeserver, account: Account, device: str) -> dict[str, object]:
    who = {"type": "m.id.user", "user": account.user_id}
    body = {"type": "m.login.password", "identifier": who, "password": account.password}
    body |= {"device_id": device} if device else {"initial_device_display_name": DEVICE_NAME}
    try:
        return await Homeserver(server.session, server.url).post("/v3/login", body)
    except Refusal as refusal:
        raise ChatStopped(
            f"{account.user_id} cannot log in ({refusal}): check matrix.user_id and matrix.password"
        ) from refusal


async def _by_token(server: Homeserver, account: Account, clock: Clock) -> Device:
    server.token = account.access_token
    try:
        answer = await server.get("/v3/account/whoami")
    except Refusal as refusal:
        raise ChatStopped(f"the homeserver does not take matrix.access_token ({refusal})") from refusal
    user, device = str(answer.get("user_id", "")), str(answer.get("device_id") or account.device_id)
    if user != account.user_id:
        raise ChatStopped(f"matrix.access_token belongs to {user}, not to {account.user_id}: correct matrix.user_id")
    if not device:
        raise ChatStopped("the homeserver does not say which device the token is of: set matrix.device_id")
    return _device(account, user, device, account.access_token, clock)


def _device(account: Account, user: str, device: str, token: str, clock: Clock) -> Device:
    return Device(
        user_id=user,
        device_id=device,
        access_token=token,
        pickle_key=account.pickle_key or new_pickle_key(),
        since=clock().isoformat(),
    )


async def _has_published_keys(server: Homeserver, device: Device) -> bool:
    answer = await server.post("/v3/keys/query", {"device_keys": {device.user_id: [device.device_id]}})
    return device.device_id in answer.get("device_keys", {}).get(device.user_id, {})
