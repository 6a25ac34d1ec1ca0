"""What the notifications service answers, to whom, over the real store."""

from uuid import UUID

import pytest

from services.notifications.application import (
    add_template,
    count_messages,
    get_message,
    get_template,
    list_messages,
    list_templates,
)
from services.notifications.domain.errors import MessageUnknown, TemplateUnknown
from shared.call import AlreadyDone
from shared.contracts.actor import Actor
from shared.contracts.notifications.rpc import (
    AddTemplate,
    CountMessages,
    GetMessage,
    GetTemplate,
    ListMessages,
    ListTemplates,
    MessageView,
)
from shared.errors import Forbidden, Invalid
from shared.ids import new_id
from tests.integration.notifications.conftest import Post
from tests.support.actors import citizen, staff

EDITOR, AGENT = staff("knowledge_editor"), staff("agent")


def listed(post: Post, actor: Actor, **terms: object) -> list[UUID]:
    found: list[UUID] = []
    cursor = None
    while True:
        page = list_messages(ListMessages(**terms, cursor=cursor), unit_of_work=post.work(actor))
        found += [m.id for m in page.items]
        cursor = page.next
        if cursor is None:
            return found


def test_a_template_gets_the_next_version_and_the_old_one_stays(post: Post) -> None:
    assert post.template(subject="One").version == 1
    assert post.template(subject="Two").version == 2
    assert post.template(language="cy", subject="Un").version == 1
    reading = post.work(AGENT)
    assert get_template(GetTemplate(key="case_opened"), unit_of_work=reading).subject == "Two"
    assert get_template(GetTemplate(key="case_opened", version=1), unit_of_work=reading).subject == "One"
    with pytest.raises(TemplateUnknown):
        get_template(GetTemplate(key="case_opened", version=3), unit_of_work=reading)
    assert post.told() == ["template.added.v1"] * 3


def test_a_command_that_comes_twice_adds_one_version_and_is_answered_alike(post: Post) -> None:
    command, request = new_id(), AddTemplate(key="t", subject="s", body="b")
    first = add_template(request, unit_of_work=post.work(EDITOR, command=command))
    with pytest.raises(AlreadyDone) as again:
        add_template(request, unit_of_work=post.work(EDITOR, command=command))
    assert again.value.reply == first.model_dump_json().encode()


def test_templates_are_listed_by_key_and_language_in_their_newest_version_page_by_page(post: Post) -> None:
    for key, language in (("b", "en"), ("a", "en"), ("a", "cy"), ("a", "en")):
        post.template(key, language)
    seen, cursor = [], None
    while True:
        page = list_templates(ListTemplates(limit=2, cursor=cursor), unit_of_work=post.work(AGENT))
        seen += [(t.key, t.language, t.version) for t in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [("a", "cy", 1), ("a", "en", 2), ("b", "en", 1)]


def test_who_may_not_write_templates_is_refused_and_nothing_is_stored(post: Post) -> None:
    with pytest.raises(Forbidden):
        add_template(AddTemplate(key="t", subject="s", body="b"), unit_of_work=post.work(AGENT, command=new_id()))
    with pytest.raises(Invalid):
        add_template(AddTemplate(key="t", subject="((x))", body="b"), unit_of_work=post.work(EDITOR, command=new_id()))
    assert post.sql("SELECT count(*) FROM template") == [(0,)]
    assert post.sql("SELECT count(*) FROM outbox") == [(0,)]


def test_messages_are_listed_newest_first_by_contact_case_and_status(post: Post) -> None:
    contact, case = new_id(), new_id()
    messages = [post.due(contact, subject=case) for _ in range(5)] + [post.due() for _ in range(2)]
    newest_first = sorted(messages, reverse=True)
    assert listed(post, AGENT, limit=2) == newest_first
    assert set(listed(post, AGENT, contact_id=contact, limit=2)) == set(messages[:5])
    assert set(listed(post, AGENT, case_id=case)) == set(messages[:5])
    assert listed(post, AGENT, status="sent") == []
    with pytest.raises(Invalid):
        list_messages(ListMessages(cursor="bm9wZQ"), unit_of_work=post.work(AGENT))


def test_a_message_is_hidden_beyond_its_department_and_from_other_citizens(post: Post) -> None:
    contact = new_id()
    message = post.due(contact)
    request = GetMessage(message_id=message)
    for who in (
        AGENT,
        staff("team_lead", department="city"),
        citizen(contact),
        staff("privacy_officer", department="x"),
    ):
        view = get_message(request, unit_of_work=post.work(who))
        assert (view.status, view.attempts, view.department) == ("queued", (), "city.permits")
        assert listed(post, who) == [message]
    for who in (staff("agent", department="city.tax"), citizen(new_id())):
        with pytest.raises(MessageUnknown):
            get_message(request, unit_of_work=post.work(who))
        assert listed(post, who) == []
    assert listed(post, citizen(new_id()), contact_id=contact) == []
    with pytest.raises(Forbidden):
        get_message(request, unit_of_work=post.work(staff("auditor")))


def test_counts_add_up_and_stop_at_the_department(post: Post) -> None:
    post.due(), post.due()
    post.sql("UPDATE message SET status = 'sent' WHERE id = (SELECT min(id::text)::uuid FROM message)")
    for who in (staff("auditor", department="elsewhere"), staff("team_lead", department="city")):
        counts = count_messages(CountMessages(), unit_of_work=post.work(who))
        assert (counts.due, counts.queued, counts.sent) == (2, 1, 1)
    assert count_messages(CountMessages(), unit_of_work=post.work(staff("team_lead", department="tax"))).due == 0
    with pytest.raises(Forbidden):
        count_messages(CountMessages(), unit_of_work=post.work(AGENT))


def test_a_view_holds_nothing_but_ids_and_codes() -> None:
    assert not {"name", "email", "to", "subject", "body"} & set(MessageView.model_fields)
