"""The Helm chart: its templates name what is there, and Helm renders what the settings take."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from indexer.environment import PREFIX, SUFFIX
from indexer.settings import load_settings

ROOT = Path(__file__).parents[1]
CHART = ROOT / "deploy" / "helm" / "reelfind"
TEMPLATES = "\n".join(each.read_text(encoding="utf-8") for each in (CHART / "templates").iterdir())


def rendered(**values: str) -> dict[str, dict[str, Any]]:
    """Return the manifests that Helm makes with some values, by their kind."""
    helm = shutil.which("helm")
    if helm is None:
        pytest.skip("no helm here: https://helm.sh/docs/intro/install")
    given = [f"--set={name}={value}" for name, value in values.items()]
    subprocess.run([helm, "lint", "--strict", "--quiet", str(CHART), *given], check=True)
    command = [helm, "template", "films", str(CHART), *given]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    return {each["kind"]: each for each in yaml.safe_load_all(made.stdout) if each}


def container(manifests: dict[str, dict[str, Any]]) -> dict[str, Any]:
    (found,) = manifests["Deployment"]["spec"]["template"]["spec"]["containers"]
    return dict(found)


def test_templates_use_values_that_are_there() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    used = set(re.findall(r"\.Values\.([A-Za-z.]+)", TEMPLATES))
    assert len(used) > 20
    for path in used:
        found = values
        for name in path.split("."):
            assert name in found, path
            found = found[name]


def test_the_chart_has_the_version_of_the_package() -> None:
    package = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    about = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert package is not None
    assert about["version"] == about["appVersion"] == package[1]


def test_the_settings_take_every_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("postgresql://user:a-password-of-32-characters@host/db\n")
    roots = {"settings.JOBS__ROOTS": r"[\"/media\"]"}
    environment = container(rendered(basePath="/reelfind", **roots))["env"]
    for each in environment:
        name, value = each["name"], each["value"]
        assert name.startswith(PREFIX)
        secret = name.endswith(SUFFIX)
        monkeypatch.setenv(name, str(tmp_path / "secret") if secret else value)
    settings = load_settings(tmp_path)
    assert settings.server.base_path == "/reelfind"
    assert [each.as_posix() for each in settings.jobs.roots] == ["/media"]
    assert settings.server.proxies
    assert settings.qdrant_url is not None
    assert settings.database.url is not None


def test_one_server_needs_less() -> None:
    two, one = rendered(), rendered(replicas="1")
    assert "PodDisruptionBudget" in two
    assert "PodDisruptionBudget" not in one
    modes = [each["PersistentVolumeClaim"]["spec"]["accessModes"] for each in (two, one)]
    assert modes == [["ReadWriteMany"], ["ReadWriteOnce"]]


def test_films_and_ingress_are_optional() -> None:
    plain = rendered()
    assert "Ingress" not in plain
    ingress = {"ingress.enabled": "true", "basePath": "/reelfind", "media.existingClaim": "films"}
    full = rendered(**ingress)
    (path,) = full["Ingress"]["spec"]["rules"][0]["http"]["paths"]
    assert path["path"] == "/reelfind"
    mounts = [{each["name"] for each in container(made)["volumeMounts"]} for made in (plain, full)]
    assert mounts[1] - mounts[0] == {"media"}
