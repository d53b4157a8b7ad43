"""What Hugging Face requires of a Space: this README's header passes, and wrong headers do not."""

import pytest

from scripts.check_space import ROOT, header_of, large_files, problems_of

README = (ROOT / "README.md").read_text(encoding="utf-8")
REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_this_header_is_complete_and_matches_the_requirements():
    assert problems_of(header_of(README), REQUIREMENTS) == []


def test_no_file_needs_git_lfs():
    assert large_files() == []


def test_the_default_models_are_downloaded_before_the_first_visitor():
    from bertviz_space.models.catalog import HUB_MODELS

    preloaded = [line.split(" ")[0] for line in header_of(README)["preload_from_hub"]]
    assert preloaded == [spec.model_id for spec in HUB_MODELS[:2]]


def test_signing_in_asks_only_for_reading_gated_models():
    # https://huggingface.co/docs/hub/oauth: this scope gives access to public gated repositories
    # that the account was granted access to, and to no private ones.
    assert header_of(README)["hf_oauth"] is True
    assert header_of(README)["hf_oauth_scopes"] == ["gated-repos"]
    for name in ("authlib", "itsdangerous"):  # dependencies of gradio[oauth]
        assert f"\n{name}==" in REQUIREMENTS


def test_preloaded_files_are_those_of_a_run_without_pickles():
    for line in header_of(README)["preload_from_hub"]:
        names = line.split(" ")[1].split(",")
        assert "config.json" in names
        assert "model.safetensors" in names
        assert all(name.endswith((".json", ".txt", ".safetensors")) for name in names)


@pytest.mark.parametrize(
    ("line", "instead", "problem"),
    [
        ("title: BertViz Space", "title:", "title is missing"),
        ("colorFrom: blue", "colorFrom: beige", "does not know as a color"),
        (
            "sdk_version: 6.31.0",
            "sdk_version: 6.30.0",
            "sdk_version differs from the version of gradio",
        ),
        ("app_file: app.py", "app_file: main.py", "app_file main.py does not exist"),
        ("  - google-t5/t5-small", "  - t5-small", "'t5-small' does not begin with a model id"),
        ("short_description: See", "short_description: See" + " a lot" * 10, "more than 60"),
    ],
)
def test_each_problem_of_a_header_is_reported(line, instead, problem):
    assert line in README
    wrong = header_of(README.replace(line, instead, 1))
    assert any(problem in each for each in problems_of(wrong, REQUIREMENTS))


def test_a_readme_without_a_header_is_refused():
    with pytest.raises(ValueError, match="has no header"):
        header_of("# A title\n")
