"""The directory's tables: staff, teams and assignments, and what is personal in them."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

from services.gateway.adapters.metadata import metadata

staff = Table(
    "staff",
    metadata,
    Column("id", Uuid, primary_key=True, comment="Their id as an actor"),
    Column("user_name", Text, nullable=False),
    Column("user_name_folded", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("email", Text),
    Column("department", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("skills", ARRAY(Text), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("external_id", Text, comment="As provisioning systems know them"),
    Column("version", Integer, nullable=False),
    Column("provisioned_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("removed_at", DateTime(timezone=True)),
    comment="Who works here. Personal data: user_name, display_name, email. Basis: employment. Kept while entries name the id.",
)
Index(
    "uq_staff_user_name_folded",
    staff.c.user_name_folded,
    unique=True,
    postgresql_where=text("removed_at IS NULL"),
)
Index("ix_staff_department", staff.c.department)
Index("ix_staff_external_id", staff.c.external_id, postgresql_where=text("external_id IS NOT NULL"))

team = Table(
    "team",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("lead", Uuid),
    Column("external_id", Text, comment="As provisioning systems know it"),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("removed_at", DateTime(timezone=True)),
    comment="Who works together. Personal data: none.",
)
Index(
    "uq_team_department_name_folded",
    team.c.department,
    team.c.name_folded,
    unique=True,
    postgresql_where=text("removed_at IS NULL"),
)

team_member = Table(
    "team_member",
    metadata,
    Column("team_id", Uuid, ForeignKey("team.id"), primary_key=True),
    Column("staff_id", Uuid, ForeignKey("staff.id"), primary_key=True),
    comment="Who is in which team. Personal data: none but the ids.",
)
Index("ix_team_member_staff_id", team_member.c.staff_id)

assignment = Table(
    "assignment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("holder", Uuid, nullable=False),
    Column("department", Text, nullable=False, comment="The holder's, when it was made"),
    Column("kind", Text, nullable=False, comment="standard, specific, challenged or excluded"),
    Column("role", Text, comment="None for an exclusion"),
    Column("about", Uuid, comment="The case or contact; none for a standard role"),
    Column("begins_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True)),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False, comment="Of the digests told; erased with the notes"),
    Column("granted_by", Uuid, nullable=False),
    Column("granted_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_by", Uuid),
    Column("end_reason", Text),
    Column("review_due", DateTime(timezone=True), comment="By when a challenged one must be judged"),
    Column("reviewed_at", DateTime(timezone=True)),
    Column("reviewed_by", Uuid),
    Column("outcome", Text, comment="justified or unjustified"),
    Column("review_note", Text),
    comment="Roles given for a time, and what keeps somebody out. Personal data: note, review_note. Kept for oversight.",
)
Index("ix_assignment_holder", assignment.c.holder, postgresql_where=text("ended_at IS NULL"))
Index("ix_assignment_about", assignment.c.about, postgresql_where=text("about IS NOT NULL"))
Index("ix_assignment_granted_at", assignment.c.granted_at.desc(), assignment.c.id.desc())
Index("ix_assignment_review_due", assignment.c.review_due, postgresql_where=text("kind = 'challenged'"))
Index(
    "ix_assignment_role",
    assignment.c.role,
    postgresql_where=text("kind = 'standard' AND ended_at IS NULL"),
)
