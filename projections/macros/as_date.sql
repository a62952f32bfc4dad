-- The date that a correction's text stands for; null if it stands for none.
create or replace macro as_date(written) as
case
    when
        regexp_full_match(written, '\d{4}-\d{2}-\d{2}') and written[:4] <> '0000'
        then try_cast(written as date)
end
