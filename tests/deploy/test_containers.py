"""The image and the composition, checked by reading them: no container engine is asked."""

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Settings
from tests.visiting import ROOT

INSTRUCTIONS = {
    "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN",
    "USER", "VOLUME", "WORKDIR",
}  # fmt: skip
VARIABLE = re.compile(r"\$\{(\w+)(?::[-?][^}]*)?\}")


@dataclass(frozen=True)
class Instruction:
    """One line of a Dockerfile, its continuations joined."""

    word: str
    rest: str


def dockerfile() -> list[Instruction]:
    text = re.sub(r"(?m)^\s*#.*\n", "", (ROOT / "Dockerfile").read_text())
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [Instruction(*line.split(None, 1)) for line in lines if line.strip()]


def final_stage() -> list[Instruction]:
    lines = dockerfile()
    last = max(at for at, line in enumerate(lines) if line.word == "FROM")
    return lines[last:]


def copied_into_the_image() -> list[tuple[str, str]]:
    """Sources from the repository, each with its target under the working directory."""
    pairs = []
    for line in final_stage():
        if line.word == "COPY" and "--from" not in line.rest:
            *sources, target = shlex.split(line.rest)
            pairs += [(source, target) for source in sources]
    return pairs


def composition() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_the_dockerfile_is_made_of_instructions() -> None:
    assert {line.word for line in dockerfile()} <= INSTRUCTIONS
    assert dockerfile()[0].word == "FROM"


def test_the_program_does_not_run_as_root() -> None:
    users = [line.rest for line in final_stage() if line.word == "USER"]

    assert users == ["rapport"]
    assert "--privileged" not in (ROOT / "docker-compose.yml").read_text()


def test_everything_installed_in_the_image_has_a_hash() -> None:
    installing = [line.rest for line in dockerfile() if "pip install" in line.rest]

    assert installing
    for command in installing:
        assert "--require-hashes" in command or "--constraint requirements.lock" in command


def test_what_is_copied_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    lines = [line for line in dockerfile() if line.word == "COPY" and "--from" not in line.rest]
    sources = [source for line in lines for source in shlex.split(line.rest)[:-1]]

    assert ignored[0] == "*", "what is not named does not go into the image"
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored, source


def test_the_image_holds_all_that_the_program_needs(tmp_path: Path) -> None:
    for source, target in copied_into_the_image():
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, tmp_path / target)
    environment = {"RAPPORT_DATA": str(tmp_path / "data"), "PYTHONPATH": str(tmp_path)}

    for command in ("demo", "doctor"):
        done = subprocess.run(
            [sys.executable, "-m", "app", command],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    assert (tmp_path / "data" / "rapport.sqlite3").exists()


def test_the_composition_has_app_database_and_proxy() -> None:
    services = composition()["services"]

    assert {"app", "database", "proxy"} <= set(services)
    assert services["app"]["image"] == services["upgrade"]["image"]
    assert services["proxy"]["ports"]
    assert not [name for name in ("app", "database") if "ports" in services[name]]


@pytest.mark.parametrize("name", composition()["services"])
def test_each_service_can_be_started_and_watched(name: str) -> None:
    services, made = composition()["services"], composition()
    service = services[name]

    assert "healthcheck" in service
    assert set(service.get("depends_on", {})) <= set(services)
    assert set(service["networks"]) <= set(made["networks"])
    for volume in service.get("volumes", []):
        source = volume.partition(":")[0]
        assert source in made["volumes"] or (ROOT / source).is_file(), volume
    for needed, how in service.get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert "test" in services[needed]["healthcheck"], needed


def test_the_app_is_asked_whether_it_is_ready() -> None:
    assert "/readyz" in str(composition()["services"]["app"]["healthcheck"]["test"])
    assert any(line.word == "HEALTHCHECK" and "/readyz" in line.rest for line in final_stage())


def test_the_jobs_have_a_service_of_their_own() -> None:
    services = composition()["services"]

    assert services["worker"]["command"] == ["worker"]
    assert "--no-jobs" in services["app"]["command"]
    assert services["worker"]["environment"] == services["app"]["environment"]


def test_settings_in_the_composition_are_settings() -> None:
    environment = composition()["services"]["app"]["environment"]
    known = {f"RAPPORT_{name.upper()}" for name in Settings.model_fields}
    filled = {
        name.removeprefix("RAPPORT_").lower(): VARIABLE.sub("https://blog.example", value)
        for name, value in environment.items()
    }

    assert set(environment) <= known
    assert not Settings(_env_file=None, **filled).is_sqlite


def test_only_the_proxys_network_is_believed() -> None:
    made = composition()
    subnets = [config["subnet"] for config in made["networks"]["inside"]["ipam"]["config"]]

    assert subnets == [made["services"]["app"]["environment"]["RAPPORT_TRUSTED_PROXIES"]]


def test_no_secret_is_written_down() -> None:
    text = (ROOT / "docker-compose.yml").read_text()

    assert not re.search(r"PASSWORD: (?!\$\{POSTGRES_PASSWORD:\?)", text)


def test_the_proxy_passes_everything_to_the_app() -> None:
    text = (ROOT / "deploy" / "Caddyfile").read_text()

    assert text.count("{") == text.count("}")
    assert "reverse_proxy app:8000" in text
    assert "{$RAPPORT_BASE_URL}" in text
