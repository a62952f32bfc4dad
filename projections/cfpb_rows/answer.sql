-- One row per CFPB complaint: each column of the extract as last reported.
-- A column's value is that of the latest extract that has the column; blank and N/A stay so.
-- What is said of the narrative is of the latest extract that says whether there is one.
with reports as (
    select
        e.stream_no,
        s.stream_id,
        e.as_of_on,
        e.cfpb_complaint_id,
        e.cfpb_date_received,
        e.cfpb_date_sent,
        e.cfpb_product,
        e.cfpb_sub_product,
        e.cfpb_issue,
        e.cfpb_sub_issue,
        e.cfpb_public_response,
        e.cfpb_company,
        e.cfpb_state,
        e.cfpb_zip_code,
        e.cfpb_tags,
        e.cfpb_consent,
        e.cfpb_submitted_via,
        e.cfpb_response,
        e.cfpb_timely,
        e.cfpb_disputed,
        e.cfpb_has_narrative,
        e.narrative_characters,
        e.narrative_lines,
        e.narrative_redactions,
        in_order(e.as_of_on, e.position) as place
    from scoped_cfpb_row_reported as e
    inner join scope as s on e.stream_no = s.stream_no
)

select
    stream_no,
    any_value(stream_id) as complaint_id,
    masked(arg_max(cfpb_complaint_id, place)) as cfpb_complaint_id,
    arg_max(cfpb_date_received, place) as date_received,
    arg_max(cfpb_date_sent, place) as date_sent,
    arg_max(cfpb_product, place) as product,
    arg_max(cfpb_sub_product, place) as sub_product,
    arg_max(cfpb_issue, place) as issue,
    arg_max(cfpb_sub_issue, place) as sub_issue,
    arg_max(cfpb_public_response, place) as public_response,
    arg_max(cfpb_company, place) as company,
    arg_max(cfpb_state, place) as state,
    arg_max(cfpb_zip_code, place) as zip_code,
    arg_max(cfpb_tags, place) as tags,
    arg_max(cfpb_consent, place) as consent,
    arg_max(cfpb_submitted_via, place) as submitted_via,
    arg_max(cfpb_response, place) as response,
    arg_max(cfpb_timely, place) as timely,
    arg_max(cfpb_disputed, place) as disputed,
    arg_max(cfpb_has_narrative, place) as has_narrative,
    arg_max_null(narrative_characters, place) filter (cfpb_has_narrative is not null)
        as narrative_characters,
    arg_max_null(narrative_lines, place) filter (cfpb_has_narrative is not null) as narrative_lines,
    arg_max_null(narrative_redactions, place) filter (cfpb_has_narrative is not null)
        as narrative_redactions,
    max(as_of_on) as as_of_on,
    count(*) as reports
from reports
group by stream_no
