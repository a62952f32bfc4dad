"""The stories that come with the program end as they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from complaints_ledger import scenario
from complaints_ledger.scenario import play, read_story
from domain.errors import InputError

STORIES = sorted((Path(scenario.__file__).parent / "stories").glob("*.yaml"))
LEAST = 30
PAGE = Path(__file__).parents[2] / "docs/how-to/tell-a-story.md"


def test_there_are_enough_of_them() -> None:
    """One for each special situation."""
    assert len(STORIES) >= LEAST


@pytest.mark.slow
@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_ends_as_it_says(path: Path) -> None:
    """Every act and fact comes to what it must, and so does the end."""
    assert play(read_story(path)).problems == []


def test_the_story_of_the_page_ends_as_it_says(tmp_path: Path) -> None:
    """Who copies the example has a story that works."""
    text = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    path = tmp_path / "story.yaml"
    path.write_text(text)
    assert play(read_story(path)).problems == []
    path.write_text(
        text.replace("answered, 2024", "asked, 2024").replace("has no acc", "has an acc")
    )
    first, second = play(read_story(path)).problems
    assert first.startswith("step 3 must be refused (has an acceptance), and: refused:")
    assert "is expected, and is" in second


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [", "is no YAML"),
        ("title: x\nabout: y\nsteps: [{day: never}]", "steps.0.day: "),
        ("title: x\nabout: y\nsteps: []\nmoral: z", "moral: "),
    ],
)
def test_what_is_no_story_is_named(tmp_path: Path, text: str, said: str) -> None:
    """The file, the place and what is wrong there."""
    path = tmp_path / "story.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_story(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
