"""Case types, cases, their history."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE case_type (
        key text NOT NULL,
        version integer NOT NULL,
        id uuid NOT NULL CONSTRAINT uq_case_type_id UNIQUE,
        title text NOT NULL,
        status text NOT NULL,
        permissive boolean NOT NULL,
        department text NOT NULL,
        digest text NOT NULL,
        bundle text NOT NULL,
        added_by uuid NOT NULL,
        added_at timestamptz NOT NULL,
        activated_at timestamptz,
        revision integer NOT NULL,
        CONSTRAINT pk_case_type PRIMARY KEY (key, version),
        CONSTRAINT uq_case_type_key_digest UNIQUE (key, digest),
        CONSTRAINT ck_case_type_status CHECK (status IN ('draft', 'active', 'retired'))
    )
    """,
    "CREATE UNIQUE INDEX ix_case_type_active ON case_type (key) WHERE status = 'active'",
    "COMMENT ON COLUMN case_type.digest IS 'SHA-256 of the bundle''s text'",
    "COMMENT ON COLUMN case_type.bundle IS 'Never changes'",
    (
        "COMMENT ON TABLE case_type IS 'The rules that cases follow. Personal data: none. "
        "Kept as long as a case was decided under them.'"
    ),
    """
    CREATE FUNCTION case_type_keeps_its_bundle() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a version of a case type never changes: add another one';
    END $$
    """,
    """
    CREATE TRIGGER keeps_its_bundle BEFORE UPDATE OF key, version, digest, bundle, permissive ON case_type
    FOR EACH ROW WHEN (
        (OLD.key, OLD.version, OLD.digest, OLD.bundle, OLD.permissive)
        IS DISTINCT FROM (NEW.key, NEW.version, NEW.digest, NEW.bundle, NEW.permissive)
    ) EXECUTE FUNCTION case_type_keeps_its_bundle()
    """,
    """
    CREATE TABLE case_record (
        id uuid CONSTRAINT pk_case_record PRIMARY KEY,
        reference text NOT NULL CONSTRAINT uq_case_record_reference UNIQUE,
        case_type text NOT NULL,
        case_type_version integer NOT NULL,
        contact_id uuid NOT NULL,
        state text NOT NULL,
        closed boolean NOT NULL,
        outcome text,
        data jsonb NOT NULL,
        prefilled text[] NOT NULL,
        department text NOT NULL,
        assigned_to uuid,
        due_on date,
        opened_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        closed_at timestamptz,
        opened_by uuid NOT NULL,
        source text,
        external_reference text,
        version integer NOT NULL,
        CONSTRAINT uq_case_record_source_external_reference UNIQUE (source, external_reference),
        CONSTRAINT fk_case_record_case_type_case_type_version_case_type
            FOREIGN KEY (case_type, case_type_version) REFERENCES case_type (key, version)
    ) WITH (fillfactor = 70)
    """,
    (
        "CREATE INDEX ix_case_record_worklist ON case_record "
        "(COALESCE(due_on, DATE '9999-12-31'), opened_at, id) WHERE NOT closed"
    ),
    "CREATE INDEX ix_case_record_all ON case_record (COALESCE(due_on, DATE '9999-12-31'), opened_at, id)",
    "CREATE INDEX ix_case_record_contact_id ON case_record (contact_id, opened_at)",
    "CREATE INDEX ix_case_record_assigned_to ON case_record (assigned_to, opened_at) WHERE assigned_to IS NOT NULL",
    "COMMENT ON COLUMN case_record.data IS 'The answers'",
    "COMMENT ON COLUMN case_record.opened_at IS 'When it began'",
    "COMMENT ON COLUMN case_record.recorded_at IS 'When we learned of it'",
    (
        "COMMENT ON TABLE case_record IS 'One matter of one contact. Personal data: data. Basis: public task, or the law "
        "behind the case type. Kept for the term of the case type''s outcome after closing.'"
    ),
    """
    CREATE TABLE case_event (
        case_id uuid NOT NULL CONSTRAINT fk_case_event_case_id_case_record REFERENCES case_record (id),
        sequence integer NOT NULL,
        event text NOT NULL,
        from_state text,
        to_state text NOT NULL,
        case_type_version integer NOT NULL,
        actor uuid NOT NULL,
        on_behalf_of uuid,
        fields text[] NOT NULL,
        answers jsonb,
        comment text,
        resource text,
        salt bytea,
        occurred_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT pk_case_event PRIMARY KEY (case_id, sequence)
    )
    """,
    "COMMENT ON COLUMN case_event.answers IS 'What this step changed, null where an answer was taken back'",
    "COMMENT ON COLUMN case_event.resource IS 'Who did it, where it came from; on migrated steps'",
    "COMMENT ON COLUMN case_event.salt IS 'Erased with the resource, after which its digest says nothing'",
    (
        "COMMENT ON TABLE case_event IS 'What was done on cases. Personal data: answers, comment, resource. "
        "Basis: public task. Append-only; kept and disposed of with its case.'"
    ),
    """
    CREATE FUNCTION case_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the history of a case is append-only';
    END $$
    """,
    (
        "CREATE TRIGGER is_append_only BEFORE UPDATE OR DELETE ON case_event "
        "FOR EACH ROW EXECUTE FUNCTION case_event_is_append_only()"
    ),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE case_event, case_record, case_type")
    op.execute("DROP FUNCTION case_event_is_append_only, case_type_keeps_its_bundle")
