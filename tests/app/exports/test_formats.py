"""A format is one record, and whoever offers formats offers all of them."""

from pathlib import Path

from typer.testing import CliRunner

from app.cli.main import app as command_line
from app.exports.formats import BY_NAME, BY_SUFFIX, FORMATS, SUFFIXES


def test_no_two_formats_share_a_name_or_an_ending() -> None:
    assert len(BY_NAME) == len(BY_SUFFIX) == len(FORMATS)
    assert len(set(SUFFIXES)) == len(SUFFIXES)


def test_the_help_of_the_command_names_every_ending() -> None:
    printed = CliRunner().invoke(command_line, ["shortlist", "export", "--help"]).output
    assert all(f".{suffix}" in printed for suffix in SUFFIXES)


def test_the_docs_say_how_each_format_is_imported() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "exports.md").read_text("utf-8")
    for form in FORMATS:
        assert form.how
        assert f"| `.{form.suffix}` | {form.label} | {form.how} |" in manual
