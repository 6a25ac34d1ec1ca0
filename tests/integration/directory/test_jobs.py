"""Long work: one worker has each job, a silent one loses it, its owner alone sees it, and it ends once."""

import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.gateway.domain.job_errors import JobOver, JobUnfinished, JobUnknown, TooManyJobs
from shared.authz.decisions import PolicyRefused
from shared.authz.token import system_actor
from shared.contracts.actor import Actor, Kind
from shared.contracts.gateway.jobs import (
    AdvanceJob,
    CancelJob,
    ExportCases,
    FinishJob,
    GetJob,
    JobTaken,
    ListJobs,
    ReadJobResult,
    TakeJob,
)
from tests.support.actors import staff
from tests.support.directory import Directory

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
WORKER = system_actor("gateway")


def lead(**more: Any) -> Actor:
    known = {"assurance": "aal2", "authenticated_at": int(time.time())}
    return staff("team_lead").model_copy(update=known | more)


def take(directory: Directory) -> JobTaken:
    found: JobTaken = directory.ask(WORKER, TakeJob())
    return found


def make_silent(directory: Directory) -> None:
    """Whoever works on anything has not been heard of for a minute."""
    with directory.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE job SET leased_until = now() - interval '1 minute'")


def make_old(directory: Directory) -> None:
    with directory.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE job SET created_at = now() - interval '1 hour'")


def test_a_job_is_asked_for_taken_and_finished(directory: Directory) -> None:
    owner = lead()
    job = directory.ask(owner, ExportCases(case_type="building_permit"))
    assert job.state == "queued"
    taken = take(directory)
    assert (taken.id, taken.owner) == (job.id, owner)
    assert taken.request == '{"case_type":"building_permit"}'
    directory.ask(WORKER, AdvanceJob(job_id=job.id, items=100))
    assert directory.ask(owner, GetJob(job_id=job.id)).items == 100
    directory.ask(WORKER, FinishJob(job_id=job.id, items=150, content=DIGEST, size=2_000))
    done = directory.ask(owner, GetJob(job_id=job.id))
    assert (done.state, done.items, done.size) == ("done", 150, 2_000)
    assert directory.ask(owner, ReadJobResult(job_id=job.id)).content == DIGEST
    assert [told.key for told in directory.told()] == ["job.requested.v1", "job.finished.v1"]


def test_to_export_takes_a_fresh_second_factor_and_a_role_for_it(directory: Directory) -> None:
    for nobody in (
        lead(assurance="aal1"),
        lead(authenticated_at=int(time.time()) - 1_000),
        lead(roles=("caseworker",)),
    ):
        with pytest.raises(PolicyRefused):
            directory.ask(nobody, ExportCases())
    assert directory.told() == []


def test_two_workers_never_have_the_same_job(directory: Directory) -> None:
    jobs = {directory.ask(lead(), ExportCases()).id for _ in range(2)}
    assert {take(directory).id, take(directory).id} == jobs
    assert take(directory).id is None


def test_a_silent_worker_loses_its_job_to_another_who_begins_anew(directory: Directory) -> None:
    job = directory.ask(lead(), ExportCases())
    take(directory)
    directory.ask(WORKER, AdvanceJob(job_id=job.id, items=70))
    make_silent(directory)
    assert take(directory).id == job.id
    with directory.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT items, attempts FROM job").one() == (0, 2)


def test_what_fails_again_and_again_is_given_up(directory: Directory) -> None:
    owner = lead()
    job = directory.ask(owner, ExportCases())
    for _ in range(3):
        assert take(directory).id == job.id
        make_silent(directory)
    assert take(directory).id is None
    given_up = directory.ask(owner, GetJob(job_id=job.id))
    assert (given_up.state, given_up.error) == ("failed", "took_too_long")


def test_what_waited_too_long_is_not_begun_any_more(directory: Directory) -> None:
    owner = lead()
    job = directory.ask(owner, ExportCases())
    make_old(directory)
    assert take(directory).id is None
    assert directory.ask(owner, GetJob(job_id=job.id)).error == "took_too_long"


def test_a_cancelled_job_brings_nothing_whatever_its_worker_says(directory: Directory) -> None:
    owner = lead()
    job = directory.ask(owner, ExportCases())
    take(directory)
    directory.ask(owner, CancelJob(job_id=job.id))
    with pytest.raises(JobOver):
        directory.ask(WORKER, AdvanceJob(job_id=job.id, items=1))
    with pytest.raises(JobOver):
        directory.ask(WORKER, FinishJob(job_id=job.id, items=1, content=DIGEST, size=1))
    with pytest.raises(JobUnfinished):
        directory.ask(owner, ReadJobResult(job_id=job.id))
    with pytest.raises(JobOver):
        directory.ask(owner, CancelJob(job_id=job.id))


def test_a_job_is_its_owners_alone(directory: Directory) -> None:
    owner, other = lead(), lead(id=uuid4())
    job = directory.ask(owner, ExportCases())
    for request in (GetJob(job_id=job.id), CancelJob(job_id=job.id), ReadJobResult(job_id=job.id)):
        with pytest.raises(JobUnknown):
            directory.ask(other, request)
    assert directory.ask(other, ListJobs()).items == ()
    assert [one.id for one in directory.ask(owner, ListJobs()).items] == [job.id]
    with pytest.raises(JobUnknown):
        directory.ask(owner, GetJob(job_id=UUID(int=7)))


@pytest.mark.parametrize("actor", [lead(), staff("administrator"), staff("system")], ids=lambda a: a.roles[0])
def test_nobody_but_the_gateway_works_on_jobs(directory: Directory, actor: Actor) -> None:
    for request in (TakeJob(), AdvanceJob(job_id=uuid4(), items=1), FinishJob(job_id=uuid4(), error="x")):
        with pytest.raises(PolicyRefused):
            directory.ask(actor, request)


def test_a_job_and_its_result_are_gone_after_a_day(directory: Directory) -> None:
    owner = lead()
    job = directory.ask(owner, ExportCases())
    take(directory)
    directory.ask(WORKER, FinishJob(job_id=job.id, items=1, content=DIGEST, size=1))
    with directory.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE job SET expires_at = now() - interval '1 second'")
    for request in (GetJob(job_id=job.id), ReadJobResult(job_id=job.id)):
        with pytest.raises(JobUnknown):
            directory.ask(owner, request)
    take(directory)
    with directory.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM job").scalar() == 0


def test_only_so_many_are_under_way_for_one_person(directory: Directory) -> None:
    owner = lead()
    for _ in range(3):
        directory.ask(owner, ExportCases())
    with pytest.raises(TooManyJobs):
        directory.ask(owner, ExportCases())


def test_of_those_who_come_by_one_system_each_has_their_own(directory: Directory) -> None:
    system, carl, dora = uuid4(), uuid4(), uuid4()
    his, hers = (lead(id=system, kind=Kind.SYSTEM, scopes=("cases_read",), on_behalf_of=user) for user in (carl, dora))
    job = directory.ask(his, ExportCases())
    for request in (GetJob(job_id=job.id), CancelJob(job_id=job.id), ReadJobResult(job_id=job.id)):
        with pytest.raises(JobUnknown):
            directory.ask(hers, request)
    assert directory.ask(hers, ListJobs()).items == ()
    assert [one.id for one in directory.ask(his, ListJobs()).items] == [job.id]
    for _ in range(2):
        directory.ask(his, ExportCases())
    with pytest.raises(TooManyJobs):
        directory.ask(his, ExportCases())
    assert directory.ask(hers, ExportCases()).state == "queued"


def test_a_delegate_exports_nothing(directory: Directory) -> None:
    with pytest.raises(PolicyRefused) as refused:
        directory.ask(lead(on_behalf_of=uuid4()), ExportCases())
    assert refused.value.details["policies"] == ["gateway.wall-delegates-export-nothing"]


def test_who_lost_the_role_for_it_reads_no_result(directory: Directory) -> None:
    owner = lead()
    job = directory.ask(owner, ExportCases())
    take(directory)
    directory.ask(WORKER, FinishJob(job_id=job.id, items=1, content=DIGEST, size=1))
    now_agent = owner.model_copy(update={"roles": ("agent",)})
    with pytest.raises(PolicyRefused):
        directory.ask(now_agent, ReadJobResult(job_id=job.id))
    assert directory.ask(now_agent, GetJob(job_id=job.id)).state == "done"
