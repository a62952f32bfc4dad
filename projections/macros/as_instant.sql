-- The instant (UTC) that a correction's text stands for; null if it stands for none.
create or replace macro as_instant(written) as
case
    when
        regexp_full_match(
            written,
            '\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?'
            || '(Z|[+-]([01]\d|2[0-3]):[0-5]\d)'
        )
        and written[:4] <> '0000'
        then
            try_cast(regexp_replace(written, '(Z|[+-]\d\d:\d\d)$', '') as timestamp)
            - to_minutes(
                coalesce(
                    try_cast(regexp_extract(written, '([+-]\d\d):\d\d$', 1) as bigint) * 60
                    + try_cast(
                        regexp_extract(written, '([+-])\d\d:\d\d$', 1)
                        || regexp_extract(written, '[+-]\d\d:(\d\d)$', 1) as bigint
                    ),
                    0
                )
            )
end
