-- API keys and people of an outside identity provider act under rows of `users`, too, so that
-- whatever names who wrote or changed something can name them. They may have no e-mail address.
alter table users alter column email drop not null;
alter table users add column kind text not null default 'person';
alter table users alter column kind drop default;

create table api_keys (
    id uuid primary key references users (id),
    hash bytea not null,
    read_only boolean not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    created_by uuid not null references users (id)
);

-- Whom an outside identity provider means by a subject.
create table identities (
    issuer text not null,
    subject text not null,
    user_id uuid not null unique references users (id),
    primary key (issuer, subject)
);
