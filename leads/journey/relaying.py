"""Relaying: telling other systems what happened, in the transaction in which it happened.

`also_relay` makes one statement of writing events and writing what webhooks are told of them, as it
then was. An imported past tells nobody.
"""

import datetime as dt
import uuid
from typing import Any

from handoff import publications, statements
from leads import catalogue
from leads.models import Message, Webhook

TOLD = statements.dumps(catalogue.of_leads()).replace("'", "''").replace("%", "%%")

DATA = """
jsonb_build_object(
    'lead', w.lead_id, 'handoff', w.handoff_id, 'email', NULLIF(l.email, ''),
    'name', NULLIF(btrim(l.first_name || ' ' || l.last_name), ''),
    'company', NULLIF(l.company, ''), 'source', NULLIF(l.source, ''),
    'state', h.state, 'step', h.step, 'status', h.status, 'rule', j.rule, 'tier', h.tier,
    'route', h.route, 'team', t.key, 'team_name', t.name,
    'queue', CASE WHEN h.owner_id IS NULL THEN t.key END,
    'owner', o.email, 'owner_name', o.name, 'definition', v.number,
    'fit', round(j.fit::numeric, 1), 'intent', round(j.intent::numeric, 1),
    'by', coalesce(a.email, NULLIF(w.by, '')))
|| (SELECT coalesce(
        jsonb_object_agg(asked.key, NULLIF(w.body -> asked.key, '""'::jsonb)), '{}')
    FROM jsonb_array_elements_text(c.tells) AS asked(key))
|| CASE WHEN c.with_due THEN jsonb_build_object('due',
    '{"assign": null, "accept": null, "first_touch": null}'::jsonb || coalesce((
        SELECT jsonb_object_agg(k.kind, k.due_at) FROM leads_clock k
        WHERE k.handoff_id = h.id AND k.kind IN ('assign', 'accept', 'first_touch')), '{}'))
    ELSE '{}' END"""

RELAY = f"""
INSERT INTO leads_message (id, once, channel, kind, webhook_id, lead_id, handoff_id, subject, body,
    state, attempts, next_attempt_at, written_at, error)
SELECT gen_random_uuid(), told.once, told.channel, told.type, told.webhook_id, told.lead_id,
    told.handoff_id, told.subject, told.body, 'waiting', 0, told.at, told.at, ''
FROM leads_webhook e CROSS JOIN LATERAL (
    SELECT 'hook-' || e.id || ':' || c.type || ':' || w.lead_id || '-' || w.seq AS once,
        CASE e.form WHEN 'chat' THEN 'chat' ELSE 'webhook' END AS channel, c.type,
        e.id AS webhook_id, w.lead_id, w.handoff_id, w.at,
        coalesce(NULLIF(btrim(l.first_name || ' ' || l.last_name), ''), NULLIF(l.email, ''),
            NULLIF(l.company, ''), 'Lead ' || l.id) AS subject,
        jsonb_build_object('type', c.type, 'version', {catalogue.VERSION}, 'timestamp', w.at,
            'data', {DATA}) AS body
    FROM written w
    JOIN jsonb_to_recordset('{TOLD}') AS c(type text, kinds jsonb, verbs jsonb, tells jsonb,
        only_again boolean, with_due boolean)
        ON c.kinds ? w.kind AND (c.verbs IS NULL OR c.verbs ? (w.body ->> 'verb'))
    JOIN leads_lead l ON l.id = w.lead_id
    LEFT JOIN leads_handoff h ON h.id = w.handoff_id
    LEFT JOIN leads_judgement j ON j.id = h.judgement_id
    LEFT JOIN handoff_definitionversion v ON v.id = h.version_id
    LEFT JOIN handoff_team t ON t.id = h.team_id
    LEFT JOIN handoff_user o ON o.id = h.owner_id
    LEFT JOIN handoff_user a ON a.id = w.actor_id
    WHERE c.type = ANY(e.kinds) AND (e.team_id IS NULL OR e.team_id = h.team_id)
        AND (e.responsible_id IS NULL OR e.responsible_id = t.responsible_id)
        AND h.historical IS NOT TRUE
        AND (NOT c.only_again OR w.kind = 'added' OR h.reentry)
    OFFSET 0) told
WHERE e.active AND e.person_id IS NULL"""

RETURNED = "lead_id, seq, at, kind, handoff_id, actor_id, by, body"


def is_anybody_told() -> bool:
    """Whether any webhook is on, at this moment of the transaction."""
    ((told,),) = statements.fetch(
        "SELECT EXISTS (SELECT FROM leads_webhook WHERE active AND person_id IS NULL)"
    )
    return bool(told)


def also_relay(insert_events: str) -> str:
    """The statement that inserts events, returning RETURNED, made to tell the webhooks too."""
    return f"WITH written AS ({insert_events}) {RELAY}"


def relay_publications() -> int:
    """Tell of versions that became the law since a webhook began to listen; how many were told.

    What the database kept of every publication is the source, so that none is told twice and none
    is forgotten, however it was published.
    """
    listening = list(Webhook.objects.told_of(catalogue.PUBLISHED))
    if not listening:
        return 0
    since = min(webhook.created_at for webhook in listening)
    found = [one for one in publications.publications() if one.at >= since]
    letters = [
        _published(webhook, one)
        for webhook in listening
        for one in found
        if one.at >= webhook.created_at
    ]
    before = set(
        Message.objects.filter(once__in=[letter.once for letter in letters]).values_list(
            "once", flat=True
        )
    )
    new = [letter for letter in letters if letter.once not in before]
    Message.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _published(webhook: Webhook, one: publications.Publication) -> Message:
    data = {
        "definition": one.number,
        "former": one.former,
        "went_back": one.went_back,
        "reason": one.reason or None,
        "by": one.by.email if one.by else None,
    }
    letter = written(webhook, catalogue.PUBLISHED, data, f"Definition {one.number}", at=one.at)
    letter.once = f"hook-{webhook.pk}:{catalogue.PUBLISHED}:{one.version_id}-{one.at.isoformat()}"
    return letter


def written(
    webhook: Webhook, kind: str, data: dict[str, Any], subject: str, *, at: dt.datetime
) -> Message:
    """One message to one webhook, not yet saved."""
    body = {
        "type": kind,
        "version": catalogue.VERSION,
        "timestamp": at.isoformat(),
        "data": data,
    }
    key = uuid.uuid4()
    return Message(
        id=key,
        once=f"hook-{webhook.pk}:{kind}:{key}",
        channel=Message.Channel.CHAT if webhook.is_chat else Message.Channel.WEBHOOK,
        kind=kind,
        webhook=webhook,
        subject=subject,
        body=body,
        next_attempt_at=at,
        written_at=at,
    )


def send_test(webhook: Webhook, *, by: str, at: dt.datetime) -> Message:
    """Write a message that only says hello, to see whether the address answers."""
    data = {"name": webhook.name, "by": by, "says": "This is a test. Nothing happened."}
    letter = written(webhook, catalogue.TEST, data, "Test", at=at)
    letter.save(force_insert=True)
    return letter
