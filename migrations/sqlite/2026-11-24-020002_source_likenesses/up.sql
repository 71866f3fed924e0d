-- Which sources may be one and the same. Names that sound alike have one key; what was found is
-- kept, so that asking for it costs a page.

create table source_spellings (
    source_id blob not null references sources (id),
    key text not null,
    folded text not null,
    spelt text not null,
    primary key (key, source_id, folded)
) strict;
create index source_spellings_by_source on source_spellings (source_id);

create table source_likenesses (
    id blob primary key,
    source_id blob not null references sources (id),
    other_id blob not null references sources (id),
    score integer not null,
    reason text not null
) strict;
create index source_likenesses_by_score on source_likenesses (score, id);
create index source_likenesses_by_source on source_likenesses (source_id);
create index source_likenesses_by_other on source_likenesses (other_id);
