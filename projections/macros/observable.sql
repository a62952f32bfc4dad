-- Whether a stream's source could have reported a step; a stream without coverage reports all.
create or replace macro observable(coverage, step) as
coverage is null or list_contains(coverage, step)
