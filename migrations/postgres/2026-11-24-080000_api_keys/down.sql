drop table identities;
drop table api_keys;

-- What keys and outside people wrote stays, and so do they, under an address that nobody has.
update users set state = 'suspended' where kind <> 'person';
update users set email = replace(id::text, '-', '') where email is null;
alter table users alter column email set not null;
alter table users drop column kind;
