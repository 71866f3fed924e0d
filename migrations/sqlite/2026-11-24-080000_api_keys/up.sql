-- API keys and people of an outside identity provider act under rows of `users`, too, so that
-- whatever names who wrote or changed something can name them. They may have no e-mail address.

-- SQLite cannot take a "not null" back, so the table is made anew under its name; rows that refer
-- to it are checked at the end of the transaction.
pragma defer_foreign_keys = on;
create temp table kept as select * from users;
drop table users;
create table users (
    id blob primary key,
    email text unique,
    name text not null,
    role text not null,
    state text not null,
    password_hash text,
    version integer not null,
    created_at integer not null,
    updated_at integer not null,
    kind text not null
) strict;
insert into users (id, email, name, role, state, password_hash, version, created_at, updated_at, kind)
    select id, email, name, role, state, password_hash, version, created_at, updated_at, 'person' from kept;
drop table kept;

create table api_keys (
    id blob primary key references users (id),
    hash blob not null,
    read_only integer not null,
    expires_at integer,
    revoked_at integer,
    last_used_at integer,
    created_by blob not null references users (id)
) strict;

-- Whom an outside identity provider means by a subject.
create table identities (
    issuer text not null,
    subject text not null,
    user_id blob not null unique references users (id),
    primary key (issuer, subject)
) strict;
