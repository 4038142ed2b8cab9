"""What is typed into the forms of groups, and what it means."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.core.i18n import _
from app.core.text import one_line
from app.groups.founding import MOST_QUESTIONS
from app.groups.models import Joining, Sharing, Visibility
from app.notifications.notices.kinds import Level
from app.web.comments.forms import Ticked, clean_comment_text, line_typed, number_typed

MOST_TAGS = 5
LONGEST_TAG = 30
_TAG_ENDS = re.compile(r"[,;\n]")


def _tags(value: Any) -> tuple[str, ...]:
    """Words between commas, each once; raises ValueError for too many or one that is too long."""
    words = [one_line(word).strip("#\"'").casefold() for word in _TAG_ENDS.split(str(value or ""))]
    tags = tuple(dict.fromkeys(filter(None, words)))
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise ValueError(_("At most five tags of thirty letters, please."))
    return tags


def _questions(value: Any) -> tuple[str, ...]:
    """One a line; raises ValueError for too many."""
    lines = tuple(filter(None, map(one_line, str(value or "").splitlines())))
    if len(lines) > MOST_QUESTIONS:
        raise ValueError(_("At most three questions, please: one a line."))
    return lines


Line = Annotated[str, BeforeValidator(line_typed)]
Text = Annotated[str, BeforeValidator(clean_comment_text)]
Tags = Annotated[tuple[str, ...], BeforeValidator(_tags)]


class ReplyForm(BaseModel):
    """What somebody says in a topic."""

    model_config = ConfigDict(extra="ignore")

    comment: Annotated[Text, Field(min_length=1, max_length=20_000)]
    comment_parent: Annotated[int, BeforeValidator(number_typed)] = 0
    form_token: str = ""
    your_subject: str = ""


class TopicForm(ReplyForm):
    """What somebody begins."""

    title: Annotated[Line, Field(min_length=1, max_length=120)]
    tags: Tags = ()


class JoinForm(BaseModel):
    """Joining: whether the rules are accepted, and what is answered."""

    model_config = ConfigDict(extra="ignore")

    rules: Ticked = False
    # How much mail; nothing where the question was not answered.
    mail: Literal["", Level.INBOX, Level.WEEKLY, Level.DAILY, Level.AT_ONCE] = ""
    answer_1: Annotated[Text, Field(max_length=1000)] = ""
    answer_2: Annotated[Text, Field(max_length=1000)] = ""
    answer_3: Annotated[Text, Field(max_length=1000)] = ""

    @property
    def level(self) -> Level:
        """How they hear of what is new there: in the inbox alone, unless they said something else."""
        return Level(self.mail or Level.INBOX)

    @property
    def answers(self) -> tuple[str, str, str]:
        """What was answered, in the order of the questions."""
        return (self.answer_1, self.answer_2, self.answer_3)


class GroupForm(BaseModel):
    """What its owner decides about a group."""

    model_config = ConfigDict(extra="ignore")

    name: Annotated[Line, Field(min_length=2, max_length=80)]
    purpose: Annotated[Line, Field(min_length=1, max_length=300)]
    about: Annotated[Text, Field(max_length=20_000)] = ""
    rules: Annotated[Text, Field(max_length=20_000)] = ""
    visibility: Visibility = Visibility.PUBLIC
    joining: Joining = Joining.REQUEST
    questions: Annotated[tuple[str, ...], BeforeValidator(_questions)] = ()
    members_start: Ticked = False
    takes_commercial: Ticked = False
    sharing: Sharing = Sharing.MEMBERS
    holds_first: Annotated[int, Field(ge=0, le=20)] = 2
    slow_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    daily_topics: Annotated[int, Field(ge=0, le=1000)] = 10
    daily_replies: Annotated[int, Field(ge=0, le=1000)] = 200
    # A day of the site's zone, from which on people may write again.
    read_only_until: Annotated[date | None, BeforeValidator(lambda value: value or None)] = None
    version: int = 0
