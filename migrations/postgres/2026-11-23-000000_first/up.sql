-- Who works here, how they sign in, and what makes a repeated POST safe.

create table users (
    id uuid primary key,
    email text not null unique,
    name text not null,
    role text not null,
    state text not null,
    password_hash text,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create table sign_ins (
    id uuid primary key,
    user_id uuid not null references users (id),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz
);
create index sign_ins_by_user on sign_ins (user_id);

create table refresh_tokens (
    hash bytea primary key,
    sign_in_id uuid not null references sign_ins (id),
    issued_at timestamptz not null,
    spent_at timestamptz
);
create index refresh_tokens_by_sign_in on refresh_tokens (sign_in_id);

create table keys (
    id uuid primary key,
    purpose text not null,
    public bytea not null,
    sealed bytea not null,
    created_at timestamptz not null,
    retired_at timestamptz
);

create table idempotency_keys (
    caller text not null,
    key_hash bytea not null,
    request_hash bytea not null,
    status integer not null,
    location text,
    etag text,
    body bytea not null,
    sealed boolean not null,
    created_at timestamptz not null,
    primary key (caller, key_hash)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);

-- The change log: one row holds the last number, taken just before each commit.

create table change_counter (
    id integer primary key check (id = 1),
    seq bigint not null
);
insert into change_counter (id, seq) values (1, 0);

create table changes (
    seq bigint primary key,
    at timestamptz not null,
    actor_id uuid,
    action text not null,
    item_kind text not null,
    item_id uuid,
    lang text,
    surrogate_keys json not null,
    detail json
);

-- Reference tables, read through both doors.

create table site (
    id integer primary key check (id = 1),
    version bigint not null,
    name text not null,
    time_zone text not null,
    languages json not null,
    article_url text,
    notice_url text,
    home_url text,
    social json not null,
    updated_at timestamptz not null
);

create table sections (
    id uuid primary key,
    slug text collate "C" not null unique,
    names json not null,
    position integer not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz
);
create index sections_in_order on sections (position, id);

create table topics (
    id uuid primary key,
    slug text collate "C" not null unique,
    names json not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz
);

create table lists (
    id uuid primary key,
    slug text collate "C" not null unique,
    names json not null,
    rule json not null,
    pins json not null,
    hidden json not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz
);

-- The desk's tables. Readers' code never names them.

create table sources (
    id uuid primary key,
    kind text not null,
    names json not null,
    aliases json not null,
    description json not null,
    same_as json not null,
    positions json not null,
    disclosure text not null,
    merged_into uuid references sources (id),
    version bigint not null,
    created_by uuid not null references users (id),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz
);
create index sources_by_change on sources (updated_at, id);
create index sources_by_survivor on sources (merged_into);

create table source_names (
    source_id uuid not null references sources (id),
    folded text collate "C" not null,
    primary key (folded, source_id)
);
create index source_names_by_source on source_names (source_id);

create table articles (
    id uuid primary key,
    kind text not null,
    section_id uuid references sections (id),
    authors json not null,
    related json not null,
    review_policy text not null,
    external_id text unique,
    version bigint not null,
    created_by uuid not null references users (id),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz
);
create index articles_by_change on articles (updated_at, id);
create index articles_by_section on articles (section_id, updated_at, id);

create table article_topics (
    article_id uuid not null references articles (id),
    topic_id uuid not null references topics (id),
    position integer not null,
    primary key (article_id, topic_id)
);
create index article_topics_by_topic on article_topics (topic_id);

create table article_authors (
    article_id uuid not null references articles (id),
    user_id uuid not null references users (id),
    primary key (article_id, user_id)
);
create index article_authors_by_user on article_authors (user_id);

create table texts (
    item_id uuid not null,
    item_kind text not null,
    lang text not null,
    version bigint not null,
    state text not null,
    pending text,
    head_revision integer not null,
    published_revision integer,
    slug text,
    headline text not null,
    note text,
    first_published_at timestamptz,
    published_at timestamptz,
    updated_at timestamptz,
    created_by uuid not null references users (id),
    created_at timestamptz not null,
    saved_at timestamptz not null,
    deleted_at timestamptz,
    primary key (item_id, lang)
);
create index texts_by_state on texts (item_kind, state, saved_at, item_id);
create index texts_by_pending on texts (item_kind, pending, saved_at, item_id);

create table revisions (
    item_id uuid not null,
    lang text not null,
    number integer not null,
    slug text,
    headline text not null,
    standfirst text,
    body json not null,
    image json,
    seo json,
    quotes json not null,
    cause text not null,
    restored_from integer,
    saved_by uuid not null references users (id),
    saved_at timestamptz not null,
    primary key (item_id, lang, number)
);

create table corrections (
    item_id uuid not null,
    lang text not null,
    to_revision integer not null,
    from_revision integer not null,
    note text not null,
    quotes json not null,
    blocks json not null,
    made_by uuid not null references users (id),
    made_at timestamptz not null,
    primary key (item_id, lang, to_revision)
);

create table slugs (
    lang text not null,
    slug text collate "C" not null,
    article_id uuid not null references articles (id),
    primary key (lang, slug)
);
create index slugs_by_article on slugs (article_id, lang);

create table quotes (
    id uuid primary key,
    article_id uuid not null references articles (id),
    lang text not null,
    position integer not null,
    source_id uuid references sources (id),
    unnamed text,
    manner text not null,
    text text not null,
    original json,
    stated_name text,
    stated_role text,
    occasion text,
    outlet_id uuid references sources (id),
    programme text,
    said_at text,
    evidence_url text,
    statement uuid,
    anchor_state text not null,
    segments json not null,
    verification text not null,
    verified_by uuid references users (id),
    verified_at timestamptz,
    created_at timestamptz not null,
    removed_at timestamptz
);
create index quotes_by_text on quotes (article_id, lang, position);
create index quotes_by_source on quotes (source_id);
create index quotes_by_outlet on quotes (outlet_id);
create index quotes_by_statement on quotes (statement);

create table reviews (
    id uuid primary key,
    article_id uuid not null references articles (id),
    lang text not null,
    state text not null,
    author_name text,
    author_email text,
    author_address text,
    rating integer,
    title text,
    body text,
    in_reply_to uuid references reviews (id),
    reason text,
    note text,
    decided_by uuid references users (id),
    decided_at timestamptz,
    manage_hash bytea,
    version bigint not null,
    created_at timestamptz not null,
    edited_at timestamptz,
    erased_at timestamptz
);
create index reviews_newest on reviews (created_at, id);
create index reviews_by_state on reviews (state, created_at, id);
create index reviews_by_article on reviews (article_id, created_at, id);
create index reviews_by_email on reviews (author_email);

create table notices (
    id uuid primary key,
    kind text not null,
    issuer text,
    priority text not null,
    severity text,
    label text,
    starts timestamptz not null,
    ends timestamptz,
    areas json not null,
    placements json not null,
    action json,
    version bigint not null,
    created_by uuid not null references users (id),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz
);
create index notices_by_change on notices (updated_at, id);

-- What readers see. Only publishing and approving write these.

create table published_articles (
    id uuid primary key,
    kind text not null,
    section_id uuid,
    topic_ids json not null,
    authors json not null,
    related json not null,
    review_policy text not null,
    first_published_at timestamptz not null
);

create table published_texts (
    article_id uuid not null references published_articles (id),
    lang text not null,
    kind text not null,
    slug text collate "C" not null,
    headline text not null,
    standfirst text,
    body json not null,
    image json,
    seo json,
    quote_count integer not null,
    corrections json not null,
    translation json,
    revision integer not null,
    word_count integer not null,
    reading_minutes integer not null,
    first_published_at timestamptz not null,
    published_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (article_id, lang)
);
create index published_texts_newest on published_texts (lang, published_at, article_id);
create index published_texts_updated on published_texts (lang, updated_at, article_id);
create index published_texts_by_kind on published_texts (lang, kind, published_at, article_id);

create table published_slugs (
    lang text not null,
    slug text collate "C" not null,
    article_id uuid not null,
    primary key (lang, slug)
);
create index published_slugs_by_article on published_slugs (article_id, lang);

create table published_retractions (
    article_id uuid not null,
    lang text not null,
    note text not null,
    retracted_at timestamptz not null,
    primary key (article_id, lang)
);

create table published_terms (
    kind text not null,
    term uuid not null,
    lang text not null,
    published_at timestamptz not null,
    article_id uuid not null,
    primary key (kind, term, lang, published_at, article_id)
);
create index published_terms_by_article on published_terms (article_id, lang, kind, term);

create table published_quotes (
    id uuid primary key,
    article_id uuid not null,
    lang text not null,
    position integer not null,
    source_id uuid,
    unnamed text,
    manner text not null,
    text text not null,
    original json,
    stated_name text,
    stated_role text,
    occasion text,
    outlet_id uuid,
    programme text,
    said_at text,
    evidence_url text,
    statement uuid,
    anchor_state text not null,
    segments json not null,
    verification text not null,
    verified_by uuid,
    verified_at timestamptz,
    said_from timestamptz,
    sorted_at timestamptz not null,
    published_at timestamptz not null
);
create index published_quotes_by_text on published_quotes (article_id, lang, position);
create index published_quotes_newest on published_quotes (sorted_at, id);
create index published_quotes_by_lang on published_quotes (lang, sorted_at, id);
create index published_quotes_by_source on published_quotes (source_id, sorted_at, id);
create index published_quotes_by_outlet on published_quotes (outlet_id, sorted_at, id);

create table published_sources (
    id uuid primary key,
    kind text not null,
    names json not null,
    description json not null,
    same_as json not null,
    positions json not null,
    sort_key bytea not null,
    merged_into uuid
);
create index published_sources_by_name on published_sources (sort_key, id);

create table published_reviews (
    id uuid primary key,
    article_id uuid not null,
    lang text not null,
    author_name text,
    rating integer,
    title text,
    body text,
    in_reply_to uuid,
    created_at timestamptz not null,
    edited_at timestamptz,
    erased boolean not null
);
create index published_reviews_by_article on published_reviews (article_id, created_at, id);

create table published_review_sums (
    article_id uuid primary key,
    count bigint not null,
    rating_sum bigint not null,
    rating_count bigint not null
);

create table published_notices (
    id uuid primary key,
    kind text not null,
    issuer text,
    priority text not null,
    rank integer not null,
    severity text,
    label text,
    starts timestamptz not null,
    ends timestamptz,
    areas json not null,
    placements json not null,
    action json
);
create index published_notices_in_order on published_notices (rank, starts, id);
create index published_notices_by_start on published_notices (starts);
create index published_notices_by_end on published_notices (ends);

create table published_notice_texts (
    notice_id uuid not null references published_notices (id),
    lang text not null,
    headline text not null,
    body json not null,
    published_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (notice_id, lang)
);

create table published_notice_terms (
    notice_id uuid not null references published_notices (id),
    kind text not null,
    term text collate "C" not null,
    primary key (notice_id, kind, term)
);
