"""What GitHub says of itself: its sources, and the words in which an answer speaks of it."""

from chatbot.core.model.source_profile import ForgeProfile, SourceProfile

ORIGIN = "GitHub"
RELEASES = SourceProfile("release", ORIGIN, authoritative=True)
ADVISORIES = SourceProfile("advisory", ORIGIN, authoritative=True)
POLICY = SourceProfile("policy", ORIGIN, authoritative=True)
FEED = SourceProfile("signal", ORIGIN, authoritative=True)
DATABASE = SourceProfile("advisory", "GitHub Advisory Database")


def forge_profile(web_url: str) -> ForgeProfile:
    """GitHub, or an Enterprise server, whose pages are at `web_url`."""
    return ForgeProfile(
        name=ORIGIN,
        web_url=web_url,
        report_form="GitHub's private form",
        report_path="/{repository}/security/advisories/new",
    )
