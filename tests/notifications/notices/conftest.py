"""Time passes, and members are mailed."""

import pytest

from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs
from tests.notifications.notices.telling import Mail, mailing


@pytest.fixture
def mail(doors: Doors, settings: Settings, run_jobs: RunJobs) -> Mail:
    """`await mail(later=…)`: what is due by then is mailed."""
    return mailing(doors, settings, run_jobs)
