"""Generated from docs/openapi.json by clients/python/generate.py: one method for each operation that speaks JSON."""

from collections.abc import Iterator
from typing import Any, Literal, cast

from . import models
from .asking import Asking, pages, segment


class Operations(Asking):
    """Everything that can be asked for, by its name."""

    def activate_case_type(
        self, key: str, version: int, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.CaseTypeView:
        """New cases take this version from now on. It never changes again; running cases keep theirs."""
        return cast(
            "models.CaseTypeView",
            self._ask(
                "POST",
                f"/v1/case_types/{segment(key)}/versions/{segment(version)}/activate",
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def add_case_type(
        self, body: models.AddCaseType, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.CaseTypeView:
        """Store a bundle as the next draft version of its case type; refused with every fault named."""
        return cast(
            "models.CaseTypeView",
            self._ask("POST", "/v1/case_types", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def add_client_key(
        self,
        client_id: str,
        body: models.AddClientKey,
        *,
        idempotency_key: str | None = None,
        purpose: str | None = None,
    ) -> models.ClientView:
        """Add a key beside those there are, so that one can follow another without a gap; three at once."""
        return cast(
            "models.ClientView",
            self._ask(
                "POST",
                f"/v1/clients/{segment(client_id)}/keys",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def add_template(
        self, body: models.AddTemplate, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.TemplateView:
        """Store the next version of a template in one language; messages written from now on use it."""
        return cast(
            "models.TemplateView",
            self._ask("POST", "/v1/templates", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def amend_client(
        self, client_id: str, body: models.AmendClient, *, seen: int, purpose: str | None = None
    ) -> models.ClientView:
        """Change what a system is registered for."""
        return cast(
            "models.ClientView",
            self._ask("PATCH", f"/v1/clients/{segment(client_id)}", body=body, seen=seen, purpose=purpose),
        )

    def amend_contact(
        self, contact_id: str, body: models.AmendContact, *, seen: int, purpose: str | None = None
    ) -> models.ContactView:
        """Change some details of a contact that is still at `version`. Absent fields stay as they are."""
        return cast(
            "models.ContactView",
            self._ask("PATCH", f"/v1/contacts/{segment(contact_id)}", body=body, seen=seen, purpose=purpose),
        )

    def amend_staff(
        self, staff_id: str, body: models.AmendStaff, *, seen: int, purpose: str | None = None
    ) -> models.StaffView:
        """Change a member of staff who is still at `version`. Absent fields stay; one is changed or removed, not both."""
        return cast(
            "models.StaffView",
            self._ask("PATCH", f"/v1/staff/{segment(staff_id)}", body=body, seen=seen, purpose=purpose),
        )

    def amend_team(
        self, team_id: str, body: models.AmendTeam, *, seen: int, purpose: str | None = None
    ) -> models.TeamView:
        """Change a team that is still at `version`. Absent fields stay; `members` replaces, or `add` and `drop` adjust."""
        return cast(
            "models.TeamView",
            self._ask("PATCH", f"/v1/teams/{segment(team_id)}", body=body, seen=seen, purpose=purpose),
        )

    def assign_role(
        self, staff_id: str, body: models.AssignRole, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.AssignmentView:
        """Give somebody else a role, everywhere (standard) or for one case or contact (specific), or keep them out of it."""
        return cast(
            "models.AssignmentView",
            self._ask(
                "POST",
                f"/v1/staff/{segment(staff_id)}/assignments",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def cancel_job(
        self, job_id: str, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.JobView:
        """Stop a job. What it brought so far is thrown away."""
        return cast(
            "models.JobView",
            self._ask("POST", f"/v1/jobs/{segment(job_id)}/cancel", idempotency_key=idempotency_key, purpose=purpose),
        )

    def cancel_upload(self, upload_id: str, *, purpose: str | None = None) -> None:
        """Forget an upload, and the file if it has arrived."""
        self._ask("DELETE", f"/v1/uploads/{segment(upload_id)}", purpose=purpose)

    def challenge_access(
        self, body: models.ChallengeAccess, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.AssignmentView:
        """Give yourself a role for one case or contact in an emergency: short, told as an alarm, judged afterwards."""
        return cast(
            "models.AssignmentView",
            self._ask("POST", "/v1/challenges", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def count_messages(self, *, purpose: str | None = None) -> models.MessageCounts:
        """How many messages stand where, in the departments that the caller oversees."""
        return cast("models.MessageCounts", self._ask("GET", "/v1/messages/counts", purpose=purpose))

    def create_team(
        self, body: models.CreateTeam, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.TeamView:
        """Make a team. Its lead, where it has one, is one of its members."""
        return cast(
            "models.TeamView",
            self._ask("POST", "/v1/teams", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def create_upload(
        self, body: models.CreateUpload, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.UploadView:
        """Begin to send a file. Its bytes follow by `append_upload`, in one request or in many, and may be resumed.

        `length` and `media_type` are held to. `sha256` may be left out here and said with the last bytes, in Repr-Digest.
        """
        return cast(
            "models.UploadView",
            self._ask("POST", "/v1/uploads", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def deactivate_staff(
        self,
        staff_id: str,
        body: models.DeactivateStaff,
        *,
        idempotency_key: str | None = None,
        purpose: str | None = None,
    ) -> models.StaffView:
        """End somebody's access at once, on every replica; what they are on record for stays."""
        return cast(
            "models.StaffView",
            self._ask(
                "POST",
                f"/v1/staff/{segment(staff_id)}/deactivate",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def declare_conflict(
        self, body: models.DeclareConflict, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.AssignmentView:
        """Keep yourself out of a case or away from a contact. Only somebody else can lift it."""
        return cast(
            "models.AssignmentView",
            self._ask("POST", "/v1/conflicts", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def delegate_duties(
        self, body: models.DelegateDuties, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.AuthorityView:
        """Let a colleague act in some of one's own roles while one is away."""
        return cast(
            "models.AuthorityView",
            self._ask("POST", "/v1/delegations", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def describe_api(self, *, purpose: str | None = None) -> models.ApiView:
        """The API as the caller may use it: only what their roles allow."""
        return cast("models.ApiView", self._ask("GET", "/v1/openapi.json", purpose=purpose))

    def end_assignment(
        self,
        assignment_id: str,
        body: models.EndAssignment,
        *,
        idempotency_key: str | None = None,
        purpose: str | None = None,
    ) -> models.AssignmentView:
        """Take a role back, or lift an exclusion, from now on."""
        return cast(
            "models.AssignmentView",
            self._ask(
                "POST",
                f"/v1/assignments/{segment(assignment_id)}/end",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def end_authority(
        self,
        authority_id: str,
        body: models.EndAuthority,
        *,
        idempotency_key: str | None = None,
        purpose: str | None = None,
    ) -> models.AuthorityView:
        """End a mandate or a delegation, at once."""
        return cast(
            "models.AuthorityView",
            self._ask(
                "POST",
                f"/v1/authorities/{segment(authority_id)}/end",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def end_my_session(self, session_id: str, *, purpose: str | None = None) -> models.EndedView:
        """Sign one of the caller's browsers out, on every replica at once."""
        return cast("models.EndedView", self._ask("DELETE", f"/v1/me/sessions/{segment(session_id)}", purpose=purpose))

    def end_sessions(self, actor_id: str, *, purpose: str | None = None) -> models.EndedView:
        """Sign all of somebody's browsers out, on every replica at once. They may sign in again: to keep them out, deactivate."""
        return cast(
            "models.EndedView", self._ask("DELETE", f"/v1/actors/{segment(actor_id)}/sessions", purpose=purpose)
        )

    def export_cases(
        self, body: models.ExportCases, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.JobView:
        """Bring all the cases that match and that the caller may see into a file, a line of JSON each."""
        return cast(
            "models.JobView",
            self._ask("POST", "/v1/exports/cases", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def find_contacts(self, body: models.FindContacts, *, purpose: str | None = None) -> models.PageOfContactSummary:
        """Contacts that match every term given, best match first within a page order that is stable.

        `name` matches names that begin with, or closely resemble, what was typed; the others match exactly.
        """
        return cast("models.PageOfContactSummary", self._ask("POST", "/v1/contacts/search", body=body, purpose=purpose))

    def find_entries(
        self,
        *,
        subject: str | None = None,
        actor: str | None = None,
        type: str | None = None,
        event_id: str | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: str | None = None,
    ) -> models.PageOfEntryView:
        """Entries that match every term, in log order."""
        return cast(
            "models.PageOfEntryView",
            self._ask(
                "GET",
                "/v1/audit/entries",
                query={
                    "subject": subject,
                    "actor": actor,
                    "type": type,
                    "event_id": event_id,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "cursor": cursor,
                },
                purpose=purpose,
            ),
        )

    def find_entries_all(
        self,
        *,
        subject: str | None = None,
        actor: str | None = None,
        type: str | None = None,
        event_id: str | None = None,
        since: str | None = None,
        until: str | None = None,
        purpose: str | None = None,
    ) -> Iterator[models.EntryView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]",
                self.find_entries(
                    subject=subject,
                    actor=actor,
                    type=type,
                    event_id=event_id,
                    since=since,
                    until=until,
                    limit=100,
                    cursor=cursor,
                    purpose=purpose,
                ),
            )
        )

    def find_staff(self, body: models.FindStaff, *, purpose: str | None = None) -> models.CountedOfStaffView:
        """The members of staff for whom one of the alternatives holds (all, where none is given), counted, by user name."""
        return cast("models.CountedOfStaffView", self._ask("POST", "/v1/staff/search", body=body, purpose=purpose))

    def find_teams(self, body: models.FindTeams, *, purpose: str | None = None) -> models.CountedOfTeamView:
        """The teams for which one of the alternatives holds (all, where none is given), counted, by name."""
        return cast("models.CountedOfTeamView", self._ask("POST", "/v1/teams/search", body=body, purpose=purpose))

    def get_assignment(self, assignment_id: str, *, purpose: str | None = None) -> models.AssignmentView:
        """One assignment, by id."""
        return cast(
            "models.AssignmentView", self._ask("GET", f"/v1/assignments/{segment(assignment_id)}", purpose=purpose)
        )

    def get_case(self, case_id: str, *, purpose: str | None = None) -> models.CaseView:
        """One case, with the steps that this caller may take now."""
        return cast("models.CaseView", self._ask("GET", f"/v1/cases/{segment(case_id)}", purpose=purpose))

    def get_case_type(self, key: str, *, version: int | None = None, purpose: str | None = None) -> models.CaseTypeView:
        """One version of a case type, the active one where none is named."""
        return cast(
            "models.CaseTypeView",
            self._ask("GET", f"/v1/case_types/{segment(key)}", query={"version": version}, purpose=purpose),
        )

    def get_checkpoint(self, *, purpose: str | None = None) -> models.CheckpointView:
        """The newest signed checkpoint."""
        return cast("models.CheckpointView", self._ask("GET", "/v1/audit/checkpoint", purpose=purpose))

    def get_client(self, client_id: str, *, purpose: str | None = None) -> models.ClientView:
        """One system."""
        return cast("models.ClientView", self._ask("GET", f"/v1/clients/{segment(client_id)}", purpose=purpose))

    def get_consistency_proof(self, *, old_size: int, purpose: str | None = None) -> models.ProofView:
        """Proof that the log of size `old_size` is a beginning of the newest signed one."""
        return cast(
            "models.ProofView",
            self._ask("GET", "/v1/audit/proofs/consistency", query={"old_size": old_size}, purpose=purpose),
        )

    def get_contact(self, contact_id: str, *, purpose: str | None = None) -> models.ContactView:
        """One contact, by id."""
        return cast("models.ContactView", self._ask("GET", f"/v1/contacts/{segment(contact_id)}", purpose=purpose))

    def get_inclusion_proof(self, *, index: int, purpose: str | None = None) -> models.ProofView:
        """Proof that entry `index` is in the log of the newest signed checkpoint."""
        return cast(
            "models.ProofView", self._ask("GET", "/v1/audit/proofs/inclusion", query={"index": index}, purpose=purpose)
        )

    def get_job(self, job_id: str, *, purpose: str | None = None) -> models.JobView:
        """How far a job of the caller's is."""
        return cast("models.JobView", self._ask("GET", f"/v1/jobs/{segment(job_id)}", purpose=purpose))

    def get_message(self, message_id: str, *, purpose: str | None = None) -> models.MessageView:
        """One message with its attempts."""
        return cast("models.MessageView", self._ask("GET", f"/v1/messages/{segment(message_id)}", purpose=purpose))

    def get_staff(self, staff_id: str, *, purpose: str | None = None) -> models.StaffView:
        """One member of staff, by id."""
        return cast("models.StaffView", self._ask("GET", f"/v1/staff/{segment(staff_id)}", purpose=purpose))

    def get_team(self, team_id: str, *, purpose: str | None = None) -> models.TeamView:
        """One team, by id."""
        return cast("models.TeamView", self._ask("GET", f"/v1/teams/{segment(team_id)}", purpose=purpose))

    def get_template(
        self, key: str, *, language: str | None = None, version: int | None = None, purpose: str | None = None
    ) -> models.TemplateView:
        """One version of a template, the newest where none is named."""
        return cast(
            "models.TemplateView",
            self._ask(
                "GET",
                f"/v1/templates/{segment(key)}",
                query={"language": language, "version": version},
                purpose=purpose,
            ),
        )

    def get_upload(self, upload_id: str, *, purpose: str | None = None) -> models.UploadView:
        """One of the caller's uploads. Upload-Offset says how much of it has arrived for good."""
        return cast("models.UploadView", self._ask("GET", f"/v1/uploads/{segment(upload_id)}", purpose=purpose))

    def grant_mandate(
        self, body: models.GrantMandate, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.AuthorityView:
        """Let one contact act for another: given by the other themselves, or by staff who saw the proof."""
        return cast(
            "models.AuthorityView",
            self._ask("POST", "/v1/mandates", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def list_accesses(
        self, contact_id: str, *, limit: int | None = None, cursor: str | None = None, purpose: str | None = None
    ) -> models.PageOfAccessView:
        """Who read what is known of a contact and of their cases, and why; newest first."""
        return cast(
            "models.PageOfAccessView",
            self._ask(
                "GET",
                f"/v1/contacts/{segment(contact_id)}/accesses",
                query={"limit": limit, "cursor": cursor},
                purpose=purpose,
            ),
        )

    def list_accesses_all(self, contact_id: str, *, purpose: str | None = None) -> Iterator[models.AccessView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]", self.list_accesses(contact_id=contact_id, limit=100, cursor=cursor, purpose=purpose)
            )
        )

    def list_assignments(
        self,
        *,
        staff_id: str | None = None,
        kind: Literal["standard", "specific", "challenged", "excluded"] | None = None,
        role: str | None = None,
        about: str | None = None,
        in_force: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: str | None = None,
    ) -> models.PageOfAssignmentView:
        """The assignments that the caller may see and that match every term given, newest first."""
        return cast(
            "models.PageOfAssignmentView",
            self._ask(
                "GET",
                "/v1/assignments",
                query={
                    "staff_id": staff_id,
                    "kind": kind,
                    "role": role,
                    "about": about,
                    "in_force": in_force,
                    "limit": limit,
                    "cursor": cursor,
                },
                purpose=purpose,
            ),
        )

    def list_assignments_all(
        self,
        *,
        staff_id: str | None = None,
        kind: Literal["standard", "specific", "challenged", "excluded"] | None = None,
        role: str | None = None,
        about: str | None = None,
        in_force: bool | None = None,
        purpose: str | None = None,
    ) -> Iterator[models.AssignmentView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]",
                self.list_assignments(
                    staff_id=staff_id,
                    kind=kind,
                    role=role,
                    about=about,
                    in_force=in_force,
                    limit=100,
                    cursor=cursor,
                    purpose=purpose,
                ),
            )
        )

    def list_authorities(
        self,
        *,
        principal: str | None = None,
        representative: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: str | None = None,
    ) -> models.PageOfAuthorityView:
        """Whom the caller may act for and who may act for them; for oversight, everybody's. Newest first."""
        return cast(
            "models.PageOfAuthorityView",
            self._ask(
                "GET",
                "/v1/authorities",
                query={"principal": principal, "representative": representative, "limit": limit, "cursor": cursor},
                purpose=purpose,
            ),
        )

    def list_authorities_all(
        self, *, principal: str | None = None, representative: str | None = None, purpose: str | None = None
    ) -> Iterator[models.AuthorityView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]",
                self.list_authorities(
                    principal=principal, representative=representative, limit=100, cursor=cursor, purpose=purpose
                ),
            )
        )

    def list_case_events(
        self, case_id: str, *, limit: int | None = None, cursor: str | None = None, purpose: str | None = None
    ) -> models.PageOfCaseEventView:
        """The history of a case, in the order it was recorded."""
        return cast(
            "models.PageOfCaseEventView",
            self._ask(
                "GET", f"/v1/cases/{segment(case_id)}/events", query={"limit": limit, "cursor": cursor}, purpose=purpose
            ),
        )

    def list_case_events_all(self, case_id: str, *, purpose: str | None = None) -> Iterator[models.CaseEventView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]", self.list_case_events(case_id=case_id, limit=100, cursor=cursor, purpose=purpose)
            )
        )

    def list_case_types(
        self, *, limit: int | None = None, cursor: str | None = None, purpose: str | None = None
    ) -> models.PageOfCaseTypeView:
        """The case types, by key and version."""
        return cast(
            "models.PageOfCaseTypeView",
            self._ask("GET", "/v1/case_types", query={"limit": limit, "cursor": cursor}, purpose=purpose),
        )

    def list_case_types_all(self, *, purpose: str | None = None) -> Iterator[models.CaseTypeView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast("dict[str, Any]", self.list_case_types(limit=100, cursor=cursor, purpose=purpose))
        )

    def list_cases(
        self,
        *,
        contact_id: str | None = None,
        case_type: str | None = None,
        state: str | None = None,
        assigned_to: str | None = None,
        open: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: str | None = None,
    ) -> models.PageOfCaseSummary:
        """The cases the caller may see, the most urgent first: by due date, then by age."""
        return cast(
            "models.PageOfCaseSummary",
            self._ask(
                "GET",
                "/v1/cases",
                query={
                    "contact_id": contact_id,
                    "case_type": case_type,
                    "state": state,
                    "assigned_to": assigned_to,
                    "open": open,
                    "limit": limit,
                    "cursor": cursor,
                },
                purpose=purpose,
            ),
        )

    def list_cases_all(
        self,
        *,
        contact_id: str | None = None,
        case_type: str | None = None,
        state: str | None = None,
        assigned_to: str | None = None,
        open: bool | None = None,
        purpose: str | None = None,
    ) -> Iterator[models.CaseSummary]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]",
                self.list_cases(
                    contact_id=contact_id,
                    case_type=case_type,
                    state=state,
                    assigned_to=assigned_to,
                    open=open,
                    limit=100,
                    cursor=cursor,
                    purpose=purpose,
                ),
            )
        )

    def list_challenges(
        self,
        *,
        reviewed: bool | None = None,
        overdue: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: str | None = None,
    ) -> models.PageOfAssignmentView:
        """The emergency accesses that nobody has judged yet, or that were judged; the longest due first."""
        return cast(
            "models.PageOfAssignmentView",
            self._ask(
                "GET",
                "/v1/challenges",
                query={"reviewed": reviewed, "overdue": overdue, "limit": limit, "cursor": cursor},
                purpose=purpose,
            ),
        )

    def list_challenges_all(
        self, *, reviewed: bool | None = None, overdue: bool | None = None, purpose: str | None = None
    ) -> Iterator[models.AssignmentView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]",
                self.list_challenges(reviewed=reviewed, overdue=overdue, limit=100, cursor=cursor, purpose=purpose),
            )
        )

    def list_clients(
        self,
        *,
        active: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: str | None = None,
    ) -> models.PageOfClientView:
        """The systems that the caller may know of, newest first."""
        return cast(
            "models.PageOfClientView",
            self._ask(
                "GET", "/v1/clients", query={"active": active, "limit": limit, "cursor": cursor}, purpose=purpose
            ),
        )

    def list_clients_all(
        self, *, active: bool | None = None, purpose: str | None = None
    ) -> Iterator[models.ClientView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]", self.list_clients(active=active, limit=100, cursor=cursor, purpose=purpose)
            )
        )

    def list_contact_changes(
        self, contact_id: str, *, limit: int | None = None, cursor: str | None = None, purpose: str | None = None
    ) -> models.PageOfContactChange:
        """Who changed what of a contact, newest first."""
        return cast(
            "models.PageOfContactChange",
            self._ask(
                "GET",
                f"/v1/contacts/{segment(contact_id)}/changes",
                query={"limit": limit, "cursor": cursor},
                purpose=purpose,
            ),
        )

    def list_contact_changes_all(
        self, contact_id: str, *, purpose: str | None = None
    ) -> Iterator[models.ContactChange]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]",
                self.list_contact_changes(contact_id=contact_id, limit=100, cursor=cursor, purpose=purpose),
            )
        )

    def list_gaps(
        self,
        *,
        closed: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: str | None = None,
    ) -> models.PageOfGapView:
        """Holes in the producers' streams, open ones only unless asked."""
        return cast(
            "models.PageOfGapView",
            self._ask(
                "GET", "/v1/audit/gaps", query={"closed": closed, "limit": limit, "cursor": cursor}, purpose=purpose
            ),
        )

    def list_gaps_all(self, *, closed: bool | None = None, purpose: str | None = None) -> Iterator[models.GapView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]", self.list_gaps(closed=closed, limit=100, cursor=cursor, purpose=purpose)
            )
        )

    def list_interactions(
        self, contact_id: str, *, limit: int | None = None, cursor: str | None = None, purpose: str | None = None
    ) -> models.PageOfInteractionView:
        """The interactions with a contact that the caller may see, newest first."""
        return cast(
            "models.PageOfInteractionView",
            self._ask(
                "GET",
                f"/v1/contacts/{segment(contact_id)}/interactions",
                query={"limit": limit, "cursor": cursor},
                purpose=purpose,
            ),
        )

    def list_interactions_all(self, contact_id: str, *, purpose: str | None = None) -> Iterator[models.InteractionView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]",
                self.list_interactions(contact_id=contact_id, limit=100, cursor=cursor, purpose=purpose),
            )
        )

    def list_jobs(
        self, *, limit: int | None = None, cursor: str | None = None, purpose: str | None = None
    ) -> models.PageOfJobView:
        """The caller's jobs, newest first."""
        return cast(
            "models.PageOfJobView",
            self._ask("GET", "/v1/jobs", query={"limit": limit, "cursor": cursor}, purpose=purpose),
        )

    def list_jobs_all(self, *, purpose: str | None = None) -> Iterator[models.JobView]:
        """The same, page after page to the end."""
        return pages(lambda cursor: cast("dict[str, Any]", self.list_jobs(limit=100, cursor=cursor, purpose=purpose)))

    def list_messages(
        self,
        *,
        contact_id: str | None = None,
        case_id: str | None = None,
        status: Literal["queued", "sending", "sent", "rejected", "unknown", "undeliverable"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: str | None = None,
    ) -> models.PageOfMessageView:
        """The messages that the caller may see, newest first, without their attempts."""
        return cast(
            "models.PageOfMessageView",
            self._ask(
                "GET",
                "/v1/messages",
                query={
                    "contact_id": contact_id,
                    "case_id": case_id,
                    "status": status,
                    "limit": limit,
                    "cursor": cursor,
                },
                purpose=purpose,
            ),
        )

    def list_messages_all(
        self,
        *,
        contact_id: str | None = None,
        case_id: str | None = None,
        status: Literal["queued", "sending", "sent", "rejected", "unknown", "undeliverable"] | None = None,
        purpose: str | None = None,
    ) -> Iterator[models.MessageView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]",
                self.list_messages(
                    contact_id=contact_id, case_id=case_id, status=status, limit=100, cursor=cursor, purpose=purpose
                ),
            )
        )

    def list_my_sessions(
        self, *, limit: int | None = None, cursor: str | None = None, purpose: str | None = None
    ) -> models.PageOfSessionView:
        """The browsers that the caller is signed in with, newest first."""
        return cast(
            "models.PageOfSessionView",
            self._ask("GET", "/v1/me/sessions", query={"limit": limit, "cursor": cursor}, purpose=purpose),
        )

    def list_my_sessions_all(self, *, purpose: str | None = None) -> Iterator[models.SessionView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast("dict[str, Any]", self.list_my_sessions(limit=100, cursor=cursor, purpose=purpose))
        )

    def list_purposes(
        self, *, limit: int | None = None, cursor: str | None = None, purpose: str | None = None
    ) -> models.PageOfPurposeView:
        """Every purpose there is. They are few: one page holds them."""
        return cast(
            "models.PageOfPurposeView",
            self._ask("GET", "/v1/purposes", query={"limit": limit, "cursor": cursor}, purpose=purpose),
        )

    def list_purposes_all(self, *, purpose: str | None = None) -> Iterator[models.PurposeView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast("dict[str, Any]", self.list_purposes(limit=100, cursor=cursor, purpose=purpose))
        )

    def list_sessions(
        self, actor_id: str, *, limit: int | None = None, cursor: str | None = None, purpose: str | None = None
    ) -> models.PageOfSessionView:
        """The browsers that somebody is signed in with, newest first."""
        return cast(
            "models.PageOfSessionView",
            self._ask(
                "GET",
                f"/v1/actors/{segment(actor_id)}/sessions",
                query={"limit": limit, "cursor": cursor},
                purpose=purpose,
            ),
        )

    def list_sessions_all(self, actor_id: str, *, purpose: str | None = None) -> Iterator[models.SessionView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]", self.list_sessions(actor_id=actor_id, limit=100, cursor=cursor, purpose=purpose)
            )
        )

    def list_staff(
        self,
        *,
        department: str | None = None,
        active: bool | None = None,
        team_id: str | None = None,
        skill: str | None = None,
        role: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: str | None = None,
    ) -> models.PageOfStaffView:
        """The members of staff that the caller may see and that match every term given, by user name."""
        return cast(
            "models.PageOfStaffView",
            self._ask(
                "GET",
                "/v1/staff",
                query={
                    "department": department,
                    "active": active,
                    "team_id": team_id,
                    "skill": skill,
                    "role": role,
                    "limit": limit,
                    "cursor": cursor,
                },
                purpose=purpose,
            ),
        )

    def list_staff_all(
        self,
        *,
        department: str | None = None,
        active: bool | None = None,
        team_id: str | None = None,
        skill: str | None = None,
        role: str | None = None,
        purpose: str | None = None,
    ) -> Iterator[models.StaffView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]",
                self.list_staff(
                    department=department,
                    active=active,
                    team_id=team_id,
                    skill=skill,
                    role=role,
                    limit=100,
                    cursor=cursor,
                    purpose=purpose,
                ),
            )
        )

    def list_streams(
        self, *, limit: int | None = None, cursor: str | None = None, purpose: str | None = None
    ) -> models.PageOfStreamView:
        """Every producer's stream."""
        return cast(
            "models.PageOfStreamView",
            self._ask("GET", "/v1/audit/streams", query={"limit": limit, "cursor": cursor}, purpose=purpose),
        )

    def list_streams_all(self, *, purpose: str | None = None) -> Iterator[models.StreamView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast("dict[str, Any]", self.list_streams(limit=100, cursor=cursor, purpose=purpose))
        )

    def list_teams(
        self,
        *,
        department: str | None = None,
        member: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: str | None = None,
    ) -> models.PageOfTeamView:
        """The teams that the caller may see, by name."""
        return cast(
            "models.PageOfTeamView",
            self._ask(
                "GET",
                "/v1/teams",
                query={"department": department, "member": member, "limit": limit, "cursor": cursor},
                purpose=purpose,
            ),
        )

    def list_teams_all(
        self, *, department: str | None = None, member: str | None = None, purpose: str | None = None
    ) -> Iterator[models.TeamView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]",
                self.list_teams(department=department, member=member, limit=100, cursor=cursor, purpose=purpose),
            )
        )

    def list_templates(
        self, *, limit: int | None = None, cursor: str | None = None, purpose: str | None = None
    ) -> models.PageOfTemplateView:
        """The newest version of every template, by key and language."""
        return cast(
            "models.PageOfTemplateView",
            self._ask("GET", "/v1/templates", query={"limit": limit, "cursor": cursor}, purpose=purpose),
        )

    def list_templates_all(self, *, purpose: str | None = None) -> Iterator[models.TemplateView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast("dict[str, Any]", self.list_templates(limit=100, cursor=cursor, purpose=purpose))
        )

    def list_uploads(
        self,
        *,
        state: Literal["created", "receiving", "available", "refused", "cancelled", "expired"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        purpose: str | None = None,
    ) -> models.PageOfUploadView:
        """The caller's uploads, newest first."""
        return cast(
            "models.PageOfUploadView",
            self._ask("GET", "/v1/uploads", query={"state": state, "limit": limit, "cursor": cursor}, purpose=purpose),
        )

    def list_uploads_all(
        self,
        *,
        state: Literal["created", "receiving", "available", "refused", "cancelled", "expired"] | None = None,
        purpose: str | None = None,
    ) -> Iterator[models.UploadView]:
        """The same, page after page to the end."""
        return pages(
            lambda cursor: cast(
                "dict[str, Any]", self.list_uploads(state=state, limit=100, cursor=cursor, purpose=purpose)
            )
        )

    def open_case(
        self, body: models.OpenCase, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.CaseView:
        """Open a case of the active version of a type for a contact, its form filled with what is known already."""
        return cast(
            "models.CaseView",
            self._ask("POST", "/v1/cases", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def provision_staff(
        self, body: models.ProvisionStaff, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.StaffView:
        """Make somebody known before they first sign in. Answers with the member of staff as stored."""
        return cast(
            "models.StaffView",
            self._ask("POST", "/v1/staff", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def reactivate_staff(
        self,
        staff_id: str,
        body: models.ReactivateStaff,
        *,
        idempotency_key: str | None = None,
        purpose: str | None = None,
    ) -> models.StaffView:
        """Let somebody back in who was deactivated."""
        return cast(
            "models.StaffView",
            self._ask(
                "POST",
                f"/v1/staff/{segment(staff_id)}/reactivate",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def record_interaction(
        self,
        contact_id: str,
        body: models.RecordInteraction,
        *,
        idempotency_key: str | None = None,
        purpose: str | None = None,
    ) -> models.InteractionView:
        """Note one touch with a contact, on any channel."""
        return cast(
            "models.InteractionView",
            self._ask(
                "POST",
                f"/v1/contacts/{segment(contact_id)}/interactions",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def register_client(
        self, body: models.RegisterClient, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.ClientView:
        """Let a system call the API for one purpose, with the scopes it needs, until a day; whoever asks answers for it."""
        return cast(
            "models.ClientView",
            self._ask("POST", "/v1/clients", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def register_contact(
        self, body: models.RegisterContact, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.ContactView:
        """Add a person or organisation. Answers with the contact as stored."""
        return cast(
            "models.ContactView",
            self._ask("POST", "/v1/contacts", body=body, idempotency_key=idempotency_key, purpose=purpose),
        )

    def remove_client_key(
        self,
        client_id: str,
        body: models.RemoveClientKey,
        *,
        idempotency_key: str | None = None,
        purpose: str | None = None,
    ) -> models.ClientView:
        """Trust a key no longer. Tokens that it was used for end with the system's next request for one."""
        return cast(
            "models.ClientView",
            self._ask(
                "POST",
                f"/v1/clients/{segment(client_id)}/keys/remove",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def remove_staff(
        self, staff_id: str, body: models.RemoveStaff, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.StaffView:
        """Deactivate somebody and show them no longer. Answers with the member of staff as last seen."""
        return cast(
            "models.StaffView",
            self._ask(
                "POST",
                f"/v1/staff/{segment(staff_id)}/remove",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def remove_team(
        self, team_id: str, body: models.RemoveTeam, *, idempotency_key: str | None = None, purpose: str | None = None
    ) -> models.TeamView:
        """Dissolve a team. Answers with the team as last seen."""
        return cast(
            "models.TeamView",
            self._ask(
                "POST",
                f"/v1/teams/{segment(team_id)}/remove",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def resume_client(
        self,
        client_id: str,
        body: models.ResumeClient,
        *,
        idempotency_key: str | None = None,
        purpose: str | None = None,
    ) -> models.ClientView:
        """Let a suspended system go on."""
        return cast(
            "models.ClientView",
            self._ask(
                "POST",
                f"/v1/clients/{segment(client_id)}/resume",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def review_challenge(
        self,
        assignment_id: str,
        body: models.ReviewChallenge,
        *,
        idempotency_key: str | None = None,
        purpose: str | None = None,
    ) -> models.AssignmentView:
        """Judge somebody else's emergency access. An unjustified one ends at once."""
        return cast(
            "models.AssignmentView",
            self._ask(
                "POST",
                f"/v1/challenges/{segment(assignment_id)}/review",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def suspend_client(
        self,
        client_id: str,
        body: models.SuspendClient,
        *,
        idempotency_key: str | None = None,
        purpose: str | None = None,
    ) -> models.ClientView:
        """End what a system may do, within a second, everywhere."""
        return cast(
            "models.ClientView",
            self._ask(
                "POST",
                f"/v1/clients/{segment(client_id)}/suspend",
                body=body,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def take_case_event(
        self,
        case_id: str,
        body: models.TakeCaseEvent,
        *,
        seen: int,
        idempotency_key: str | None = None,
        purpose: str | None = None,
    ) -> models.CaseView:
        """Take one step on a case that is still at `version`. An illegal step is a Conflict that names the legal ones."""
        return cast(
            "models.CaseView",
            self._ask(
                "POST",
                f"/v1/cases/{segment(case_id)}/events",
                body=body,
                seen=seen,
                idempotency_key=idempotency_key,
                purpose=purpose,
            ),
        )

    def who_am_i(self, *, purpose: str | None = None) -> models.MeView:
        """The caller's internal id, roles and department, what their roles allow and where, and what to try next."""
        return cast("models.MeView", self._ask("GET", "/v1/me", purpose=purpose))
