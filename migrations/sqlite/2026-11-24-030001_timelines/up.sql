-- Timelines: which quote of a statement stands for all, and how much there is of each source.

-- How inexactly it is known when it was said: 0 instant, 1 day, 2 month, 3 year, 4 unknown.
alter table published_quotes add column vagueness integer not null default 4;

update published_quotes set vagueness = case length(said_at) when 4 then 3 when 7 then 2 when 10 then 1 else 0 end
where said_at is not null;

-- The other order of timelines, what else can lead through them, and the quotes of a statement.
create index published_quotes_by_publication on published_quotes (published_at, id);
create index published_quotes_by_source_publication on published_quotes (source_id, published_at, id);
create index published_quotes_by_outlet_publication on published_quotes (outlet_id, published_at, id);
create index published_quotes_by_occasion on published_quotes (occasion, sorted_at, id);
create index published_quotes_by_verification on published_quotes (verification, sorted_at, id);
create index published_quotes_by_verification_publication on published_quotes (verification, published_at, id);
create index published_quotes_by_statement on published_quotes (statement) where statement is not null;
-- The first and the last day on which a source said something.
create index published_quotes_said on published_quotes (source_id, said_from) where said_from is not null;

create table published_source_sums (
    source_id blob primary key,
    quotes integer not null,
    statements integer not null,
    as_outlet integer not null,
    articles integer not null
) strict;

insert into published_source_sums (source_id, quotes, statements, as_outlet, articles)
select
    named.id,
    (select count(*) from published_quotes where source_id = named.id),
    (select count(distinct coalesce(statement, id)) from published_quotes where source_id = named.id),
    (select count(*) from (
        select distinct coalesce(statement, id), source_id from published_quotes where outlet_id = named.id
    ) as relayed),
    (select count(distinct article_id) from published_quotes where source_id = named.id or outlet_id = named.id)
from (
    select source_id as id from published_quotes where source_id is not null
    union
    select outlet_id from published_quotes where outlet_id is not null
) as named;
