"""All tables of the database. A change here needs a migration in ``migrations/versions``.

Times are UTC: columns of ``Moment`` give them with their zone, the older ones without.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class Moment(TypeDecorator[datetime]):
    """A time with its zone, kept in UTC; SQLite has no zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return a time as it is written."""
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return a time as it is read."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


META = MetaData()

LABELS = Table(
    "labels",
    META,
    Column("task", String(200), primary_key=True),
    Column("class", String(200), primary_key=True, key="class_name"),
    Column("title_id", String(200), primary_key=True),
    Column("start", Double, primary_key=True),
    Column("end", Double, primary_key=True),
    Column("annotator", String(200), primary_key=True),
    Column("value", Double, nullable=False),
    Column("date", Date, nullable=False),
)

KEYS = Table(
    "api_keys",
    META,
    Column("key_id", String(16), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("scope", String(16), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("created", DateTime, nullable=False),
    Column("revoked", DateTime),
)

JOBS = Table(
    "jobs",
    META,
    Column("id", String(32), primary_key=True),
    Column("created", String(40), nullable=False),
    # Where it is, which anybody may change; the state in the JSON is its owner's.
    Column("state", String(16), nullable=False),
    # The server that runs it, and until when the others leave it alone.
    Column("owner", String(100)),
    Column("lease", Moment),
    # The whole job as JSON.
    Column("job", Text, nullable=False),
)

SHORTLISTS = Table(
    "shortlists",
    META,
    Column("shortlist_id", String(32), primary_key=True),
    # The name in lower case: two lists that differ in letter case alone would be mistaken.
    Column("key", String(200), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
)

SHORTLIST_REVISIONS = Table(
    "shortlist_revisions",
    META,
    Column("shortlist_id", String(32), primary_key=True),
    Column("version", Integer, primary_key=True),
    # The version that undoing this one leads back to; none at the first.
    Column("before", Integer),
    Column("name", String(200), nullable=False),
    Column("target_seconds", Double),
    Column("items", JSON, nullable=False),
    Column("author", String(200), nullable=False),
    Column("made", DateTime, nullable=False),
)

TITLE_GRIDS = Table(
    "title_grids",
    META,
    Column("title_id", String(200), primary_key=True),
    # The frame grid to which what names this title by frames or seconds was moved last.
    Column("grid", Text, nullable=False),
)

SAVED = Table(
    "saved_searches",
    META,
    Column("saved_id", String(32), primary_key=True),
    # The name in lower case, as with shortlists.
    Column("key", String(200), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("request", JSON, nullable=False),
    Column("author", String(200), nullable=False),
    Column("created", Moment, nullable=False),
    # When somebody last looked at what it finds.
    Column("seen", Moment, nullable=False),
    # Up to which title that was, see ``indexer.arrivals``; none where only the time is known.
    Column("seen_number", Integer),
    Column("webhook_url", String(2000)),
    Column("webhook_secret", String(200)),
    # The webhook was told of matches in titles that were indexed until then.
    Column("told", Moment, nullable=False),
    Column("told_number", Integer),
)

DELIVERIES = Table(
    "webhook_deliveries",
    META,
    Column("delivery_id", String(64), primary_key=True),
    Column(
        "saved_id",
        String(32),
        ForeignKey("saved_searches.saved_id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("title_id", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    # When it is tried next; none once it has arrived or was given up.
    Column("due", Moment, index=True),
    Column("delivered", Moment),
    Column("error", String(500)),
)

RATES = Table(
    "rates",
    META,
    # What is limited, and whom: a key's id or a network.
    Column("caller", String(300), primary_key=True),
    # When each request came, in seconds since 1970, and when the last one counts no more.
    Column("hits", ARRAY(Double).with_variant(JSON(), "sqlite"), nullable=False),
    Column("until", Double, nullable=False),
)

SESSIONS = Table(
    "sessions",
    META,
    # Of the cookie, and of the key in the settings if somebody signed in with it.
    Column("hash", String(64), primary_key=True),
    Column("key_id", String(16), nullable=False),
    Column("ends", Moment, nullable=False),
)

TICKETS = Table(
    "upload_tickets",
    META,
    Column("hash", String(64), primary_key=True),
    # The folder's name among uploads.
    Column("folder", String(64), nullable=False),
    Column("made", Moment, nullable=False),
)

REELS = Table(
    "reels",
    META,
    Column("reel_id", String(16), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("asked", Moment, nullable=False),
    Column("share", Double, nullable=False),
    Column("problem", Text, nullable=False),
    # The server that renders it, and until when the others leave it alone.
    Column("owner", String(100)),
    Column("lease", Moment),
    # Its cut and options as JSON.
    Column("work", Text, nullable=False),
)

PEOPLE = Table(
    "people",
    META,
    Column("person_id", String(16), primary_key=True),
    # Empty until somebody gives one.
    Column("name", String(200), nullable=False),
    # The name in lower case, as with shortlists; none without a name.
    Column("key", String(200), unique=True),
    Column("hidden", Boolean, nullable=False),
)

FACE_GROUPS = Table(
    "face_groups",
    META,
    Column("title_id", String(200), primary_key=True),
    Column("number", Integer, primary_key=True),
    # The result that the group comes from: another one has other groups.
    Column("stage_key", String(64), nullable=False),
    Column(
        "person_id",
        String(16),
        ForeignKey("people.person_id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("faces", Integer, nullable=False),
    Column("shots", Integer, nullable=False),
    # The face that shows it: its still, and its box as parts of the still's sides.
    Column("frame", Integer, nullable=False),
    Column("left", Double, nullable=False),
    Column("top", Double, nullable=False),
    Column("right", Double, nullable=False),
    Column("bottom", Double, nullable=False),
    # The mean of its faces' embeddings, as float32.
    Column("vector", LargeBinary, nullable=False),
)


def _reviewed(primary_key: bool = False, index: bool = False) -> Column[str]:
    """The list that a link leads to, or that a comment is about: it goes with the list."""
    key = ForeignKey("shortlists.shortlist_id", ondelete="CASCADE")
    return Column(
        "shortlist_id", String(32), key, nullable=False, primary_key=primary_key, index=index
    )


def _by_link(primary_key: bool = False, index: bool = False) -> Column[str]:
    """The link by which somebody came."""
    key = ForeignKey("review_links.link_id", ondelete="CASCADE")
    return Column("link_id", String(16), key, nullable=False, primary_key=primary_key, index=index)


REVIEW_LINKS = Table(
    "review_links",
    META,
    Column("link_id", String(16), primary_key=True),
    _reviewed(index=True),
    # Whom it is for.
    Column("name", String(200), nullable=False),
    # Of its key.
    Column("hash", String(64), nullable=False, unique=True),
    Column("author", String(200), nullable=False),
    Column("created", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("revoked", Moment),
)

REVIEW_COMMENTS = Table(
    "review_comments",
    META,
    Column("comment_id", String(32), primary_key=True),
    _reviewed(index=True),
    _by_link(),
    # Of the list, as the reviewer saw it.
    Column("version", Integer, nullable=False),
    # None: the whole list.
    Column("item_id", String(32)),
    # Of the item's title; none: the whole item.
    Column("frame", Integer),
    Column("name", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("made", Moment, nullable=False),
)

REVIEW_APPROVALS = Table(
    "review_approvals",
    META,
    _reviewed(primary_key=True),
    # Empty: the whole list.
    Column("item_id", String(32), primary_key=True),
    _by_link(primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("approved", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("made", Moment, nullable=False),
)
