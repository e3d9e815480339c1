"""What the audit of the locked packages says and how it ends."""

from tests.audit import summarize

SAFE = {"name": "safe", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "unknown", "skip_reason": "Dependency not found"}


def test_a_known_vulnerability_fails_the_audit_by_name() -> None:
    bad = {"name": "bad", "version": "2.0", "vulns": [{"id": "CVE-1"}, {"id": "CVE-2"}]}

    text, code = summarize([SAFE, bad, UNKNOWN])

    assert code == 1
    assert text.splitlines() == [
        "bad 2.0: CVE-1, CVE-2",
        "1 of 2 packages have known vulnerabilities",
        "1 packages are unknown to the database",
    ]


def test_without_a_database_the_audit_says_that_nothing_was_audited() -> None:
    assert summarize([UNKNOWN]) == (
        "No database of vulnerabilities answered: nothing was audited",
        0,
    )
    assert summarize([SAFE])[1] == 0
