-- The parts of the sitemap: ranges of article ids, each up to where the next one starts. Publishing
-- keeps them; the first one is always there.

create table published_sitemap_parts (
    number integer primary key,
    starts blob not null unique,
    texts integer not null,
    version integer not null,
    changed_at integer not null
) strict;

insert into published_sitemap_parts (number, starts, texts, version, changed_at)
select 1, zeroblob(16), min(10000, count(*)), 1, cast(strftime('%s', 'now') as integer) * 1000000
from published_texts;

insert into published_sitemap_parts (number, starts, texts, version, changed_at)
select 1 + place / 10000, article_id, min(10000, many - place), 1, cast(strftime('%s', 'now') as integer) * 1000000
from (
    select article_id, row_number() over (order by article_id, lang) - 1 as place, count(*) over () as many
    from published_texts
)
where place > 0 and place % 10000 = 0;
