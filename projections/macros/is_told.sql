-- Whether an event is a contact by which the complainant was told something.
create or replace macro is_told(what, explanation_sent, complainant_told) as
what in (
    'complaint_acknowledged',
    'progress_update_sent',
    'summary_resolution_agreed',
    'decision_communicated',
    'signposted_to_edr'
)
or (what = 'eligibility_determined' and coalesce(explanation_sent, false))
or (what = 'complaint_forwarded' and coalesce(complainant_told, false))
