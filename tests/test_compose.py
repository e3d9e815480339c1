"""The Compose files: valid by the specification, and true to the settings and to each other.

No Docker is needed: nothing is started here.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator

from indexer.environment import PREFIX, SUFFIX
from indexer.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]
PLAIN, GPU, CLUSTER = "docker-compose.yml", "compose.gpu.yml", "compose.cluster.yml"
SECRETS = "/run/secrets/"
REPLICAS = re.compile(r"app(-\d+)?|ray-.+")


def compose(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return content


def services(name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose(name)["services"]
    return found


def applications(name: str) -> list[str]:
    return [each for each in services(name) if REPLICAS.fullmatch(each)]


def strings(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("name", [PLAIN, GPU, CLUSTER])
def test_the_specifications_schema_accepts_it(name: str) -> None:
    vendored = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = json.loads(vendored.read_text(encoding="utf-8"))
    errors = [each.message for each in Draft202012Validator(schema).iter_errors(compose(name))]
    assert errors == []


@pytest.mark.parametrize("name", [PLAIN, CLUSTER])
def test_the_settings_take_every_variable(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("postgresql://user:a-password-of-32-characters@host/db\n")
    for service in applications(name):
        environment = services(name)[service]["environment"]
        for variable, value in environment.items():
            assert variable.startswith(PREFIX)
            secret = variable.endswith(SUFFIX)
            assert secret == value.startswith(SECRETS), variable
            monkeypatch.setenv(variable, str(tmp_path / "secret") if secret else value)
        settings = load_settings(tmp_path)
        assert settings != Settings.model_construct()
        for variable in environment:
            assert is_set(settings, variable), variable


def is_set(settings: Any, variable: str) -> bool:
    """Return whether the setting that a variable names exists and has no default."""
    for name in variable.removeprefix(PREFIX).removesuffix(SUFFIX).lower().split("__"):
        default = type(settings).model_fields[name].default
        settings = getattr(settings, name)
    return bool(settings != default)


@pytest.mark.parametrize("name", [PLAIN, CLUSTER])
def test_secrets_and_files_are_there(name: str) -> None:
    declared = compose(name)["secrets"]
    header = (ROOT / name).read_text(encoding="utf-8").partition("\nname:")[0]
    for secret, source in declared.items():
        assert source == {"file": f"${{SECRETS:-./secrets}}/{secret}"}
        assert secret in header, f"{secret}: nobody is told to make it"
    used: set[str] = set()
    for service, about in services(name).items():
        read = {
            found
            for text in strings({**about, "secrets": []})
            for found in re.findall(f"{SECRETS}([a-z_]+)", text)
        }
        assert read == {*about.get("secrets", [])}, service
        used |= read
        for volume in about.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).is_file(), source
            elif not source.startswith("${"):
                assert source in compose(name)["volumes"], source
    assert used == {*declared}


@pytest.mark.parametrize("name", [PLAIN, CLUSTER])
def test_every_service_has_its_limits(name: str) -> None:
    for service, about in services(name).items():
        assert {"mem_limit", "stop_grace_period", "restart"} <= about.keys(), service
        assert about["logging"]["options"].keys() == {"max-size", "max-file"}, service
        assert "no-new-privileges:true" in about["security_opt"], service


def test_the_gpu_takes_the_place_of_the_one_application() -> None:
    assert applications(PLAIN) == ["app"]
    assert [*services(GPU)] == ["app"]
    assert services(GPU)["app"]["image"] != services(PLAIN)["app"]["image"]
    assert "profiles" not in services(PLAIN)["app"]


def test_qdrant_and_its_client_are_at_most_one_release_apart() -> None:
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    client = re.search(r"^qdrant-client==(\d+)\.(\d+)", locked, re.MULTILINE)
    nodes = [services(PLAIN)["qdrant"]]
    nodes += [about for each, about in services(CLUSTER).items() if each.startswith("qdrant-")]
    images = {each["image"] for each in nodes}
    assert len(images) == 1
    server = re.search(r"qdrant/qdrant:v(\d+)\.(\d+)\.\d+@sha256:", images.pop())
    assert client is not None
    assert server is not None
    assert client[1] == server[1]
    # What the client itself warns of.
    assert abs(int(client[2]) - int(server[2])) <= 1


@pytest.mark.skipif(sys.platform == "win32", reason="the command is for a container's bash")
def test_the_key_of_qdrant_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "qdrant_api_key").write_text("a key\n")
    (tmp_path / "entrypoint.sh").write_text("#!/bin/sh\necho $QDRANT__SERVICE__API_KEY\n")
    (tmp_path / "entrypoint.sh").chmod(0o755)
    for name in (PLAIN, CLUSTER):
        service = services(name)["qdrant" if name == PLAIN else "qdrant-3"]
        (line,) = service["command"]
        line = line.replace("$$", "$").replace(SECRETS, f"{tmp_path}/")
        command = [*service["entrypoint"], line]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert ran.stdout == "a key\n"


def test_the_cluster_knows_its_own_parts() -> None:
    cluster = compose(CLUSTER)
    replicas = [each for each in applications(CLUSTER) if each.startswith("app-")]
    assert len(replicas) == 2
    proxy = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert re.findall(r"(app\S*):8501", proxy) == replicas
    assert "lb_policy cookie" in proxy
    nodes = [each for each in cluster["services"] if each.startswith("ray-")]
    assert all(cluster["services"][each]["profiles"] == ["ray"] for each in nodes)
    assert {cluster["services"][each]["build"]["args"]["CLUSTER"] for each in nodes} == {"yes"}
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^ARG CLUSTER=\n", dockerfile, re.MULTILINE)
    assert "requirements${CLUSTER:+-cluster}.lock" in dockerfile
    (network,) = cluster["networks"]["default"]["ipam"]["config"]
    environment = cluster["services"]["app-1"]["environment"]
    assert json.loads(environment["REELFIND_SERVER__PROXIES"]) == [network["subnet"]]
    nodes = [each for each in cluster["services"] if each.startswith("qdrant-")]
    assert len(nodes) == 3
    addresses = [f"http://{each}:6333" for each in nodes]
    assert environment["REELFIND_QDRANT_URL"].split(",") == addresses
    for node in nodes:
        own = cluster["services"][node]["environment"]
        assert own["QDRANT_URI"] == f"http://{node}:6335"
        assert own["QDRANT_BOOTSTRAP"] == "http://qdrant-1:6335"
