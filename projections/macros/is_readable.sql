-- Whether a correction's text can be the value of a field of the receipt; null: no value any more.
create or replace macro is_readable(corrected_field, new_value) as
case
    when corrected_field = 'received_on' then as_date(new_value) is not null
    when new_value is null then true
    when corrected_field in ('aware_on', 'incident_on', 'incident_until', 'respond_by')
        then as_date(new_value) is not null
    when corrected_field = 'received_at' then as_instant(new_value) is not null
    when corrected_field in ('recurring', 'oral', 'anonymous')
        then new_value in ('true', 'false')
    else true
end
