-- One row per report of a CFPB complaint, in the order of the extracts, and what it changed.
-- A column changed if it differs from its value in the latest earlier report that has it.
with reports as (
    select
        e.stream_no,
        e.position,
        e.event_id,
        e.recorded_at,
        e.as_of_on,
        e.as_of_basis,
        e.cfpb_complaint_id,
        e.cfpb_date_received as date_received,
        e.cfpb_date_sent as date_sent,
        e.cfpb_product as product,
        e.cfpb_sub_product as sub_product,
        e.cfpb_issue as issue,
        e.cfpb_sub_issue as sub_issue,
        e.cfpb_public_response as public_response,
        e.cfpb_company as company,
        e.cfpb_state as state,
        e.cfpb_zip_code as zip_code,
        e.cfpb_tags as tags,
        e.cfpb_consent as consent,
        e.cfpb_submitted_via as submitted_via,
        e.cfpb_response as response,
        e.cfpb_timely as timely,
        e.cfpb_disputed as disputed,
        e.cfpb_has_narrative as has_narrative,
        e.narrative_characters,
        e.narrative_lines,
        e.narrative_redactions,
        e.narrative_mark
    from scoped_cfpb_row_reported as e
),

compared as (
    select
        stream_no,
        position,
        row_number() over extracts as seq,
        list_filter(
            [
                case
                    when
                        date_received <> lag(date_received ignore nulls) over extracts
                        then 'date_received'
                end,
                case
                    when date_sent <> lag(date_sent ignore nulls) over extracts then 'date_sent'
                end,
                case when product <> lag(product ignore nulls) over extracts then 'product' end,
                case
                    when
                        sub_product <> lag(sub_product ignore nulls) over extracts
                        then 'sub_product'
                end,
                case when issue <> lag(issue ignore nulls) over extracts then 'issue' end,
                case
                    when sub_issue <> lag(sub_issue ignore nulls) over extracts then 'sub_issue'
                end,
                case
                    when
                        public_response <> lag(public_response ignore nulls) over extracts
                        then 'public_response'
                end,
                case when company <> lag(company ignore nulls) over extracts then 'company' end,
                case when state <> lag(state ignore nulls) over extracts then 'state' end,
                case when zip_code <> lag(zip_code ignore nulls) over extracts then 'zip_code' end,
                case when tags <> lag(tags ignore nulls) over extracts then 'tags' end,
                case when consent <> lag(consent ignore nulls) over extracts then 'consent' end,
                case
                    when
                        submitted_via <> lag(submitted_via ignore nulls) over extracts
                        then 'submitted_via'
                end,
                case when response <> lag(response ignore nulls) over extracts then 'response' end,
                case when timely <> lag(timely ignore nulls) over extracts then 'timely' end,
                case when disputed <> lag(disputed ignore nulls) over extracts then 'disputed' end,
                case
                    when
                        has_narrative <> lag(has_narrative ignore nulls) over extracts
                        then 'has_narrative'
                end,
                case
                    when
                        narrative_mark <> lag(narrative_mark ignore nulls) over extracts
                        then 'narrative'
                end
            ],
            lambda changed: changed is not null
        ) as changed
    from reports
    window extracts as (partition by stream_no order by as_of_on, position)
)

select
    r.stream_no,
    s.stream_id as complaint_id,
    c.seq,
    r.as_of_on,
    r.as_of_basis,
    c.changed,
    masked(r.cfpb_complaint_id) as cfpb_complaint_id,
    r.date_received,
    r.date_sent,
    r.product,
    r.sub_product,
    r.issue,
    r.sub_issue,
    r.public_response,
    r.company,
    r.state,
    r.zip_code,
    r.tags,
    r.consent,
    r.submitted_via,
    r.response,
    r.timely,
    r.disputed,
    r.has_narrative,
    r.narrative_characters,
    r.narrative_lines,
    r.narrative_redactions,
    r.position,
    r.event_id,
    r.recorded_at
from reports as r
inner join scope as s on r.stream_no = s.stream_no
inner join compared as c on r.stream_no = c.stream_no and r.position = c.position
