-- An offer that somebody accepted and that another one, who must accept it too, has not.
with joined as (
    select
        stream_no,
        party_id,
        max(position) as position,
        arg_max_null(must_accept, position) as must_accept
    from scoped_complainant_joined
    group by stream_no, party_id
),

parties as (
    select
        j.stream_no,
        j.party_id
    from joined as j
    anti join scoped_complainant_left as l
        on j.stream_no = l.stream_no and j.party_id = l.party_id and j.position < l.position
    where j.must_accept
),

required as (
    select
        stream_no,
        party_id
    from parties

    union

    select
        stream_no,
        null as party_id
    from parties
),

answers as (
    select
        stream_no,
        redress_id,
        party_id,
        position,
        occurred_on,
        true as accepts
    from scoped_redress_accepted

    union all

    select
        stream_no,
        redress_id,
        party_id,
        position,
        occurred_on,
        false as accepts
    from scoped_redress_declined
),

last_answers as (
    select
        stream_no,
        redress_id,
        party_id,
        arg_max(accepts, position) as accepts,
        arg_max(occurred_on, position) as occurred_on
    from answers
    group by stream_no, redress_id, party_id
),

wanted as (
    select
        a.stream_no,
        a.redress_id,
        a.occurred_on,
        r.party_id
    from last_answers as a
    inner join required as r on a.stream_no = r.stream_no
    where a.accepts
),

waiting as (
    select
        w.stream_no,
        w.occurred_on
    from wanted as w
    anti join last_answers as a
        on
            w.stream_no = a.stream_no
            and w.redress_id = a.redress_id
            and w.party_id is not distinct from a.party_id
)

select
    stream_no,
    'offer waits for another' as queue,
    min(occurred_on) as since,
    null::date as due_on,
    'a joint complainant who must accept has not answered' as why,
    false as after_closing
from waiting
group by stream_no
