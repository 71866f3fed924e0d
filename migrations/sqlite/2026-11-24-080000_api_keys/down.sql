drop table identities;
drop table api_keys;

-- What keys and outside people wrote stays, and so do they, under an address that nobody has.
pragma defer_foreign_keys = on;
create temp table kept as select * from users;
drop table users;
create table users (
    id blob primary key,
    email text not null unique,
    name text not null,
    role text not null,
    state text not null,
    password_hash text,
    version integer not null,
    created_at integer not null,
    updated_at integer not null
) strict;
insert into users (id, email, name, role, state, password_hash, version, created_at, updated_at)
    select id, coalesce(email, lower(hex(id))), name, role,
        case kind when 'person' then state else 'suspended' end,
        password_hash, version, created_at, updated_at from kept;
drop table kept;
