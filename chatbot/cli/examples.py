"""The examples that `--help` shows for each command; a test runs every line of them."""

from collections.abc import Mapping

# By the command as one types it without the program's name; of "" are the examples of the program.
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "": ("chatbot demo", "chatbot init", "chatbot check", "chatbot run", "chatbot supported --help"),
    "run": (
        "chatbot run",
        "chatbot run --config /etc/chatbot/config.toml --log-format text",
        "chatbot run --rehearse console",
    ),
    "demo": ("chatbot demo",),
    "try": ("chatbot try octocat/hello-world", "chatbot try octocat/hello-world --since 6m --as discord --full"),
    "init": (
        "chatbot init",
        "chatbot init --repository acme/mailer --room discord:1234567890123456789",
        'chatbot init --repository acme/mailer --room "#releases:example.org" --user-id @bot:example.org',
    ),
    "check": ("chatbot check", "chatbot check --online"),
    "health": ("chatbot health", "chatbot health --ready"),
    "test-message": ("chatbot test-message discord:1234567890123456789", "chatbot test-message console"),
    "preview": ("chatbot preview v2.3.5", "chatbot preview v2.3.5 --as discord", "chatbot preview v2.3.5 --why --json"),
    "ask": ('chatbot ask "/supported 2.2.9"', "chatbot ask /help"),
    "supported": (
        "chatbot supported 2.2.9 --policy SECURITY.md",
        "chatbot supported 2.1 2.2 2.3 --policy SECURITY.md --on 2031-12-31 --json",
    ),
    "affected": (
        "chatbot affected 2.2.9 --advisories advisories.json",
        "chatbot affected 2.2.9 2.3.5 --advisories advisories.json --json",
    ),
    "classify": (
        "chatbot classify releases.json",
        "chatbot classify releases.json --advisories advisories.json --json",
    ),
    "lint-policy": (
        "chatbot lint-policy SECURITY.md",
        "chatbot lint-policy SECURITY.md --releases releases.json --show",
    ),
    "lint-advisory": (
        "chatbot lint-advisory advisories.json",
        "chatbot lint-advisory advisories.json --releases releases.json --policy SECURITY.md --json",
    ),
    "doctor": ("chatbot doctor", "chatbot doctor report.txt"),
    "deliveries": ("chatbot deliveries list", "chatbot deliveries retry 17"),
    "deliveries list": ("chatbot deliveries list", "chatbot deliveries list --state parked --state doubtful --json"),
    "deliveries retry": ("chatbot deliveries retry 17 18", "chatbot deliveries retry 17 --blind"),
    "deliveries drop": ("chatbot deliveries drop 17",),
    "db": ("chatbot db backup backup.db", "chatbot db restore backup.db"),
    "db upgrade": ("chatbot db upgrade",),
    "db backup": ("chatbot db backup backup.db",),
    "db restore": ("chatbot db restore backup.db",),
    "db export": ("chatbot db export export.db",),
    "db import": ("chatbot db import export.db --config new.toml",),
    "discord": ("chatbot discord sync",),
    "discord sync": ("chatbot discord sync --dry-run", "chatbot discord sync"),
}
