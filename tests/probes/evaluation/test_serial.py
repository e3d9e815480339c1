import json
import math
from dataclasses import replace

import pytest

from probes.evaluation.records import Evaluation
from probes.evaluation.serial import from_json, to_json


def test_what_is_written_is_read_again(evaluation: Evaluation) -> None:
    assert from_json(to_json(evaluation)) == evaluation


def test_what_is_not_a_number_is_null_and_comes_back(evaluation: Evaluation) -> None:
    task = evaluation.tasks[1]
    calling = task.classes[0].calling
    assert calling is not None
    undefined = replace(task.classes[0], calling=replace(calling, precision=math.nan))
    changed = replace(evaluation, tasks=(replace(task, classes=(undefined,)),))
    text = to_json(changed)
    raw = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert raw["version"] == 1
    assert raw["tasks"][0]["classes"][0]["calling"]["precision"] is None
    again = from_json(text).tasks[0].classes[0].calling
    assert again is not None
    assert math.isnan(again.precision)
    assert to_json(from_json(text)) == text


def test_a_file_of_before_there_were_blocks_is_read(evaluation: Evaluation) -> None:
    raw = json.loads(to_json(evaluation))
    for task in raw["tasks"]:
        del task["blocks"]
    tasks = tuple(replace(task, blocks=()) for task in evaluation.tasks)
    assert from_json(json.dumps(raw)) == replace(evaluation, tasks=tasks)


def test_other_files_and_versions_are_refused(evaluation: Evaluation) -> None:
    with pytest.raises(ValueError, match="no reelfind evaluation"):
        from_json("[1, 2]")
    raw = json.loads(to_json(evaluation))
    with pytest.raises(ValueError, match="version 7, known is 1"):
        from_json(json.dumps({**raw, "version": 7}))
    del raw["subject"]["seed"]
    with pytest.raises(ValueError, match=r"not complete \('seed'\)"):
        from_json(json.dumps(raw))
