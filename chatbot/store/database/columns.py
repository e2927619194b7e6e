"""What the columns of our tables hold: exact UTC times, and numbers that count up by themselves."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from chatbot.core.model.ids import RoomAddress

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_number(when: datetime) -> int:
    """Whole microseconds since 1970: exact, sortable, and the same on both stores."""
    return (when - _EPOCH) // _MICROSECOND


def from_number(number: int) -> datetime:
    """The aware UTC time of a number of microseconds."""
    return _EPOCH + timedelta(microseconds=number)


class Moment(sa.TypeDecorator[datetime]):
    """An aware UTC time, kept as a number (`to_number`)."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else to_number(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else from_number(value)


class Address(sa.TypeDecorator[RoomAddress]):
    """The address of a room or a person."""

    impl = sa.Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> RoomAddress | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else RoomAddress(value)


Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts up by itself only in an INTEGER key

metadata = sa.MetaData()  # of all tables
