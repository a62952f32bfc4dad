-- The label of a complaint's facets: the first rule that holds names it (domain 3.2).
-- Each `v_` is the position of the last such event of the stream, 0 if there is none.
create or replace macro lifecycle_label(
    is_closed,
    v_external,
    v_internal,
    v_told,
    v_reopened,
    v_replied,
    reply,
    is_unsettled,
    v_summary,
    v_decided,
    v_completed,
    v_opened,
    v_assessed,
    v_acknowledged
) as
case
    when is_closed then 'closed'
    when v_external > v_internal then 'in_edr'
    when v_internal > v_told then 'in_review'
    when v_replied > greatest(v_told, v_reopened) and reply = 'complainant_rejected'
        then 'unresolved'
    when
        v_replied > greatest(v_told, v_reopened)
        and reply = 'complainant_accepted'
        and is_unsettled
        then 'resolving'
    when
        v_replied > greatest(v_told, v_reopened)
        or v_told > v_reopened
        or v_summary > v_reopened
        then 'decided'
    when
        v_decided > v_reopened
        or (v_completed > v_reopened and v_completed > v_opened)
        then 'deciding'
    when v_opened > v_reopened then 'investigating'
    when v_assessed > 0 then 'assessed'
    when v_acknowledged > 0 then 'acknowledged'
    else 'received'
end
