"""`rapport doctor` says how it stands with Akismet."""

from functools import partial

import anyio
import pytest

from app.settings import Settings
from tests.moderation.akismet_server import KEY, Mood, an_akismet
from tests.visiting import rapport

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("mood", "key", "code", "sentence"),
    [
        (Mood.GOOD, KEY, 0, "✓ Akismet answers, and knows the key of this site."),
        (Mood.GOOD, "", 0, "✓ Akismet is not asked: RAPPORT_AKISMET_KEY is not set."),
        (Mood.GOOD, "another", 1, "✗ Akismet does not know the key of this site"),
        (Mood.REFUSED, KEY, 1, "✗ Akismet could not be reached. Comments are held"),
        (Mood.PAGE, KEY, 1, "✗ Akismet answered with something else"),
    ],
)
async def test_doctor_tells_how_akismet_answers(
    settings: Settings, mood: Mood, key: str, code: int, sentence: str
) -> None:
    async with an_akismet(mood) as server:
        environment = {
            "RAPPORT_DATA": str(settings.data),
            "RAPPORT_DATABASE_URL": settings.database,
            "RAPPORT_AKISMET_URL": server.url,
            "RAPPORT_AKISMET_KEY": key,
        }
        done = await anyio.to_thread.run_sync(partial(rapport, "doctor", environment=environment))

    assert sentence in done.stdout
    assert done.returncode == code


async def test_what_goes_into_the_log_is_not_among_what_a_command_prints(
    settings: Settings,
) -> None:
    async with an_akismet(Mood.REFUSED) as server:
        environment = {
            "RAPPORT_DATA": str(settings.data),
            "RAPPORT_DATABASE_URL": settings.database,
            "RAPPORT_AKISMET_URL": server.url,
            "RAPPORT_AKISMET_KEY": KEY,
        }
        done = await anyio.to_thread.run_sync(partial(rapport, "doctor", environment=environment))

    assert "akismet.no_answer" in done.stderr
    assert all(line[0] in "✓!✗" for line in done.stdout.splitlines())
