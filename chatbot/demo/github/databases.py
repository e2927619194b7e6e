"""The loopback's public databases in their own shapes: GitHub's global advisories, OSV and CISA's catalogue."""

from datetime import datetime

from chatbot.demo.github.bodies import identifiers, scores, stamp, user
from chatbot.demo.github.data import JSON, Advisory


def global_advisory(item: Advisory, origin: str) -> JSON:
    """An advisory as the global database shows it."""
    home = f"{origin}/repos/{item.repository}/security-advisories/{item.ghsa}" if item.repository else None
    return {
        "ghsa_id": item.ghsa,
        "cve_id": item.cve or None,
        "url": f"{origin}/advisories/{item.ghsa}",
        "html_url": f"{origin}/advisories/{item.ghsa}",
        "repository_advisory_url": home,
        "summary": item.summary,
        "description": item.description or None,
        "type": item.type,
        "severity": item.severity or "unknown",
        "source_code_location": f"{origin}/{item.repository}" if item.repository else None,
        "identifiers": identifiers(item),
        "references": [f"https://nvd.nist.gov/vuln/detail/{item.cve}"] if item.cve else [],
        "published_at": stamp(item.published_at or item.created_at),
        "updated_at": stamp(item.updated_at or item.published_at or item.created_at),
        "github_reviewed_at": stamp(item.published_at) if item.type == "reviewed" else None,
        "nvd_published_at": None,
        "withdrawn_at": stamp(item.withdrawn_at),
        "vulnerabilities": [
            {
                "package": {"ecosystem": each.ecosystem, "name": each.package or None},
                "vulnerable_version_range": each.range or None,
                "first_patched_version": each.patched or None,
                "vulnerable_functions": list(each.functions),
            }
            for each in item.vulnerabilities
        ],
        **scores(item),
        "cwes": [{"cwe_id": cwe, "name": name} for cwe, name in item.cwes],
        "credits": [
            {"user": user(each.login, origin), "type": each.type} for each in item.credits if each.state == "accepted"
        ],
    }


def affects(record: JSON, package: object, version: object) -> bool:
    """Whether an OSV record names this package (`name` and `ecosystem`), and lists the version where one is asked for.

    OSV itself orders versions as well; this server knows only the listed ones and leaves ranges to the reader.
    """
    if not isinstance(package, dict):
        return False
    blocks = record.get("affected")
    for block in blocks if isinstance(blocks, list) else []:
        named_package = block.get("package", {})
        ecosystem = str(named_package.get("ecosystem", "")).split(":", 1)[0]
        if named_package.get("name") == package.get("name") and ecosystem == package.get("ecosystem"):
            listed = block.get("versions")
            return not version or not listed or version in listed
    return False


def kev(cves: list[str], now: datetime) -> JSON:
    """CISA's catalogue of known exploited vulnerabilities."""
    day = now.date().isoformat()
    return {
        "title": "CISA Catalog of Known Exploited Vulnerabilities",
        "catalogVersion": day.replace("-", "."),
        "dateReleased": f"{day}T12:00:00.0000Z",
        "count": len(cves),
        "vulnerabilities": [
            {
                "cveID": cve,
                "vendorProject": "Example",
                "product": "Example",
                "vulnerabilityName": "Example",
                "dateAdded": day,
                "shortDescription": "Example",
                "requiredAction": "Apply updates per vendor instructions.",
                "dueDate": day,
                "knownRansomwareCampaignUse": "Unknown",
                "notes": "",
                "cwes": [],
            }
            for cve in cves
        ],
    }
