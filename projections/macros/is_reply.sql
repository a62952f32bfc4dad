-- Whether an event is the complainant's reply to an answer, or that none came.
create or replace macro is_reply(what) as
what in ('complainant_accepted', 'complainant_rejected', 'complainant_did_not_reply')
