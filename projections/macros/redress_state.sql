-- Where one redress stands; an amount carried out in part is not all of it.
create or replace macro redress_state(
    is_verified, is_carried_out, offered_minor, paid_minor, reply
) as
case
    when is_verified then 'verified'
    when is_carried_out and coalesce(paid_minor < offered_minor, false) then 'part_paid'
    when is_carried_out then 'paid'
    when reply = 'redress_accepted' then 'accepted'
    when reply = 'redress_declined' then 'declined'
    else 'offered'
end
