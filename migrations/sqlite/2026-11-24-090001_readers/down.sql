drop index idempotency_keys_by_subject;
alter table idempotency_keys drop column subject;
drop table review_prints;
drop index reviews_with_email;
drop index reviews_with_address;
drop index reviews_by_reason;
drop index reviews_by_email;
create index reviews_by_email on reviews (author_email);
