-- Whether a company's response, as a source reports it, says that the complaint is closed.
create or replace macro reported_closed(response) as
coalesce(starts_with(response, 'Closed'), false)
