-- The parts of the sitemap: ranges of article ids, each up to where the next one starts. Publishing
-- keeps them; the first one is always there.

create table published_sitemap_parts (
    number integer primary key,
    starts uuid not null unique,
    texts integer not null,
    version bigint not null,
    changed_at timestamptz not null
);

insert into published_sitemap_parts (number, starts, texts, version, changed_at)
select 1, '00000000-0000-0000-0000-000000000000', least(10000, count(*)), 1, now()
from published_texts;

insert into published_sitemap_parts (number, starts, texts, version, changed_at)
select 1 + place / 10000, article_id, least(10000, many - place), 1, now()
from (
    select article_id, row_number() over (order by article_id, lang) - 1 as place, count(*) over () as many
    from published_texts
) as placed
where place > 0 and place % 10000 = 0;
