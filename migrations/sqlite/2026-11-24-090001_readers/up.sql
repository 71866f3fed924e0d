-- A reader's data: found by e-mail address and by age, and everything that is kept of it taken away
-- together.

drop index reviews_by_email;
create index reviews_by_email on reviews (author_email, id);
create index reviews_by_reason on reviews (reason, created_at, id);
create index reviews_with_address on reviews (created_at, id) where author_address is not null;
create index reviews_with_email on reviews (created_at, id) where author_email is not null;

-- The words that were left lately, as keyed hashes: who sends the same again repeats themselves.

create table review_prints (
    print blob primary key,
    review_id blob not null references reviews (id),
    created_at integer not null
) strict;
create index review_prints_by_review on review_prints (review_id);
create index review_prints_by_age on review_prints (created_at);

-- Of whom or what a kept answer tells: it goes when that is erased.

alter table idempotency_keys add column subject blob;
create index idempotency_keys_by_subject on idempotency_keys (subject);
