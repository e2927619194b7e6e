"""The loopback GitHub's JSON: releases, repository advisories, files and commits in GitHub's own shapes."""

import base64
import hashlib
from datetime import UTC, datetime
from urllib.parse import quote

from chatbot.demo.github.data import JSON, Advisory, Commit, Release, Repository, Vulnerability, number


def stamp(at: datetime | None) -> str | None:
    """A time as GitHub's REST API writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def user(login: str, origin: str) -> JSON:
    """A person, as anyone may see them."""
    api = f"{origin}/users/{login}"
    return {
        "login": login,
        "id": number(login),
        "node_id": f"U_{number(login)}",
        "avatar_url": f"{origin}/avatars/{login}.png",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{origin}/{login}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": "User",
        "site_admin": False,
    }


def repository(of: Repository, origin: str) -> JSON:
    """The parts of a repository that a reader of releases could want."""
    return {
        "id": of.id,
        "node_id": f"R_{of.id}",
        "name": of.name,
        "full_name": of.full_name,
        "private": of.private,
        "owner": user(of.owner, origin),
        "html_url": f"{origin}/{of.full_name}",
        "description": of.description or None,
        "url": f"{origin}/repos/{of.full_name}",
        "releases_url": f"{origin}/repos/{of.full_name}/releases{{/id}}",
        "default_branch": "main",
        "archived": False,
        "visibility": "private" if of.private else "public",
    }


def release(of: Repository, item: Release, origin: str) -> JSON:
    """A release."""
    at = number(f"{of.full_name}/{item.tag}")
    api = f"{origin}/repos/{of.full_name}"
    tag = f"untagged-{at:x}" if item.draft else item.tag
    return {
        "url": f"{api}/releases/{at}",
        "assets_url": f"{api}/releases/{at}/assets",
        "upload_url": f"{api}/releases/{at}/assets{{?name,label}}",
        "html_url": f"{origin}/{of.full_name}/releases/tag/{quote(tag, safe='')}",
        "id": at,
        "author": user(item.author, origin),
        "node_id": f"RE_{at}",
        "tag_name": item.tag,
        "target_commitish": "main",
        "name": item.name,
        "draft": item.draft,
        "immutable": item.immutable,
        "prerelease": item.prerelease,
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.updated_at or item.published_at or item.created_at),
        "published_at": stamp(item.published_at),
        "assets": [_asset(of, item, name, origin) for name in (*item.assets, *item.uploading)],
        "tarball_url": None if item.draft else f"{api}/tarball/{quote(item.tag)}",
        "zipball_url": None if item.draft else f"{api}/zipball/{quote(item.tag)}",
        "body": item.body,
    }


def _asset(of: Repository, item: Release, name: str, origin: str) -> JSON:
    at = number(f"{of.full_name}/{item.tag}/{name}")
    return {
        "url": f"{origin}/repos/{of.full_name}/releases/assets/{at}",
        "browser_download_url": f"{origin}/{of.full_name}/releases/download/{quote(item.tag)}/{quote(name)}",
        "id": at,
        "node_id": f"RA_{at}",
        "name": name,
        "label": None,
        "state": "open" if name in item.uploading else "uploaded",
        "content_type": "application/octet-stream",
        "size": 1024,
        "digest": f"sha256:{hashlib.sha256(name.encode()).hexdigest()}",
        "download_count": 0,
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.created_at),
        "uploader": user(item.author, origin),
    }


def advisory(of: Repository, item: Advisory, origin: str, *, insider: bool) -> JSON:
    """A repository advisory. Who works on it is shown to insiders only."""
    people: list[JSON] = [user(item.author, origin)] if insider else []
    return {
        "ghsa_id": item.ghsa,
        "cve_id": item.cve or None,
        "url": f"{origin}/repos/{of.full_name}/security-advisories/{item.ghsa}",
        "html_url": f"{origin}/{of.full_name}/security/advisories/{item.ghsa}",
        "summary": item.summary,
        "description": item.description or None,
        "severity": item.severity or None,
        "author": user(item.author, origin) if insider else None,
        "publisher": user(item.author, origin) if item.public else None,
        "identifiers": identifiers(item),
        "state": item.state,
        "created_at": stamp(item.created_at) if insider else None,
        "updated_at": stamp(item.updated_at or item.published_at or item.created_at),
        "published_at": stamp(item.published_at),
        "closed_at": stamp(item.closed_at),
        "withdrawn_at": stamp(item.withdrawn_at),
        "submission": {"accepted": False} if item.state == "triage" else None,
        "vulnerabilities": [_vulnerability(each) for each in item.vulnerabilities],
        **scores(item),
        "cwes": [{"cwe_id": cwe, "name": name} for cwe, name in item.cwes],
        "cwe_ids": [cwe for cwe, _ in item.cwes],
        "credits": [{"login": each.login, "type": each.type} for each in item.credits],
        "credits_detailed": [
            {"user": user(each.login, origin), "type": each.type, "state": each.state} for each in item.credits
        ],
        "collaborating_users": people,
        "collaborating_teams": [],
        "private_fork": None,
    }


def _vulnerability(each: Vulnerability) -> JSON:
    return {
        "package": {"ecosystem": each.ecosystem, "name": each.package or None},
        "vulnerable_version_range": each.range or None,
        "patched_versions": each.patched or None,
        "vulnerable_functions": list(each.functions),
    }


def identifiers(item: Advisory) -> list[JSON]:
    """Every id of an advisory."""
    every = (("GHSA", item.ghsa), ("CVE", item.cve))
    return [{"type": kind, "value": value} for kind, value in every if value]


def scores(item: Advisory) -> JSON:
    """An advisory's CVSS scores: the old single place and the new one by version."""
    by_version = {
        version: next(
            ({"vector_string": vector, "score": score} for vector, score in item.scores if vector.startswith(prefix)),
            {"vector_string": None, "score": None},
        )
        for version, prefix in (("cvss_v3", "CVSS:3"), ("cvss_v4", "CVSS:4"))
    }
    return {"cvss": by_version["cvss_v3"], "cvss_severities": by_version}


def file(of: Repository, path: str, text: str, origin: str) -> JSON:
    """A file with its contents, in lines of 60 characters of base64."""
    coded = base64.b64encode(text.encode()).decode()
    lines = "".join(f"{coded[at : at + 60]}\n" for at in range(0, len(coded), 60))
    return {**entry(of, path, text, origin), "content": lines, "encoding": "base64"}


def entry(of: Repository, path: str, text: str | None, origin: str) -> JSON:
    """One line of a directory: a file, or a directory where there is no text."""
    kind, sha = ("dir", blob(path)) if text is None else ("file", blob(text))
    places = {
        "self": f"{origin}/repos/{of.full_name}/contents/{quote(path)}?ref=main",
        "git": f"{origin}/repos/{of.full_name}/git/{'trees' if text is None else 'blobs'}/{sha}",
        "html": f"{origin}/{of.full_name}/{'tree' if text is None else 'blob'}/main/{quote(path)}",
    }
    return {
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "sha": sha,
        "size": len((text or "").encode()),
        "url": places["self"],
        "html_url": places["html"],
        "git_url": places["git"],
        "download_url": None if text is None else f"{origin}/{of.full_name}/raw/main/{quote(path)}",
        "type": kind,
        "_links": places,
    }


def blob(text: str) -> str:
    """Forty hex digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def text_as_of(of: Repository, path: str, ref: str) -> str | None:
    """A file as a commit left it; as it stands now without one, or where the reference is none of the file's commits."""
    history = of.files.get(path, [])
    return next((item.text for item in history if ref and commit_sha(path, item) == ref), of.text(path))


def commit_sha(path: str, item: Commit) -> str:
    """What a commit is called."""
    return blob(f"{path}\n{item.at.isoformat()}\n{item.text}")


def commit(of: Repository, path: str, item: Commit, origin: str) -> JSON:
    """A commit that touched a file."""
    sha = commit_sha(path, item)
    person = {"name": item.author, "email": f"{item.author}@users.noreply.example", "date": stamp(item.at)}
    return {
        "sha": sha,
        "node_id": f"C_{sha}",
        "commit": {
            "author": person,
            "committer": person,
            "message": item.message,
            "tree": {"sha": blob(sha), "url": f"{origin}/repos/{of.full_name}/git/trees/{blob(sha)}"},
            "url": f"{origin}/repos/{of.full_name}/git/commits/{sha}",
            "comment_count": 0,
        },
        "url": f"{origin}/repos/{of.full_name}/commits/{sha}",
        "html_url": f"{origin}/{of.full_name}/commit/{sha}",
        "author": user(item.author, origin),
        "committer": user(item.author, origin),
        "parents": [],
    }
