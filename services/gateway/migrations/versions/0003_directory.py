"""Staff, teams and assignments.

A lock this waits for longer than four seconds fails it: nothing is changed, run it again.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    """
    CREATE TABLE staff (
        id uuid CONSTRAINT pk_staff PRIMARY KEY,
        user_name text NOT NULL,
        user_name_folded text NOT NULL,
        display_name text NOT NULL,
        email text,
        department text NOT NULL,
        active boolean NOT NULL,
        skills text[] NOT NULL,
        capacity integer NOT NULL,
        external_id text,
        version integer NOT NULL,
        provisioned_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        removed_at timestamptz
    )
    """,
    "CREATE UNIQUE INDEX uq_staff_user_name_folded ON staff (user_name_folded) WHERE removed_at IS NULL",
    "CREATE INDEX ix_staff_department ON staff (department)",
    "CREATE INDEX ix_staff_external_id ON staff (external_id) WHERE external_id IS NOT NULL",
    "COMMENT ON COLUMN staff.id IS 'Their id as an actor'",
    "COMMENT ON COLUMN staff.external_id IS 'As provisioning systems know them'",
    (
        "COMMENT ON TABLE staff IS 'Who works here. Personal data: user_name, display_name, email. Basis: employment. "
        "Kept while entries name the id.'"
    ),
    """
    CREATE TABLE team (
        id uuid CONSTRAINT pk_team PRIMARY KEY,
        name text NOT NULL,
        name_folded text NOT NULL,
        department text NOT NULL,
        lead uuid,
        external_id text,
        version integer NOT NULL,
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        removed_at timestamptz
    )
    """,
    "CREATE UNIQUE INDEX uq_team_department_name_folded ON team (department, name_folded) WHERE removed_at IS NULL",
    "COMMENT ON COLUMN team.external_id IS 'As provisioning systems know it'",
    "COMMENT ON TABLE team IS 'Who works together. Personal data: none.'",
    """
    CREATE TABLE team_member (
        team_id uuid NOT NULL CONSTRAINT fk_team_member_team_id_team REFERENCES team (id),
        staff_id uuid NOT NULL CONSTRAINT fk_team_member_staff_id_staff REFERENCES staff (id),
        CONSTRAINT pk_team_member PRIMARY KEY (team_id, staff_id)
    )
    """,
    "CREATE INDEX ix_team_member_staff_id ON team_member (staff_id)",
    "COMMENT ON TABLE team_member IS 'Who is in which team. Personal data: none but the ids.'",
    """
    CREATE TABLE assignment (
        id uuid CONSTRAINT pk_assignment PRIMARY KEY,
        holder uuid NOT NULL,
        department text NOT NULL,
        kind text NOT NULL,
        role text,
        about uuid,
        begins_at timestamptz NOT NULL,
        ends_at timestamptz,
        reason text NOT NULL,
        note text NOT NULL,
        salt bytea NOT NULL,
        granted_by uuid NOT NULL,
        granted_at timestamptz NOT NULL,
        ended_at timestamptz,
        ended_by uuid,
        end_reason text,
        review_due timestamptz,
        reviewed_at timestamptz,
        reviewed_by uuid,
        outcome text,
        review_note text
    )
    """,
    "CREATE INDEX ix_assignment_holder ON assignment (holder) WHERE ended_at IS NULL",
    "CREATE INDEX ix_assignment_about ON assignment (about) WHERE about IS NOT NULL",
    "CREATE INDEX ix_assignment_granted_at ON assignment (granted_at DESC, id DESC)",
    "CREATE INDEX ix_assignment_review_due ON assignment (review_due) WHERE kind = 'challenged'",
    "CREATE INDEX ix_assignment_role ON assignment (role) WHERE kind = 'standard' AND ended_at IS NULL",
    "COMMENT ON COLUMN assignment.department IS 'The holder''s, when it was made'",
    "COMMENT ON COLUMN assignment.kind IS 'standard, specific, challenged or excluded'",
    "COMMENT ON COLUMN assignment.role IS 'None for an exclusion'",
    "COMMENT ON COLUMN assignment.about IS 'The case or contact; none for a standard role'",
    "COMMENT ON COLUMN assignment.salt IS 'Of the digests told; erased with the notes'",
    "COMMENT ON COLUMN assignment.review_due IS 'By when a challenged one must be judged'",
    "COMMENT ON COLUMN assignment.outcome IS 'justified or unjustified'",
    (
        "COMMENT ON TABLE assignment IS 'Roles given for a time, and what keeps somebody out. Personal data: note, "
        "review_note. Kept for oversight.'"
    ),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for table in ("assignment", "team_member", "team", "staff"):
        op.drop_table(table)
