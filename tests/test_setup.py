"""What a newcomer meets before the first lesson: the README, the package as it is shipped, Binder, the repository."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import livesock
from livesock.cli import main
from livesock.cli.dev.binder import PYTHON

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
BINDER = ROOT / "binder"

Need = Callable[[object, str], None]
Tool = Callable[[str], str]


def blocks(language: str) -> list[str]:
    """Return the README's code blocks in `language`."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def run(*command: str, timeout: float = 300, environment: dict[str, str] | None = None, folder: Path = ROOT) -> str:
    """Run `command` in the clone and return what it printed; fail with its words unless it ends with 0."""
    answer = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert answer.returncode == 0, f"{' '.join(command)}\n{answer.stdout}"
    return answer.stdout


# -- the README


def test_the_readme_has_exactly_two_commands() -> None:
    assert [block.strip() for block in blocks("sh")] == ["uv run livesock lab", "uv run pytest"]


def test_ci_calls_the_readmes_test_command_and_then_the_one_for_the_rest() -> None:
    command = blocks("sh")[1].strip()

    steps = [line.replace(" --quiet", "") for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()]

    calls = [step for step in steps if step.startswith(("uv run pytest", "tests uv run pytest"))]
    assert calls[-2:] == [
        f"tests {command} || failed=1",
        f'tests {command} -m "browser or interop or slow" || failed=1',
    ]


def test_what_the_readmes_command_leaves_out_is_what_the_other_one_runs() -> None:
    (left_out,) = (word for word in PROJECT["tool"]["pytest"]["ini_options"]["addopts"] if word.startswith("-m"))

    assert left_out == "-m=not browser and not interop and not slow"


def test_the_readmes_tour_runs_and_prints_what_it_says() -> None:
    program = "\n".join(blocks("python"))

    printed = run(sys.executable, "-W", "error", "-c", program, timeout=60)

    assert printed.startswith("Hello\n") and "\nHello\n5\n" in printed
    assert "GET /echo HTTP/1.1" in printed and "101" in printed
    assert "answer to 0: [5] in /point" in printed


def test_every_relative_link_of_the_readme_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    paths = [target for target in targets if "://" not in target] + re.findall(
        r"^\| `([^`]+)` \|", README, re.MULTILINE
    )

    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_readmes_links_come_from_the_one_address() -> None:
    assert main(["dev", "links", "--check"]) == 0
    repository = PROJECT["project"].get("urls", {}).get("Repository")
    assert repository in README if repository else "mybinder.org" not in README


# -- the package


def test_the_version_is_the_same_everywhere() -> None:
    assert livesock.__version__ == PROJECT["project"]["version"]


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_the_wheel_works_in_an_empty_environment_and_holds_the_lessons(tmp_path: Path, tool: Tool) -> None:
    uv, python = tool("uv"), str(tmp_path / "venv" / "bin" / "python")
    run(uv, "build", "--quiet", "--out-dir", str(tmp_path / "dist"))
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    run(uv, "venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv"))
    run(uv, "pip", "install", "--quiet", "--python", python, str(wheel))

    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def ask(*arguments: str) -> str:
        command = [python, *arguments]
        return subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, check=True).stdout

    said = ask("-m", "livesock", "--version")
    program = "import livesock.cli.lessons as l; print(l.shipped_folder()); print(len(l.lessons(l.shipped_folder())))"
    folder, count = ask("-c", program).split("\n")[:2]
    assert said.strip() == f"livesock {livesock.__version__}"
    assert Path(folder).is_relative_to(tmp_path / "venv")
    assert int(count) == len(list((ROOT / "notebooks").glob("*.ipynb"))) > 0
    assert sorted(zipfile.ZipFile(wheel).namelist()) == sorted(set(zipfile.ZipFile(wheel).namelist()))


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_the_list_of_exact_versions_names_every_package() -> None:
    assert main(["dev", "pins", "--check"]) == 0


# -- Binder


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_binders_files_are_what_the_project_file_asks_for() -> None:
    assert main(["dev", "binder", "--check"]) == 0


def test_binder_gets_one_exact_version_of_everything_and_no_address() -> None:
    lines = (BINDER / "requirements.txt").read_text("utf-8").splitlines()

    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*", line)] == []
    names = {line.partition("==")[0] for line in lines}
    assert {"ipykernel", "jupyterlab", "ipywidgets", "anywidget", "jupyter-server-proxy", "websockets"} <= names


def test_binder_gets_the_versions_that_everybody_gets() -> None:
    everybody = set(PROJECT["tool"]["uv"]["constraint-dependencies"])
    for_binder = set((BINDER / "requirements.txt").read_text("utf-8").split())

    several = {name for name in names(everybody) if sum(pin.startswith(f"{name}==") for pin in everybody) > 1}
    assert {pin for pin in for_binder - everybody if pin.partition("==")[0] not in several} == set()


def names(pins: set[str]) -> set[str]:
    return {pin.partition("==")[0] for pin in pins}


def test_repo2docker_builds_what_we_mean_from_binder() -> None:
    said = run(sys.executable, "-m", "repo2docker", "--no-build", "--no-run", "--debug", str(ROOT), timeout=120)

    dependencies = said.find("pip install --no-cache-dir -r")
    repository = said.find("COPY --chown=0:0 src/ ")
    assert "Python version unspecified" not in said
    assert 0 < dependencies < repository, "dependencies would be installed again for every commit"
    assert "binder/postBuild" in said


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("index")
def test_binders_steps_lead_to_lessons_that_run(tmp_path: Path, tool: Tool, need: Need) -> None:
    asked = os.environ.get("CI") or os.environ.get("LIVESOCK_BINDER")
    need(asked, "installs 100 packages into an empty environment; set LIVESOCK_BINDER=1 to do so")
    environment = {
        "VIRTUAL_ENV": str(tmp_path / "venv"),
        "PATH": f"{tmp_path / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    python = str(tmp_path / "venv" / "bin" / "python")
    run(tool("uv"), "venv", "--quiet", "--seed", "--python", PYTHON, str(tmp_path / "venv"))

    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", str(ROOT), str(clone))
    for packages in (before(), ("-r", str(BINDER / "requirements.txt"))):
        run(python, "-m", "pip", "install", "--quiet", *packages, timeout=600, environment=environment)
    run(str(clone / "binder" / "postBuild"), environment=environment, folder=clone)

    run(python, "-m", "pip", "check", environment=environment)
    report = json.loads(run(python, "-m", "livesock", "doctor", "--json", environment=environment))
    assert report["ok"] and [f["name"] for f in report["findings"] if f["detail"] == "not installed"] == []
    lessons = [json.loads(path.read_text("utf-8")) for path in (clone / "notebooks").glob("*.ipynb")]
    assert [cell for page in lessons for cell in page["cells"] if cell.get("outputs")] == [], "no answer is shown"
    settings = tmp_path / "venv" / "etc" / "jupyter" / "labconfig" / "default_setting_overrides.json"
    assert (
        json.loads(settings.read_text("utf-8"))["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    )


def before() -> list[str]:
    """Return the Jupyter packages that Binder has before ours come, in the versions of repo2docker's own list."""
    spec = importlib.util.find_spec("repo2docker")  # importing it warns
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent / "buildpacks" / "conda"
    listed = (folder / f"environment.py-{PYTHON}-linux-64.lock").read_text("utf-8")
    found = re.findall(r"/((?:jupyter|notebook|ipywidgets)[a-z_-]*)-([0-9][0-9.]*)-", listed)
    conda_only = {"jupyterhub-singleuser", "jupyter-offlinenotebook"}
    return [f"{name.removesuffix('-base')}=={version}" for name, version in found if name not in conda_only]


# -- the repository


def tracked() -> list[Path]:
    """Return the files that git knows; all files where there is no clone."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    return [ROOT / name for name in run("git", "ls-files", "-z").split("\0") if name and (ROOT / name).is_file()]


def test_no_lock_file_is_committed() -> None:
    locks = {"uv.lock", "poetry.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"}

    assert [path for path in tracked() if path.name in locks] == []


def test_no_committed_file_holds_the_address_of_a_package_index_or_a_path_of_this_machine() -> None:
    address = re.compile(r"(--(extra-)?index-url|--find-links|registry *=|/simple/?\b|\"resolved\":) *\S*://")
    here = [str(ROOT), str(Path.home()) + "/"]
    found = []
    for path in tracked():
        text = path.read_text("utf-8", errors="replace")
        if address.search(text) or any(folder in text for folder in here):
            found.append(path.relative_to(ROOT).as_posix())

    assert found == []


def test_the_changelog_speaks_of_what_is_coming() -> None:
    assert re.search(
        r"^## Unreleased\n\n### (Added|Changed|Fixed|Removed)\n\n- ", (ROOT / "CHANGELOG.md").read_text(), re.M
    )


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.stem)
def test_a_decision_record_is_short_and_complete(path: Path) -> None:
    text = path.read_text("utf-8")

    assert len(text.splitlines()) <= 60
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == ["Context", "Decision", "Alternatives", "Consequences", "When to look again"]
    assert re.match(rf"# {int(path.stem[:4])}\. ", text)
