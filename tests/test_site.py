"""The documents: the site is whole and loads nothing from elsewhere; what they show is accepted."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli.main import app
from indexer.environment import SUFFIX
from indexer.settings import Settings, load_settings

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Loaded(HTMLParser):
    """Collects the addresses that a page loads by itself, as opposed to links."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [given[name] or "" for name in ("src", "srcset") if name in given]
        if tag == "link" and given.get("rel") not in {"next", "prev", "canonical"}:
            self.addresses.append(given.get("href") or "")


def blocks(*languages: str) -> Iterator[tuple[str, str]]:
    """Each block of code in one of ``languages``, with its page's name."""
    for page in PAGES:
        for language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
            if language in languages:
                yield page.name, text


def commands() -> list[str]:
    """Each line of ``reelfind`` in the documents, without what a shell makes of it."""
    lines = [line for _, text in blocks("", "sh") for line in text.splitlines()]
    return [line for line in dict.fromkeys(lines) if line.startswith("reelfind ")]


def toml() -> list[tuple[str, str]]:
    """Each block of settings: those for a package's own file have a project's tables."""
    return [each for each in blocks("toml") if "project" not in tomllib.loads(each[1])]


def test_the_site_is_built_without_a_warning_and_loads_nothing_from_elsewhere(
    tmp_path: Path,
) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", tmp_path],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    assert built.stderr == ""
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) >= len(PAGES)
    for page in pages:
        loaded = Loaded()
        loaded.feed(page.read_text(encoding="utf-8"))
        elsewhere = [each for each in loaded.addresses if re.match(r"(\w+:)?//", each)]
        assert loaded.addresses
        assert elsewhere == [], page.name


@pytest.mark.parametrize(("page", "text"), toml(), ids=lambda each: each.splitlines()[0])
def test_settings_in_the_documents_are_accepted(page: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "reelfind.toml").write_text(text, encoding="utf-8")
    assert load_settings(tmp_path) is not None, page


def test_the_limits_of_examples_are_the_defaults(tmp_path: Path) -> None:
    (shown,) = [text for _, text in toml() if text.startswith("[examples]")]
    (tmp_path / "reelfind.toml").write_text(shown, encoding="utf-8")
    assert load_settings(tmp_path).examples == Settings().examples


@pytest.mark.parametrize("line", commands())
def test_commands_in_the_documents_exist_with_their_options(line: str) -> None:
    words = iter(shlex.split(line, comments=True)[1:])
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands"):
        command = command.commands[next(words)]
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    used = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert used <= known, used - known


def test_variables_of_the_environment_in_the_documents_are_settings() -> None:
    named = {
        name
        for page in PAGES
        for name in re.findall(r"\bREELFIND_([A-Z_]+)\b", page.read_text(encoding="utf-8"))
    }
    for name in named - {
        "DATA",
        "KEY",
        "API_KEY",
    }:  # Of commands and the compose file.
        section, _, field = name.removesuffix(SUFFIX).lower().partition("__")
        assert section in Settings.model_fields, name
        if field and section != "roots":  # Those are names that users choose.
            assert field in type(getattr(Settings(), section)).model_fields, name


def test_the_map_of_the_tree_names_what_is_there() -> None:
    text = (ROOT / "docs" / "development" / "architecture.md").read_text(encoding="utf-8")
    tops = "app|bench|encoder|indexer|probes|tests"
    named = set(re.findall(rf"`((?:{tops})/[\w/.]+)`", text))
    assert len(named) > 40
    assert {each for each in named if not (ROOT / each).exists()} == set()
    shown = set(re.findall(r"^  ([\w./]+)", text.split("```")[1], re.MULTILINE))
    parts = {f"{each.parent.name}/" for each in (ROOT / "app").glob("*/__init__.py")}
    assert parts | {each.name for each in (ROOT / "app").glob("[!_]*.py")} <= shown
