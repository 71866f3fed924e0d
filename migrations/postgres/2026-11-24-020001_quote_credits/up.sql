-- To whom published quotes are credited, also where readers are not told. A table of the desk:
-- readers' code never names it.

create table quote_credits (
    quote_id uuid primary key,
    article_id uuid not null,
    lang text not null,
    source_id uuid references sources (id),
    unnamed text,
    stated_name text,
    outlet_id uuid references sources (id),
    programme text,
    evidence_url text,
    published_at timestamptz not null
);
create index quote_credits_by_text on quote_credits (article_id, lang);
create index quote_credits_by_source on quote_credits (source_id);
create index quote_credits_by_outlet on quote_credits (outlet_id);
create index quote_credits_by_publication on quote_credits (published_at);

-- What was published before is in the revisions that readers see.
insert into quote_credits
select
    published.id, published.article_id, published.lang,
    coalesce(source.merged_into, source.id), credited.value ->> 'unnamed', credited.value ->> 'stated_name',
    coalesce(outlet.merged_into, outlet.id), credited.value ->> 'programme', credited.value ->> 'evidence_url',
    published.published_at
from texts
join revisions on revisions.item_id = texts.item_id and revisions.lang = texts.lang and revisions.number = texts.published_revision
cross join json_array_elements(revisions.quotes) as credited (value)
join published_quotes as published on published.id = (credited.value ->> 'id')::uuid
left join sources as source on source.id = (credited.value ->> 'source_id')::uuid
left join sources as outlet on outlet.id = (credited.value ->> 'outlet_id')::uuid
where texts.item_kind = 'article' and texts.state = 'published';

-- One row, for which stories that make new sources queue: whoever comes second finds what the
-- first has made.
create table source_turn (
    id integer primary key check (id = 1)
);
insert into source_turn (id) values (1);
