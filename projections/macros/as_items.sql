-- The items that a correction's text stands for, one per line; an empty text has none.
create or replace macro as_items(written) as
list_slice(
    string_split(replace(written, chr(13) || chr(10), chr(10)), chr(10)),
    1,
    len(string_split(replace(written, chr(13) || chr(10), chr(10)), chr(10)))
    - case when written = '' or ends_with(written, chr(10)) then 1 else 0 end
)
