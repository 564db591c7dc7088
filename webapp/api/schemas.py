"""What the API takes and gives. Bodies are strict: no unknown fields, no numbers as text, no NaN."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema

from webapp.dates import FIRST_DAY, LAST_DAY


def _only_text(value: Any) -> Any:
    if not isinstance(value, str | date):
        raise ValueError("must be a text in ISO 8601 form")
    return value


def _only_clock(value: Any) -> Any:
    if not isinstance(value, str | time):
        raise ValueError("must be a time of day such as 13:05")
    return value


def _local(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("must be a local time without an offset, such as 13:05")
    return value


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("must carry a UTC offset, such as 2026-03-02T09:30:00+08:00")
    if not FIRST_DAY.year < value.year < LAST_DAY.year:
        raise ValueError(f"must lie between {FIRST_DAY} and {LAST_DAY}")
    return value


#: An aware time, ISO 8601 text with its offset; numbers are refused (seconds or milliseconds?).
Timestamp = Annotated[datetime, Strict(strict=False), BeforeValidator(_only_text), AfterValidator(_aware)]
#: A day, ISO 8601 text.
Day = Annotated[date, Strict(strict=False), BeforeValidator(_only_text), Field(ge=FIRST_DAY, le=LAST_DAY)]
#: A time of day in the office's zone; JSON Schema's own format of times would ask for an offset.
LocalTime = Annotated[
    time,
    Strict(strict=False),
    BeforeValidator(_only_clock),
    AfterValidator(_local),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$",
            "description": "Local time of day, such as 13:05.",
        }
    ),
]
#: Degrees, WGS84.
Lon = Annotated[float, Field(ge=-180, le=180, description="Degrees east, WGS84.")]
Lat = Annotated[float, Field(ge=-90, le=90, description="Degrees north, WGS84.")]
#: Id or code: any text without control characters.
Code = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Body(BaseModel):
    """Base of what is sent to the API."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)


class Query(BaseModel):
    """Base of query strings: everything arrives as text, unknown names are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Answer(BaseModel):
    """Base of what the API gives; made from domain objects by their attributes."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Problem(Answer):
    """What is wrong with one row of input."""

    row: int
    field: str | None
    value: str | None
    code: str | None
    reason: str


class ErrorBody(Answer):
    """What went wrong: a stable code for programs, words in the user's language for people."""

    code: str
    message: str
    request_id: str
    problems: list[Problem] | None = None
    fields: dict[str, Any] | None = None


class ErrorAnswer(Answer):
    """The body of every answer that is no success."""

    error: ErrorBody
