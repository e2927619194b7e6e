"""Which answer each path of the loopback GitHub gives: pure functions from the world and a request to an answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from chatbot.demo.github import bodies
from chatbot.demo.github.answer import NOT_FOUND, TYPE_ATOM, TYPE_RAW, Answer, ApiRequest, in_json, refusal
from chatbot.demo.github.data import Advisory, GitHub, Release, Repository
from chatbot.demo.github.databases import affects, global_advisory, kev
from chatbot.demo.github.feed import releases_atom
from chatbot.demo.github.pages import MOST_LISTED, BadCursorError, beyond, by_cursor, numbered

Responder = Callable[[GitHub, ApiRequest, datetime], Answer]
OfRepository = Callable[[GitHub, Repository, ApiRequest], Answer]


@dataclass(frozen=True, kw_only=True)
class Route:
    """A path and who answers it; only `counted` ones cost quota."""

    path: str
    respond: Responder
    method: str = "GET"
    counted: bool = True


def _in_repository(respond: OfRepository) -> Responder:
    """Find the repository first: 404 where there is none to see, 301 where it has moved."""

    def answer(world: GitHub, request: ApiRequest, _now: datetime) -> Answer:
        if "number" in request.match:
            of = next((each for each in world.repositories if str(each.id) == request.match["number"]), None)
        else:
            name = f"{request.match['owner']}/{request.match['repo']}"
            if moved := world.moved.get(name.lower()):
                return _moved(world, request, name, moved)
            of = world.find(request.match["owner"], request.match["repo"])
        if of is None or (of.private and not _insider(world, of, request)):
            return NOT_FOUND
        return respond(world, of, request)

    return answer


def _moved(world: GitHub, request: ApiRequest, old: str, new: str) -> Answer:
    """The API points at the repository's number, the web at its new name."""
    of = world.find(*new.split("/", 1))
    if of is None:
        return NOT_FOUND
    api = request.path.startswith("/repos/")
    path = request.path.replace(f"/repos/{old}", f"/repositories/{of.id}") if api else request.path.replace(old, new)
    to = f"{path}?{urlencode(request.query)}" if request.query else path
    value = {"message": "Moved Permanently", "url": f"{request.origin}{to}", "documentation_url": ""}
    return in_json(value, {"Location": f"{request.origin}{to}"}, 301)


def _insider(world: GitHub, of: Repository, request: ApiRequest) -> bool:
    return of.full_name in world.tokens.get(request.token, frozenset())


def _repository(_world: GitHub, of: Repository, request: ApiRequest) -> Answer:
    return in_json(bodies.repository(of, request.origin))


def _releases(world: GitHub, of: Repository, request: ApiRequest) -> Answer:
    """Newest commit first, as GitHub orders them; drafts only for those who may push."""
    insider = _insider(world, of, request)
    visible = [each for each in of.releases if insider or not each.draft]
    visible.sort(key=lambda each: (each.created_at, each.published_at or each.created_at, each.tag), reverse=True)
    if beyond(request.query):
        return refusal(422, f"Only the first {MOST_LISTED} results are available.")
    page, headers = numbered(visible, request.query, f"{request.origin}/repositories/{of.id}/releases")
    return in_json([bodies.release(of, each, request.origin) for each in page], headers)


def _release(world: GitHub, of: Repository, request: ApiRequest) -> Answer:
    release: Release | None = next((each for each in of.releases if each.tag == request.match["tag"]), None)
    if release is None or (release.draft and not _insider(world, of, request)):
        return NOT_FOUND
    return in_json(bodies.release(of, release, request.origin))


def _advisories(world: GitHub, of: Repository, request: ApiRequest) -> Answer:
    """Published ones for anyone; those in triage, drafts and closed ones for those who may push."""
    insider = _insider(world, of, request)
    state = request.query.get("state", "")
    visible = [each for each in of.advisories if (insider or each.public) and (not state or each.state == state)]
    url = f"{request.origin}/repositories/{of.id}/security-advisories"
    try:
        page, headers = by_cursor(visible, _order(request.query.get("sort", "created")), request.query, url)
    except BadCursorError:
        return refusal(400, "Bad Request")
    return in_json([bodies.advisory(of, each, request.origin, insider=insider) for each in page], headers)


def _order(sort: str) -> Callable[[Advisory], tuple[str, str]]:
    def key(item: Advisory) -> tuple[str, str]:
        published = item.published_at or item.created_at
        at = {"updated": item.updated_at or published, "published": published}.get(sort, item.created_at)
        return at.astimezone(UTC).isoformat(), item.ghsa

    return key


def _advisory(world: GitHub, of: Repository, request: ApiRequest) -> Answer:
    insider = _insider(world, of, request)
    for each in of.advisories:
        if each.ghsa == request.match["ghsa"] and (insider or each.public):
            return in_json(bodies.advisory(of, each, request.origin, insider=insider))
    return NOT_FOUND


def _contents(_world: GitHub, of: Repository, request: ApiRequest) -> Answer:
    """A file as JSON or raw, a directory as a list."""
    path = request.match["path"].strip("/")
    text = bodies.text_as_of(of, path, request.query.get("ref", ""))
    if text is not None:
        if "raw" in request.accept:
            return Answer(body=text.encode(), content_type=TYPE_RAW)
        return in_json(bodies.file(of, path, text, request.origin))
    folder = f"{path}/" if path else ""
    inside = sorted({name[len(folder) :].split("/", 1)[0] for name in of.files if name.startswith(folder)})
    entries = [(folder + name, of.text(folder + name)) for name in inside]
    entries = [(name, text) for name, text in entries if text is not None or name not in of.files]
    if not entries:
        return NOT_FOUND
    return in_json([bodies.entry(of, name, text, request.origin) for name, text in entries])


def _raw(_world: GitHub, of: Repository, request: ApiRequest) -> Answer:
    text = of.text(request.match["path"])
    if text is None:
        return Answer(status=404, body=b"404: Not Found", content_type="text/plain; charset=utf-8")
    return Answer(body=text.encode(), content_type="text/plain; charset=utf-8")


def _commits(_world: GitHub, of: Repository, request: ApiRequest) -> Answer:
    """Newest first, of one path or of all."""
    file = request.query.get("path", "")
    every = [(path, each) for path, history in of.files.items() if file in {"", path} for each in history]
    every.sort(key=lambda pair: pair[1].at, reverse=True)
    page, headers = numbered(every, request.query, f"{request.origin}/repositories/{of.id}/commits")
    return in_json([bodies.commit(of, path, each, request.origin) for path, each in page], headers)


def _private_reports(_world: GitHub, of: Repository, _request: ApiRequest) -> Answer:
    return in_json({"enabled": of.private_reports})


def _feed(_world: GitHub, of: Repository, request: ApiRequest) -> Answer:
    return Answer(body=releases_atom(of, request.origin).encode(), content_type=TYPE_ATOM)


def _global_advisories(world: GitHub, request: ApiRequest, _now: datetime) -> Answer:
    """Filtered by id, type, severity, ecosystem and package. `affects` compares names; its versions are not ordered here."""
    ask = request.query
    packages = {each.rsplit("@", 1)[0] if "@" in each[1:] else each for each in ask.get("affects", "").split(",")} - {
        ""
    }
    visible = [
        each
        for each in world.advisories
        if each.public
        and each.type == ask.get("type", "reviewed")
        and ask.get("ghsa_id") in {None, each.ghsa}
        and ask.get("cve_id") in {None, each.cve}
        and ask.get("severity") in {None, each.severity or "unknown"}
        and ask.get("is_withdrawn") in {None, "true" if each.withdrawn_at else "false"}
        and ("ecosystem" not in ask or any(vuln.ecosystem == ask["ecosystem"] for vuln in each.vulnerabilities))
        and (not packages or any(vuln.package in packages for vuln in each.vulnerabilities))
    ]
    try:
        page, headers = by_cursor(visible, _order(ask.get("sort", "published")), ask, f"{request.origin}/advisories")
    except BadCursorError:
        return refusal(422, "Validation Failed")
    return in_json([global_advisory(each, request.origin) for each in page], headers)


def _global_advisory(world: GitHub, request: ApiRequest, _now: datetime) -> Answer:
    for each in world.advisories:
        if each.ghsa == request.match["ghsa"] and each.public:
            return in_json(global_advisory(each, request.origin))
    return NOT_FOUND


def _osv_query(world: GitHub, request: ApiRequest, _now: datetime) -> Answer:
    try:
        query = json.loads(request.body)
        package, version = query["package"], query.get("version")
    except (ValueError, TypeError, KeyError, AttributeError):
        return in_json({"code": 3, "message": "Invalid query."}, status=400)
    records = [record for record in world.osv if affects(record, package, version)]
    return in_json({"vulns": records} if records else {})


def _osv_vulnerability(world: GitHub, request: ApiRequest, _now: datetime) -> Answer:
    for record in world.osv:
        if record.get("id") == request.match["id"]:
            return in_json(record)
    return in_json({"code": 5, "message": "Bug not found."}, status=404)


def _kev(world: GitHub, _request: ApiRequest, now: datetime) -> Answer:
    return in_json(kev(world.kev, now))


def _product(world: GitHub, request: ApiRequest, _now: datetime) -> Answer:
    document = world.lifecycles.get(request.match["product"])
    return in_json(document) if document is not None else in_json({"message": "Not found"}, status=404)


_OF_REPOSITORY: tuple[tuple[str, OfRepository], ...] = (
    ("", _repository),
    ("/releases", _releases),
    ("/releases/tags/{tag:.+}", _release),
    ("/security-advisories", _advisories),
    ("/security-advisories/{ghsa}", _advisory),
    ("/contents/{path:.*}", _contents),
    ("/commits", _commits),
    ("/private-vulnerability-reporting", _private_reports),
)

ROUTES: tuple[Route, ...] = (
    *(
        Route(path=base + path, respond=_in_repository(respond))
        for path, respond in _OF_REPOSITORY
        for base in ("/repos/{owner}/{repo}", r"/repositories/{number:\d+}")
    ),
    Route(path="/advisories", respond=_global_advisories),
    Route(path="/advisories/{ghsa}", respond=_global_advisory),
    Route(path="/osv/v1/query", respond=_osv_query, method="POST", counted=False),
    Route(path="/osv/v1/vulns/{id}", respond=_osv_vulnerability, counted=False),
    Route(path="/kev.json", respond=_kev, counted=False),
    Route(path="/eol/products/{product}", respond=_product, counted=False),
    Route(path="/{owner}/{repo}/releases.atom", respond=_in_repository(_feed), counted=False),
    Route(path="/{owner}/{repo}/raw/{ref}/{path:.+}", respond=_in_repository(_raw), counted=False),
)
