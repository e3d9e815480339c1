import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from probes.evaluation.records import Evaluation
from probes.evaluation.report import Item, pictured, render, write_report

JPEG = b"\xff\xd8\xff\xe0 not much of a picture"
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Items:
    def __getitem__(self, row: int, /) -> Item:
        return Item(f"<script>alert({row})</script>", "01:00:00:00", "01:00:08:00")


class Reader(HTMLParser):
    """Keeps what is loaded and refuses what does not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name in {"src", "href", "xlink:href", "srcset", "data", "action"}:
                self.loaded.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader


def test_the_report_is_whole_and_loads_nothing(evaluation: Evaluation, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(evaluation, path, Items(), lambda row: JPEG if row % 2 else None)
    html = path.read_text(encoding="utf-8")
    reader = read(html)
    assert reader.loaded
    assert all(each.startswith(("data:image/jpeg;base64,", "#task-")) for each in reader.loaded)
    assert "url(" not in html
    assert "@import" not in html
    assert "script" not in reader.seen
    assert "&lt;script&gt;alert(" in html
    assert len(set(reader.ids)) == len(reader.ids)
    assert list(tmp_path.iterdir()) == [path]


def test_every_chart_says_what_it_shows(evaluation: Evaluation) -> None:
    html = render(evaluation, Items(), lambda _row: None)
    ids = set(read(html).ids)
    charts = re.findall(r'<svg [^>]*aria-labelledby="([^"]+)"', html)
    assert len(charts) == html.count("<svg ") == 4 + 2 * 2 + 2 * 2 + 1
    assert all(set(each.split()) <= ids for each in charts)


def test_differences_are_said_in_words_where_they_are_certain(evaluation: Evaluation) -> None:
    html = render(evaluation, Items(), lambda _row: None)
    certain = [cell for task in evaluation.tasks for each in task.measures for cell in each.cells]
    worse = sum(cell.sign < 0 for cell in certain)
    assert worse > 2
    assert html.count(" worse</i>") == worse
    assert "rare: " in html
    assert "4 positives of 10 needed" in html


def test_names_of_columns_and_classes_are_escaped(evaluation: Evaluation) -> None:
    task = evaluation.tasks[1]
    odd = replace(task, columns=('"><b>x', "in context", "probe"))
    odd = replace(odd, classes=(replace(task.classes[0], name="<img src=x>"),))
    html = render(replace(evaluation, tasks=(odd,)), Items(), lambda _row: None)
    assert "<b>x" not in html
    assert "<img src=x>" not in html
    read(html)


def test_stills_are_for_the_best_and_the_worst_classes(evaluation: Evaluation) -> None:
    task = evaluation.tasks[0]
    one = task.classes[0]
    at = task.reference_column

    def named(name: str, chance: float):  # type: ignore[no-untyped-def]
        return replace(one, name=name, chance=chance)

    many = replace(task, classes=tuple(named(str(each), each / 10) for each in range(10)))
    assert one.cells[at].value.value > 0
    assert pictured(many, 4) == {"0", "1", "8", "9"}
    assert pictured(many) == {str(each) for each in range(10)}


def test_an_unknown_picture_is_refused_and_the_old_report_stays(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    with pytest.raises(ValueError, match=r"still of row .* neither JPEG"):
        write_report(evaluation, path, Items(), lambda _row: b"GIF89a")
    assert path.read_text() == "old"
