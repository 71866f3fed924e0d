-- Who works here, how they sign in, and what makes a repeated POST safe.

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

create table sign_ins (
    id blob primary key,
    user_id blob not null references users (id),
    created_at integer not null,
    expires_at integer not null,
    ended_at integer
) strict;
create index sign_ins_by_user on sign_ins (user_id);

create table refresh_tokens (
    hash blob primary key,
    sign_in_id blob not null references sign_ins (id),
    issued_at integer not null,
    spent_at integer
) strict;
create index refresh_tokens_by_sign_in on refresh_tokens (sign_in_id);

create table keys (
    id blob primary key,
    purpose text not null,
    public blob not null,
    sealed blob not null,
    created_at integer not null,
    retired_at integer
) strict;

create table idempotency_keys (
    caller text not null,
    key_hash blob not null,
    request_hash blob not null,
    status integer not null,
    location text,
    etag text,
    body blob not null,
    sealed integer not null,
    created_at integer not null,
    primary key (caller, key_hash)
) strict;
create index idempotency_keys_by_age on idempotency_keys (created_at);

-- The change log: one row holds the last number, taken just before each commit.

create table change_counter (
    id integer primary key check (id = 1),
    seq integer not null
) strict;
insert into change_counter (id, seq) values (1, 0);

create table changes (
    seq integer primary key,
    at integer not null,
    actor_id blob,
    action text not null,
    item_kind text not null,
    item_id blob,
    lang text,
    surrogate_keys text not null,
    detail text
) strict;

-- Reference tables, read through both doors.

create table site (
    id integer primary key check (id = 1),
    version integer not null,
    name text not null,
    time_zone text not null,
    languages text not null,
    article_url text,
    notice_url text,
    home_url text,
    social text not null,
    updated_at integer not null
) strict;

create table sections (
    id blob primary key,
    slug text not null unique,
    names text not null,
    position integer not null,
    version integer not null,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
) strict;
create index sections_in_order on sections (position, id);

create table topics (
    id blob primary key,
    slug text not null unique,
    names text not null,
    version integer not null,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
) strict;

create table lists (
    id blob primary key,
    slug text not null unique,
    names text not null,
    rule text not null,
    pins text not null,
    hidden text not null,
    version integer not null,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
) strict;

-- The desk's tables. Readers' code never names them.

create table sources (
    id blob primary key,
    kind text not null,
    names text not null,
    aliases text not null,
    description text not null,
    same_as text not null,
    positions text not null,
    disclosure text not null,
    merged_into blob references sources (id),
    version integer not null,
    created_by blob not null references users (id),
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
) strict;
create index sources_by_change on sources (updated_at, id);
create index sources_by_survivor on sources (merged_into);

create table source_names (
    source_id blob not null references sources (id),
    folded text not null,
    primary key (folded, source_id)
) strict;
create index source_names_by_source on source_names (source_id);

create table articles (
    id blob primary key,
    kind text not null,
    section_id blob references sections (id),
    authors text not null,
    related text not null,
    review_policy text not null,
    external_id text unique,
    version integer not null,
    created_by blob not null references users (id),
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
) strict;
create index articles_by_change on articles (updated_at, id);
create index articles_by_section on articles (section_id, updated_at, id);

create table article_topics (
    article_id blob not null references articles (id),
    topic_id blob not null references topics (id),
    position integer not null,
    primary key (article_id, topic_id)
) strict;
create index article_topics_by_topic on article_topics (topic_id);

create table article_authors (
    article_id blob not null references articles (id),
    user_id blob not null references users (id),
    primary key (article_id, user_id)
) strict;
create index article_authors_by_user on article_authors (user_id);

create table texts (
    item_id blob not null,
    item_kind text not null,
    lang text not null,
    version integer not null,
    state text not null,
    pending text,
    head_revision integer not null,
    published_revision integer,
    slug text,
    headline text not null,
    note text,
    first_published_at integer,
    published_at integer,
    updated_at integer,
    created_by blob not null references users (id),
    created_at integer not null,
    saved_at integer not null,
    deleted_at integer,
    primary key (item_id, lang)
) strict;
create index texts_by_state on texts (item_kind, state, saved_at, item_id);
create index texts_by_pending on texts (item_kind, pending, saved_at, item_id);

create table revisions (
    item_id blob not null,
    lang text not null,
    number integer not null,
    slug text,
    headline text not null,
    standfirst text,
    body text not null,
    image text,
    seo text,
    quotes text not null,
    cause text not null,
    restored_from integer,
    saved_by blob not null references users (id),
    saved_at integer not null,
    primary key (item_id, lang, number)
) strict;

create table corrections (
    item_id blob not null,
    lang text not null,
    to_revision integer not null,
    from_revision integer not null,
    note text not null,
    quotes text not null,
    blocks text not null,
    made_by blob not null references users (id),
    made_at integer not null,
    primary key (item_id, lang, to_revision)
) strict;

create table slugs (
    lang text not null,
    slug text not null,
    article_id blob not null references articles (id),
    primary key (lang, slug)
) strict;
create index slugs_by_article on slugs (article_id, lang);

create table quotes (
    id blob primary key,
    article_id blob not null references articles (id),
    lang text not null,
    position integer not null,
    source_id blob references sources (id),
    unnamed text,
    manner text not null,
    text text not null,
    original text,
    stated_name text,
    stated_role text,
    occasion text,
    outlet_id blob references sources (id),
    programme text,
    said_at text,
    evidence_url text,
    statement blob,
    anchor_state text not null,
    segments text not null,
    verification text not null,
    verified_by blob references users (id),
    verified_at integer,
    created_at integer not null,
    removed_at integer
) strict;
create index quotes_by_text on quotes (article_id, lang, position);
create index quotes_by_source on quotes (source_id);
create index quotes_by_outlet on quotes (outlet_id);
create index quotes_by_statement on quotes (statement);

create table reviews (
    id blob primary key,
    article_id blob not null references articles (id),
    lang text not null,
    state text not null,
    author_name text,
    author_email text,
    author_address text,
    rating integer,
    title text,
    body text,
    in_reply_to blob references reviews (id),
    reason text,
    note text,
    decided_by blob references users (id),
    decided_at integer,
    manage_hash blob,
    version integer not null,
    created_at integer not null,
    edited_at integer,
    erased_at integer
) strict;
create index reviews_newest on reviews (created_at, id);
create index reviews_by_state on reviews (state, created_at, id);
create index reviews_by_article on reviews (article_id, created_at, id);
create index reviews_by_email on reviews (author_email);

create table notices (
    id blob primary key,
    kind text not null,
    issuer text,
    priority text not null,
    severity text,
    label text,
    starts integer not null,
    ends integer,
    areas text not null,
    placements text not null,
    action text,
    version integer not null,
    created_by blob not null references users (id),
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
) strict;
create index notices_by_change on notices (updated_at, id);

-- What readers see. Only publishing and approving write these.

create table published_articles (
    id blob primary key,
    kind text not null,
    section_id blob,
    topic_ids text not null,
    authors text not null,
    related text not null,
    review_policy text not null,
    first_published_at integer not null
) strict;

create table published_texts (
    article_id blob not null references published_articles (id),
    lang text not null,
    kind text not null,
    slug text not null,
    headline text not null,
    standfirst text,
    body text not null,
    image text,
    seo text,
    quote_count integer not null,
    corrections text not null,
    translation text,
    revision integer not null,
    word_count integer not null,
    reading_minutes integer not null,
    first_published_at integer not null,
    published_at integer not null,
    updated_at integer not null,
    primary key (article_id, lang)
) strict;
create index published_texts_newest on published_texts (lang, published_at, article_id);
create index published_texts_updated on published_texts (lang, updated_at, article_id);
create index published_texts_by_kind on published_texts (lang, kind, published_at, article_id);

create table published_slugs (
    lang text not null,
    slug text not null,
    article_id blob not null,
    primary key (lang, slug)
) strict;
create index published_slugs_by_article on published_slugs (article_id, lang);

create table published_retractions (
    article_id blob not null,
    lang text not null,
    note text not null,
    retracted_at integer not null,
    primary key (article_id, lang)
) strict;

create table published_terms (
    kind text not null,
    term blob not null,
    lang text not null,
    published_at integer not null,
    article_id blob not null,
    primary key (kind, term, lang, published_at, article_id)
) strict;
create index published_terms_by_article on published_terms (article_id, lang, kind, term);

create table published_quotes (
    id blob primary key,
    article_id blob not null,
    lang text not null,
    position integer not null,
    source_id blob,
    unnamed text,
    manner text not null,
    text text not null,
    original text,
    stated_name text,
    stated_role text,
    occasion text,
    outlet_id blob,
    programme text,
    said_at text,
    evidence_url text,
    statement blob,
    anchor_state text not null,
    segments text not null,
    verification text not null,
    verified_by blob,
    verified_at integer,
    said_from integer,
    sorted_at integer not null,
    published_at integer not null
) strict;
create index published_quotes_by_text on published_quotes (article_id, lang, position);
create index published_quotes_newest on published_quotes (sorted_at, id);
create index published_quotes_by_lang on published_quotes (lang, sorted_at, id);
create index published_quotes_by_source on published_quotes (source_id, sorted_at, id);
create index published_quotes_by_outlet on published_quotes (outlet_id, sorted_at, id);

create table published_sources (
    id blob primary key,
    kind text not null,
    names text not null,
    description text not null,
    same_as text not null,
    positions text not null,
    sort_key blob not null,
    merged_into blob
) strict;
create index published_sources_by_name on published_sources (sort_key, id);

create table published_reviews (
    id blob primary key,
    article_id blob not null,
    lang text not null,
    author_name text,
    rating integer,
    title text,
    body text,
    in_reply_to blob,
    created_at integer not null,
    edited_at integer,
    erased integer not null
) strict;
create index published_reviews_by_article on published_reviews (article_id, created_at, id);

create table published_review_sums (
    article_id blob primary key,
    count integer not null,
    rating_sum integer not null,
    rating_count integer not null
) strict;

create table published_notices (
    id blob primary key,
    kind text not null,
    issuer text,
    priority text not null,
    rank integer not null,
    severity text,
    label text,
    starts integer not null,
    ends integer,
    areas text not null,
    placements text not null,
    action text
) strict;
create index published_notices_in_order on published_notices (rank, starts, id);
create index published_notices_by_start on published_notices (starts);
create index published_notices_by_end on published_notices (ends);

create table published_notice_texts (
    notice_id blob not null references published_notices (id),
    lang text not null,
    headline text not null,
    body text not null,
    published_at integer not null,
    updated_at integer not null,
    primary key (notice_id, lang)
) strict;

create table published_notice_terms (
    notice_id blob not null references published_notices (id),
    kind text not null,
    term text not null,
    primary key (notice_id, kind, term)
) strict;
