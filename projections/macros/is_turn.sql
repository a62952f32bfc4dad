-- Whether an event closes a complaint or opens it again.
create or replace macro is_turn(what) as
what in ('complaint_closed', 'complaint_reopened')
