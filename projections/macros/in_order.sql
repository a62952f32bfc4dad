-- One number that sorts by day and, within the day, by position (below 2^40, so it fits a bigint).
create or replace macro in_order(happened_on, place) as
(happened_on - date '1900-01-01') * 1099511627776 + place
