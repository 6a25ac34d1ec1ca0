"""The tables that every store has: outbox, stream, inbox, command. One definition, one first migration.

outbox   facts committed with the change that made them, until audit has them and they are pruned
stream   this store's place in its own stream of facts: one row
inbox    messages already handled, by handler
command  writes already done, with their answers
"""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, LargeBinary, MetaData, Table, Text, Uuid, text


@dataclass(frozen=True)
class Floor:
    outbox: Table
    stream: Table
    inbox: Table
    command: Table


def floor_tables(metadata: MetaData) -> Floor:
    """The floor's tables, as part of a service's own metadata."""
    outbox = Table(
        "outbox",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("id", BigInteger, Identity(always=True), nullable=False),
        Column("routing_key", Text, nullable=False),
        Column("body", Text, nullable=False, comment="Canonical JSON; final once numbered"),
        Column("sequence", BigInteger, unique=True, comment="Place in the stream; none until the relay numbers it"),
        Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        comment="Facts to publish. Personal data: none.",
    )
    Index("ix_outbox_unnumbered", outbox.c.id, postgresql_where=text("sequence IS NULL"))
    stream = Table(
        "stream",
        metadata,
        Column("producer", Text, primary_key=True),
        Column("epoch", Text, nullable=False, comment="Changes when the store is restored: numbers begin again"),
        Column("numbered", BigInteger, nullable=False, comment="Last sequence given out"),
        Column("published", BigInteger, nullable=False, comment="Last sequence confirmed by the broker"),
        Column("head", LargeBinary, nullable=False, comment="SHA-256 chain over all numbered bodies"),
        comment="This store's place in its own stream. Personal data: none.",
    )
    inbox = Table(
        "inbox",
        metadata,
        Column("handler", Text, primary_key=True),
        Column("message_id", Uuid, primary_key=True),
        Column("received_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        comment="Messages already handled. Personal data: none.",
    )
    Index("ix_inbox_received_at", inbox.c.received_at, postgresql_using="brin")
    command = Table(
        "command",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("method", Text, nullable=False),
        Column("fingerprint", LargeBinary, nullable=False, comment="SHA-256 of the request"),
        Column("reply", LargeBinary, nullable=False, comment="The answer, as JSON"),
        Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        comment="Writes already done, with their answers. Personal data: as in the answers; kept two days.",
    )
    Index("ix_command_recorded_at", command.c.recorded_at, postgresql_using="brin")
    return Floor(outbox, stream, inbox, command)


FLOOR_SQL = (
    """
    CREATE TABLE outbox (
        event_id uuid CONSTRAINT pk_outbox PRIMARY KEY,
        id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
        routing_key text NOT NULL,
        body text NOT NULL,
        sequence bigint CONSTRAINT uq_outbox_sequence UNIQUE,
        recorded_at timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)
    """,
    "CREATE INDEX ix_outbox_unnumbered ON outbox (id) WHERE sequence IS NULL",
    "COMMENT ON COLUMN outbox.body IS 'Canonical JSON; final once numbered'",
    "COMMENT ON COLUMN outbox.sequence IS 'Place in the stream; none until the relay numbers it'",
    "COMMENT ON TABLE outbox IS 'Facts to publish. Personal data: none.'",
    """
    CREATE TABLE stream (
        producer text CONSTRAINT pk_stream PRIMARY KEY,
        epoch text NOT NULL,
        numbered bigint NOT NULL,
        published bigint NOT NULL,
        head bytea NOT NULL
    ) WITH (fillfactor = 20)
    """,
    "COMMENT ON COLUMN stream.epoch IS 'Changes when the store is restored: numbers begin again'",
    "COMMENT ON COLUMN stream.numbered IS 'Last sequence given out'",
    "COMMENT ON COLUMN stream.published IS 'Last sequence confirmed by the broker'",
    "COMMENT ON COLUMN stream.head IS 'SHA-256 chain over all numbered bodies'",
    "COMMENT ON TABLE stream IS 'This store''s place in its own stream. Personal data: none.'",
    """
    CREATE TABLE inbox (
        handler text NOT NULL,
        message_id uuid NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_inbox PRIMARY KEY (handler, message_id)
    )
    """,
    "CREATE INDEX ix_inbox_received_at ON inbox USING brin (received_at)",
    "COMMENT ON TABLE inbox IS 'Messages already handled. Personal data: none.'",
    """
    CREATE TABLE command (
        id uuid CONSTRAINT pk_command PRIMARY KEY,
        method text NOT NULL,
        fingerprint bytea NOT NULL,
        reply bytea NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX ix_command_recorded_at ON command USING brin (recorded_at)",
    "COMMENT ON COLUMN command.fingerprint IS 'SHA-256 of the request'",
    "COMMENT ON COLUMN command.reply IS 'The answer, as JSON'",
    (
        "COMMENT ON TABLE command IS "
        "'Writes already done, with their answers. Personal data: as in the answers; kept two days.'"
    ),
)
"""What the first migration of a store executes. Frozen: a later change of the floor is a later migration."""

BEGIN_STREAM = "INSERT INTO stream VALUES (:producer, :epoch, 0, 0, decode(repeat('00', 32), 'hex'))"
"""The one row of a new stream."""
