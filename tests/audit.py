"""Look up known vulnerabilities of the locked packages: ``python -m tests.audit LOCK``.

Ends with 1 when there are any. Where no database answers, it says so and ends with 0.
"""

import json
import subprocess
import sys
from typing import Any

COMMAND = ("-m", "pip_audit", "--disable-pip", "--require-hashes", "--format", "json")
SPINNER = ("--progress-spinner", "off")


def summarize(dependencies: list[dict[str, Any]]) -> tuple[str, int]:
    """Return what pip-audit found, for people, and the exit code."""
    asked = [each for each in dependencies if "skip_reason" not in each]
    bad = [each for each in asked if each["vulns"]]
    if not asked:
        return "No database of vulnerabilities answered: nothing was audited", 0
    lines = [
        f"{each['name']} {each['version']}: {', '.join(vuln['id'] for vuln in each['vulns'])}"
        for each in bad
    ]
    skipped = len(dependencies) - len(asked)
    lines.append(f"{len(bad)} of {len(asked)} packages have known vulnerabilities")
    lines += [f"{skipped} packages are unknown to the database"] if skipped else []
    return "\n".join(lines), bool(bad)


def main(lock: str) -> int:
    """Audit a lock file."""
    command = [sys.executable, *COMMAND, *SPINNER, "--requirement", lock]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except ValueError:
        print("No database of vulnerabilities answered: nothing was audited")
        print(done.stderr.strip().rpartition("\n")[2])
        return 0
    text, code = summarize(found)
    print(text)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
