"""The block list: e-mail addresses, domains, hosts that are linked to, networks."""

from ipaddress import ip_address, ip_network

from app.core.i18n import _
from app.moderation.models import ListedKind
from app.moderation.submission import Facts, ListedEntry, Submission
from app.moderation.verdicts import Says, Verdict


def listed(submission: Submission, facts: Facts) -> Verdict | None:
    """On the block list, by any of what is known of it."""
    entries = (entry for entry in facts.listed if entry.effect == "block")
    found = next((entry for entry in entries if _matches(entry, submission)), None)
    if found is None:
        return None
    because = _("“%(entry)s” is on the block list.") % {"entry": found.value}
    return Verdict("block_list", Says.SPAM, because)


def _matches(entry: ListedEntry, submission: Submission) -> bool:
    value, email = entry.value.casefold(), submission.email.casefold()
    match entry.kind:
        case ListedKind.EMAIL:
            return value == email
        case ListedKind.DOMAIN:
            mailed_from = email.rpartition("@")[2]
            return any(_is_below(host, value) for host in (mailed_from, *submission.hosts))
        case ListedKind.HOST:
            return value.removeprefix("www.") in submission.hosts
        case ListedKind.NETWORK:
            return _is_within(submission.address, value)
        case _:
            return value in submission.text.casefold()


def _is_below(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _is_within(address: str, network: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return False
