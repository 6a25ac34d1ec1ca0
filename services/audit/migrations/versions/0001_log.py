"""The log: entries that are only ever added, the tree over them, and who has told what.

Rights are taken away as far as they go inside a database: no process owns a table, the processes may add but not
change, and triggers that fire in every mode refuse even the owner. A superuser can undo all of it; that is why
checkpoints leave the database.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("entry", "entry_key", "entry_subject", "tile", "checkpoint")
KEPT_CURRENT = ("log_state", "subject_head", "producer_stream", "gap")
"""Rows change here, as the log grows; they can all be worked out again from the entries."""

TABLES = (
    """
    CREATE TABLE entry (
        idx bigint NOT NULL,
        leaf bytea NOT NULL,
        leaf_hash bytea NOT NULL CONSTRAINT ck_entry_leaf_hash CHECK (octet_length(leaf_hash) = 32),
        event_id uuid NOT NULL,
        type text NOT NULL,
        subject uuid NOT NULL,
        occurred_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        producer text NOT NULL,
        epoch text NOT NULL,
        sequence bigint NOT NULL,
        department text NOT NULL,
        actor text NOT NULL,
        trace_id text,
        CONSTRAINT pk_entry PRIMARY KEY (idx)
    ) PARTITION BY RANGE (idx)
    """,
    "CREATE INDEX ix_entry_actor ON entry (actor, idx)",
    "CREATE INDEX ix_entry_type ON entry (type, idx)",
    "CREATE INDEX ix_entry_received_at ON entry USING brin (received_at)",
    """
    CREATE TABLE entry_key (
        producer text NOT NULL,
        epoch text NOT NULL,
        sequence bigint NOT NULL CONSTRAINT ck_entry_key_sequence CHECK (sequence > 0),
        idx bigint NOT NULL CONSTRAINT uq_entry_key_idx UNIQUE,
        event_id uuid NOT NULL CONSTRAINT uq_entry_key_event_id UNIQUE,
        body_hash bytea NOT NULL CONSTRAINT ck_entry_key_body_hash CHECK (octet_length(body_hash) = 32),
        CONSTRAINT pk_entry_key PRIMARY KEY (producer, epoch, sequence)
    )
    """,
    """
    CREATE TABLE entry_subject (
        subject uuid NOT NULL,
        sequence bigint NOT NULL,
        idx bigint NOT NULL,
        CONSTRAINT pk_entry_subject PRIMARY KEY (subject, sequence)
    )
    """,
    """
    CREATE TABLE tile (
        level smallint NOT NULL,
        n bigint NOT NULL,
        data bytea NOT NULL CONSTRAINT ck_tile_data CHECK (octet_length(data) = 8192),
        root bytea NOT NULL CONSTRAINT ck_tile_root CHECK (octet_length(root) = 32),
        CONSTRAINT pk_tile PRIMARY KEY (level, n)
    )
    """,
    # Hashes do not compress; leaving them as they are saves trying.
    "ALTER TABLE tile ALTER COLUMN data SET STORAGE EXTERNAL",
    """
    CREATE TABLE checkpoint (
        size bigint CONSTRAINT pk_checkpoint PRIMARY KEY,
        root bytea NOT NULL CONSTRAINT ck_checkpoint_root CHECK (octet_length(root) = 32),
        note text NOT NULL,
        signed_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE log_state (
        single boolean DEFAULT true CONSTRAINT pk_log_state PRIMARY KEY CONSTRAINT ck_log_state_single CHECK (single),
        size bigint NOT NULL CONSTRAINT ck_log_state_size CHECK (size >= 0),
        root bytea NOT NULL CONSTRAINT ck_log_state_root CHECK (octet_length(root) = 32),
        edge bytea[] NOT NULL,
        fence bigint NOT NULL
    ) WITH (fillfactor = 20)
    """,
    "INSERT INTO log_state (size, root, edge, fence) VALUES (0, sha256(''), '{}', 0)",
    """
    CREATE TABLE subject_head (
        subject uuid CONSTRAINT pk_subject_head PRIMARY KEY,
        sequence bigint NOT NULL,
        idx bigint NOT NULL
    ) WITH (fillfactor = 60)
    """,
    """
    CREATE TABLE producer_stream (
        producer text NOT NULL,
        epoch text NOT NULL,
        next_sequence bigint NOT NULL,
        highest_sequence bigint NOT NULL,
        missing int8multirange NOT NULL DEFAULT '{}',
        head_sequence bigint NOT NULL DEFAULT 0,
        first_seen_at timestamptz NOT NULL,
        last_heartbeat_at timestamptz,
        CONSTRAINT pk_producer_stream PRIMARY KEY (producer, epoch)
    ) WITH (fillfactor = 20)
    """,
    """
    CREATE TABLE gap (
        producer text NOT NULL,
        epoch text NOT NULL,
        first_sequence bigint NOT NULL,
        last_sequence bigint NOT NULL,
        opened_at timestamptz NOT NULL,
        closed_at timestamptz,
        CONSTRAINT pk_gap PRIMARY KEY (producer, epoch, first_sequence),
        CONSTRAINT ck_gap_order CHECK (first_sequence <= last_sequence)
    )
    """,
    "CREATE INDEX ix_gap_open ON gap (producer, epoch) WHERE closed_at IS NULL",
)

COMMENTS = (
    "TABLE entry IS 'Every fact, as it came and in the order it came. Personal data: internal ids. Kept for ever.'",
    "COLUMN entry.leaf IS 'The bytes that are hashed; every other column can be read out of them'",
    "TABLE entry_key IS 'Which entry has which place in its producer''s stream. Personal data: none.'",
    "COLUMN entry_key.body_hash IS 'SHA-256 of the event as received: a second body for one number shows'",
    "TABLE entry_subject IS 'The numbered chain of entries about each subject. Personal data: internal ids.'",
    "TABLE tile IS 'Full tiles of the tree (C2SP tlog-tiles). Personal data: none.'",
    "COLUMN tile.root IS 'The one hash that stands for this tile in the tile above'",
    "TABLE checkpoint IS 'Every signed checkpoint (C2SP tlog-checkpoint). Personal data: none.'",
    "TABLE log_state IS 'How far the log has grown. Personal data: none.'",
    "COLUMN log_state.edge IS 'Roots of the perfect subtrees, largest first'",
    "COLUMN log_state.fence IS 'Who may write: a sequencer that took over has a higher number'",
    "TABLE subject_head IS 'How far each subject''s chain goes. Personal data: internal ids.'",
    "TABLE producer_stream IS 'What arrived of each producer''s stream, and what its heartbeats tell. Personal data: none.'",
    "COLUMN producer_stream.next_sequence IS 'Every number below this one is in the log'",
    "COLUMN producer_stream.missing IS 'Numbers below the highest that have not arrived'",
    "TABLE gap IS 'Numbers that stayed away for longer than they may. Personal data: none.'",
)

FUNCTIONS = (
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% on % is refused: the log only grows', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END
    $$
    """,
    """
    CREATE FUNCTION refuse_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.size < OLD.size OR NEW.fence < OLD.fence OR (NEW.size = OLD.size AND NEW.root <> OLD.root) THEN
            RAISE EXCEPTION 'the log has % entries and fence %: it cannot go back to % and %',
                OLD.size, OLD.fence, NEW.size, NEW.fence USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    # Partitions hold 2**22 entries. The writer may call this, but it can only ever make room just ahead of the log.
    """
    CREATE FUNCTION make_room_for_entries() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
    DECLARE
        partitions bigint;
        held bigint;
        part text;
        untrusted text;
    BEGIN
        SELECT size INTO STRICT held FROM log_state;
        SELECT count(*) INTO partitions FROM pg_inherits WHERE inhparent = 'entry'::regclass;
        WHILE partitions < (held >> 22) + 3 LOOP
            part := 'entry_' || lpad(partitions::text, 5, '0');
            EXECUTE format('CREATE TABLE %I PARTITION OF entry FOR VALUES FROM (%s) TO (%s)',
                part, partitions << 22, (partitions + 1) << 22);
            EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
            EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER only_grows', part);
            FOR untrusted IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'audit%' AND rolname <> current_user LOOP
                EXECUTE format('REVOKE ALL ON %I FROM %I', part, untrusted);
            END LOOP;
            partitions := partitions + 1;
        END LOOP;
        RETURN partitions << 22;
    END
    $$
    """,
)

RIGHTS = (
    ("audit", "SELECT", (*APPEND_ONLY, *KEPT_CURRENT)),
    ("audit_reader", "SELECT", (*APPEND_ONLY, *KEPT_CURRENT)),
    ("audit_publisher", "SELECT", (*APPEND_ONLY, *KEPT_CURRENT)),
    ("audit_publisher", "INSERT", ("checkpoint",)),
    ("audit_sequencer", "SELECT", (*APPEND_ONLY, *KEPT_CURRENT)),
    ("audit_sequencer", "INSERT", ("entry", "entry_key", "entry_subject", "tile")),
    ("audit_sequencer", "INSERT", ("subject_head", "producer_stream", "gap")),
    ("audit_sequencer", "UPDATE (size, root, edge, fence)", ("log_state",)),
    ("audit_sequencer", "UPDATE (sequence, idx)", ("subject_head",)),
    (
        "audit_sequencer",
        "UPDATE (next_sequence, highest_sequence, missing, head_sequence, last_heartbeat_at)",
        ("producer_stream",),
    ),
    ("audit_sequencer", "UPDATE (closed_at)", ("gap",)),
)
ROLES = ("audit", "audit_reader", "audit_publisher", "audit_sequencer")


def upgrade() -> None:
    for statement in (*TABLES, *FUNCTIONS):
        op.execute(statement)
    for comment in COMMENTS:
        op.execute(f"COMMENT ON {comment}")
    for table in APPEND_ONLY:
        _refuse(table, "UPDATE OR DELETE OR TRUNCATE")
    for table in KEPT_CURRENT:
        _refuse(table, "DELETE OR TRUNCATE")
    op.execute(
        "CREATE TRIGGER never_shrinks BEFORE UPDATE ON log_state FOR EACH ROW EXECUTE FUNCTION refuse_shrinking()"
    )
    op.execute("ALTER TABLE log_state ENABLE ALWAYS TRIGGER never_shrinks")
    op.execute("SELECT make_room_for_entries()")
    for role in ROLES:
        # What the owner creates is the service's to change by default: not here.
        _for_role(role, f"REVOKE ALL ON {', '.join((*APPEND_ONLY, *KEPT_CURRENT))} FROM {role}")
        _for_role(
            role, f"REVOKE ALL ON FUNCTION refuse_change(), refuse_shrinking(), make_room_for_entries() FROM {role}"
        )
    op.execute("REVOKE ALL ON FUNCTION refuse_change(), refuse_shrinking(), make_room_for_entries() FROM PUBLIC")
    for role, right, tables in RIGHTS:
        _for_role(role, f"GRANT {right} ON {', '.join(tables)} TO {role}")
    _for_role("audit_sequencer", "GRANT EXECUTE ON FUNCTION make_room_for_entries() TO audit_sequencer")


def downgrade() -> None:
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM entry) THEN "
        "RAISE EXCEPTION 'the log has entries: it is never dropped'; END IF; END $$"
    )
    op.execute(f"DROP TABLE {', '.join((*APPEND_ONLY, *KEPT_CURRENT))}")
    op.execute("DROP FUNCTION refuse_change(), refuse_shrinking(), make_room_for_entries()")


def _refuse(table: str, changes: str) -> None:
    op.execute(
        f"CREATE TRIGGER only_grows BEFORE {changes} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    # ALWAYS: also in a session that replays changes (session_replication_role), where other triggers are silent.
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER only_grows")


def _for_role(role: str, statement: str) -> None:
    """A store for tests may lack the roles of a deployment."""
    op.execute(
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN {statement}; END IF; END $$"
    )
