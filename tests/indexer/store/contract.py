"""A Qdrant server that is only its published OpenAPI description.

A transport checks each request, and gives an answer that is checked against the description too.
"""

import json
import re
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft7Validator

DESCRIPTION = Path(__file__).parents[3].parent / "shared" / "qdrant" / "openapi-1.19.json"
ID = "6d0ab8a4-31a1-4c9c-9d3a-0a8c2f4b7e11"
POINT = {"id": ID, "version": 3, "score": 0.5, "payload": {"season": 2}}
PARAMETERS = {
    "vectors": {
        name: {"size": size, "distance": "Dot", "datatype": "float16"}
        for name, size in {"picture": 16, "dialogue": 12, "context": 8}.items()
    },
    "sparse_vectors": {"words": {"modifier": "idf"}},
}
COLLECTION = {
    "status": "green",
    "optimizer_status": "ok",
    "segments_count": 1,
    "config": {
        "params": PARAMETERS,
        "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000},
        "optimizer_config": {
            "deleted_threshold": 0.2,
            "vacuum_min_vector_number": 1000,
            "default_segment_number": 0,
            "flush_interval_sec": 5,
        },
    },
    "payload_schema": {"title_id": {"data_type": "keyword", "points": 2}},
}
ANSWERS: dict[tuple[str, str], Any] = {
    ("GET", "/collections"): {"collections": [{"name": "b"}, {"name": "a"}]},
    ("GET", "/collections/{collection_name}"): COLLECTION,
    ("GET", "/collections/{collection_name}/exists"): {"exists": True},
    ("PUT", "/collections/{collection_name}"): True,
    ("DELETE", "/collections/{collection_name}"): True,
    ("PUT", "/collections/{collection_name}/index"): {"operation_id": 1, "status": "completed"},
    ("PUT", "/collections/{collection_name}/points"): {"operation_id": 1, "status": "completed"},
    ("POST", "/collections/{collection_name}/points"): [{"id": ID, "payload": {}, "vector": {}}],
    ("POST", "/collections/{collection_name}/points/query/batch"): [{"points": [POINT]}],
    ("POST", "/collections/{collection_name}/points/scroll"): {
        "points": [{"id": ID}],
        "next_page_offset": ID,
    },
    ("POST", "/collections/{collection_name}/points/count"): {"count": 7},
    ("POST", "/collections/{collection_name}/points/delete"): {
        "operation_id": 1,
        "status": "completed",
    },
    ("POST", "/collections/{collection_name}/points/batch"): [
        {"operation_id": 1, "status": "completed"}
    ],
    ("POST", "/collections/{collection_name}/facet"): {"hits": [{"value": "t1", "count": 2}]},
    ("GET", "/aliases"): {
        "aliases": [
            {"alias_name": "reelfind-shots", "collection_name": "old-shots"},
            {"alias_name": "reelfind-clips", "collection_name": "old-clips"},
        ]
    },
    ("POST", "/collections/aliases"): True,
}


class Contract(httpx.BaseTransport):
    """Answers what the description allows, and raises at anything else."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.description = strict(description)
        self.asked: list[tuple[str, str]] = []
        self.bodies: list[Any] = []
        self.absent: set[str] = set()
        """Collections that do not exist."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        template, operation = self._operation(request.method, request.url.path)
        self.asked.append((request.method, template))
        allowed = {each["name"]: each for each in operation.get("parameters", [])}
        for name, value in request.url.params.items():
            assert name in allowed, f"{template} has no parameter {name}"
            self.check(json.loads(value), allowed[name]["schema"])
        if request.content:
            self.bodies.append(json.loads(request.content))
            self.check(self.bodies[-1], body_schema(operation["requestBody"]))
        answer = {"result": self._result(request, template), "status": "ok", "time": 0.001}
        self.check(answer, body_schema(operation["responses"]["200"]))
        return httpx.Response(200, json=answer)

    def check(self, value: Any, schema: dict[str, Any]) -> None:
        components = {"components": self.description["components"]}
        Draft7Validator({**components, "allOf": [schema]}).validate(value)

    def _operation(self, method: str, path: str) -> tuple[str, dict[str, Any]]:
        # A path in full comes before one with a parameter: /collections/aliases.
        for template, operations in sorted(self.description["paths"].items()):
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            if re.fullmatch(pattern, path) and method.lower() in operations:
                return template, operations[method.lower()]
        raise AssertionError(f"{method} {path} is not in the description")

    def _result(self, request: httpx.Request, template: str) -> Any:
        if template.endswith("/exists"):
            return {"exists": request.url.path.split("/")[2] not in self.absent}
        return ANSWERS[request.method, template]


def body_schema(part: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = part["content"]["application/json"]["schema"]
    return schema


def strict(node: Any) -> Any:
    """Return OpenAPI 3.0 as JSON Schema that refuses unknown names, and null where not said.

    A bare ``{"nullable": true}`` means null, and as JSON Schema would mean anything.
    """
    if isinstance(node, list):
        return [strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: strict(each) for name, each in node.items() if name != "nullable"}
    if isinstance(made.get("properties"), dict) and made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    if node.get("nullable") is True:
        return {"anyOf": [made, {"type": "null"}]} if made else {"type": "null"}
    return made
