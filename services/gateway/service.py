"""Everything the gateway's directory answers to. The work is in application/."""

from services.gateway import application, wiring
from services.gateway.application.acting.ports import UnitOfWork as ActingUnitOfWork
from services.gateway.application.clients.ports import PublicKeys
from services.gateway.application.clients.ports import UnitOfWork as ClientsUnitOfWork
from services.gateway.application.jobs.ports import UnitOfWork as JobsUnitOfWork
from services.gateway.application.ports import Issuers, UnitOfWork
from services.gateway.application.sessions.ports import UnitOfWork as SessionsUnitOfWork
from services.gateway.application.uploads.ports import Limits
from services.gateway.application.uploads.ports import UnitOfWork as UploadsUnitOfWork
from services.gateway.directory_settings import DirectorySettings
from services.gateway.domain.periods import Emergencies
from shared.contracts.gateway.acting import AuthorityView, DelegateDuties, EndAuthority, GrantMandate, ListAuthorities
from shared.contracts.gateway.assignments import (
    AssignmentView,
    AssignRole,
    ChallengeAccess,
    DeclareConflict,
    EndAssignment,
    GetAssignment,
    ListAssignments,
    ListChallenges,
    ReviewChallenge,
)
from shared.contracts.gateway.clients import (
    AddClientKey,
    AmendClient,
    ClientView,
    GetClient,
    ListClients,
    RegisterClient,
    RemoveClientKey,
    ResumeClient,
    SuspendClient,
)
from shared.contracts.gateway.jobs import (
    AdvanceJob,
    CancelJob,
    ExportCases,
    FinishJob,
    GetJob,
    JobResult,
    JobTaken,
    JobView,
    ListJobs,
    ReadJobResult,
    TakeJob,
)
from shared.contracts.gateway.sessions import (
    EndedView,
    EndMySession,
    EndSessions,
    ListMySessions,
    ListSessions,
    SessionView,
)
from shared.contracts.gateway.staff import (
    AmendStaff,
    DeactivateStaff,
    FindStaff,
    GetStaff,
    ListStaff,
    ProvisionStaff,
    ReactivateStaff,
    RemoveStaff,
    StaffView,
)
from shared.contracts.gateway.teams import AmendTeam, CreateTeam, FindTeams, GetTeam, ListTeams, RemoveTeam, TeamView
from shared.contracts.gateway.uploads import (
    AppendUpload,
    CancelUpload,
    CreateUpload,
    ExpiredUploads,
    ExpireUploads,
    FinishUpload,
    GetUpload,
    KeptContent,
    ListKeptContent,
    ListUploads,
    ReadUpload,
    UploadContent,
    UploadProgress,
    UploadView,
)
from shared.contracts.paging import Counted, Page
from shared.rpc.server import answers


class GatewayService:
    """Calls to the directory."""

    name = "gateway"
    settings = DirectorySettings

    unit_of_work: UnitOfWork = wiring.UnitOfWork()
    issuers: Issuers = wiring.Issuers()
    emergencies: Emergencies = wiring.EmergencyLimits()
    uploads_work: UploadsUnitOfWork = wiring.UnitOfWork()
    clients_work: ClientsUnitOfWork = wiring.UnitOfWork()
    sessions_work: SessionsUnitOfWork = wiring.UnitOfWork()
    public_keys: PublicKeys = wiring.PublicKeys()
    jobs_work: JobsUnitOfWork = wiring.UnitOfWork()
    acting_work: ActingUnitOfWork = wiring.UnitOfWork()
    upload_limits: Limits = wiring.UploadLimits()

    @answers(ProvisionStaff)
    def provision_staff(self, request: ProvisionStaff) -> StaffView:
        return application.provision_staff(request, unit_of_work=self.unit_of_work, issuers=self.issuers)

    @answers(GetStaff)
    def get_staff(self, request: GetStaff) -> StaffView:
        return application.get_staff(request, unit_of_work=self.unit_of_work)

    @answers(ListStaff)
    def list_staff(self, request: ListStaff) -> Page[StaffView]:
        return application.list_staff(request, unit_of_work=self.unit_of_work)

    @answers(FindStaff)
    def find_staff(self, request: FindStaff) -> Counted[StaffView]:
        return application.find_staff(request, unit_of_work=self.unit_of_work)

    @answers(AmendStaff)
    def amend_staff(self, request: AmendStaff) -> StaffView:
        return application.amend_staff(request, unit_of_work=self.unit_of_work)

    @answers(DeactivateStaff)
    def deactivate_staff(self, request: DeactivateStaff) -> StaffView:
        return application.deactivate_staff(request, unit_of_work=self.unit_of_work)

    @answers(ReactivateStaff)
    def reactivate_staff(self, request: ReactivateStaff) -> StaffView:
        return application.reactivate_staff(request, unit_of_work=self.unit_of_work)

    @answers(RemoveStaff)
    def remove_staff(self, request: RemoveStaff) -> StaffView:
        return application.remove_staff(request, unit_of_work=self.unit_of_work)

    @answers(CreateTeam)
    def create_team(self, request: CreateTeam) -> TeamView:
        return application.create_team(request, unit_of_work=self.unit_of_work)

    @answers(GetTeam)
    def get_team(self, request: GetTeam) -> TeamView:
        return application.get_team(request, unit_of_work=self.unit_of_work)

    @answers(ListTeams)
    def list_teams(self, request: ListTeams) -> Page[TeamView]:
        return application.list_teams(request, unit_of_work=self.unit_of_work)

    @answers(FindTeams)
    def find_teams(self, request: FindTeams) -> Counted[TeamView]:
        return application.find_teams(request, unit_of_work=self.unit_of_work)

    @answers(AmendTeam)
    def amend_team(self, request: AmendTeam) -> TeamView:
        return application.amend_team(request, unit_of_work=self.unit_of_work)

    @answers(RemoveTeam)
    def remove_team(self, request: RemoveTeam) -> TeamView:
        return application.remove_team(request, unit_of_work=self.unit_of_work)

    @answers(AssignRole)
    def assign_role(self, request: AssignRole) -> AssignmentView:
        return application.assign_role(request, unit_of_work=self.unit_of_work)

    @answers(EndAssignment)
    def end_assignment(self, request: EndAssignment) -> AssignmentView:
        return application.end_assignment(request, unit_of_work=self.unit_of_work)

    @answers(GetAssignment)
    def get_assignment(self, request: GetAssignment) -> AssignmentView:
        return application.get_assignment(request, unit_of_work=self.unit_of_work)

    @answers(ListAssignments)
    def list_assignments(self, request: ListAssignments) -> Page[AssignmentView]:
        return application.list_assignments(request, unit_of_work=self.unit_of_work)

    @answers(DeclareConflict)
    def declare_conflict(self, request: DeclareConflict) -> AssignmentView:
        return application.declare_conflict(request, unit_of_work=self.unit_of_work)

    @answers(ChallengeAccess)
    def challenge_access(self, request: ChallengeAccess) -> AssignmentView:
        return application.challenge_access(request, unit_of_work=self.unit_of_work, emergencies=self.emergencies)

    @answers(ReviewChallenge)
    def review_challenge(self, request: ReviewChallenge) -> AssignmentView:
        return application.review_challenge(request, unit_of_work=self.unit_of_work)

    @answers(ListChallenges)
    def list_challenges(self, request: ListChallenges) -> Page[AssignmentView]:
        return application.list_challenges(request, unit_of_work=self.unit_of_work)

    @answers(CreateUpload)
    def create_upload(self, request: CreateUpload) -> UploadView:
        return application.create_upload(request, unit_of_work=self.uploads_work, limits=self.upload_limits)

    @answers(GetUpload)
    def get_upload(self, request: GetUpload) -> UploadView:
        return application.get_upload(request, unit_of_work=self.uploads_work)

    @answers(ListUploads)
    def list_uploads(self, request: ListUploads) -> Page[UploadView]:
        return application.list_uploads(request, unit_of_work=self.uploads_work)

    @answers(AppendUpload)
    def append_upload(self, request: AppendUpload) -> UploadProgress:
        return application.append_upload(request, unit_of_work=self.uploads_work)

    @answers(FinishUpload)
    def finish_upload(self, request: FinishUpload) -> UploadProgress:
        return application.finish_upload(request, unit_of_work=self.uploads_work)

    @answers(CancelUpload)
    def cancel_upload(self, request: CancelUpload) -> UploadProgress:
        return application.cancel_upload(request, unit_of_work=self.uploads_work)

    @answers(ReadUpload)
    def read_upload(self, request: ReadUpload) -> UploadContent:
        return application.read_upload(request, unit_of_work=self.uploads_work)

    @answers(ExpireUploads)
    def expire_uploads(self, request: ExpireUploads) -> ExpiredUploads:
        return application.expire_uploads(request, unit_of_work=self.uploads_work)

    @answers(ListKeptContent)
    def list_kept_content(self, request: ListKeptContent) -> KeptContent:
        return application.list_kept_content(request, unit_of_work=self.uploads_work)

    @answers(RegisterClient)
    def register_client(self, request: RegisterClient) -> ClientView:
        return application.register_client(request, unit_of_work=self.clients_work, public_keys=self.public_keys)

    @answers(AmendClient)
    def amend_client(self, request: AmendClient) -> ClientView:
        return application.amend_client(request, unit_of_work=self.clients_work)

    @answers(AddClientKey)
    def add_client_key(self, request: AddClientKey) -> ClientView:
        return application.add_client_key(request, unit_of_work=self.clients_work, public_keys=self.public_keys)

    @answers(RemoveClientKey)
    def remove_client_key(self, request: RemoveClientKey) -> ClientView:
        return application.remove_client_key(request, unit_of_work=self.clients_work)

    @answers(SuspendClient)
    def suspend_client(self, request: SuspendClient) -> ClientView:
        return application.suspend_client(request, unit_of_work=self.clients_work)

    @answers(ResumeClient)
    def resume_client(self, request: ResumeClient) -> ClientView:
        return application.resume_client(request, unit_of_work=self.clients_work)

    @answers(GetClient)
    def get_client(self, request: GetClient) -> ClientView:
        return application.get_client(request, unit_of_work=self.clients_work)

    @answers(ListClients)
    def list_clients(self, request: ListClients) -> Page[ClientView]:
        return application.list_clients(request, unit_of_work=self.clients_work)

    @answers(GrantMandate)
    def grant_mandate(self, request: GrantMandate) -> AuthorityView:
        return application.grant_mandate(request, unit_of_work=self.acting_work)

    @answers(DelegateDuties)
    def delegate_duties(self, request: DelegateDuties) -> AuthorityView:
        return application.delegate_duties(request, unit_of_work=self.acting_work)

    @answers(EndAuthority)
    def end_authority(self, request: EndAuthority) -> AuthorityView:
        return application.end_authority(request, unit_of_work=self.acting_work)

    @answers(ListAuthorities)
    def list_authorities(self, request: ListAuthorities) -> Page[AuthorityView]:
        return application.list_authorities(request, unit_of_work=self.acting_work)

    @answers(ListMySessions)
    def list_my_sessions(self, request: ListMySessions) -> Page[SessionView]:
        return application.list_my_sessions(request, unit_of_work=self.sessions_work)

    @answers(EndMySession)
    def end_my_session(self, request: EndMySession) -> EndedView:
        return application.end_my_session(request, unit_of_work=self.sessions_work)

    @answers(ListSessions)
    def list_sessions(self, request: ListSessions) -> Page[SessionView]:
        return application.list_sessions(request, unit_of_work=self.sessions_work)

    @answers(EndSessions)
    def end_sessions(self, request: EndSessions) -> EndedView:
        return application.end_sessions(request, unit_of_work=self.sessions_work)

    @answers(AdvanceJob)
    def advance_job(self, request: AdvanceJob) -> JobView:
        return application.advance_job(request, unit_of_work=self.jobs_work)

    @answers(CancelJob)
    def cancel_job(self, request: CancelJob) -> JobView:
        return application.cancel_job(request, unit_of_work=self.jobs_work)

    @answers(ExportCases)
    def export_cases(self, request: ExportCases) -> JobView:
        return application.export_cases(request, unit_of_work=self.jobs_work)

    @answers(FinishJob)
    def finish_job(self, request: FinishJob) -> JobView:
        return application.finish_job(request, unit_of_work=self.jobs_work)

    @answers(GetJob)
    def get_job(self, request: GetJob) -> JobView:
        return application.get_job(request, unit_of_work=self.jobs_work)

    @answers(ListJobs)
    def list_jobs(self, request: ListJobs) -> Page[JobView]:
        return application.list_jobs(request, unit_of_work=self.jobs_work)

    @answers(ReadJobResult)
    def read_job_result(self, request: ReadJobResult) -> JobResult:
        return application.read_job_result(request, unit_of_work=self.jobs_work)

    @answers(TakeJob)
    def take_job(self, request: TakeJob) -> JobTaken:
        return application.take_job(request, unit_of_work=self.jobs_work)
