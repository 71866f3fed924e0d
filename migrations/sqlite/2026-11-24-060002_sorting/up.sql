-- The order of names in each language, in the place of one by the site's first language.

drop index published_sources_by_name;
alter table published_sources drop column sort_key;

create table published_names (
    collection text not null,
    lang text not null,
    sort_key blob not null,
    id blob not null,
    primary key (collection, lang, sort_key, id)
) strict;
create index published_names_by_id on published_names (id);

-- By which collation data the names of a language were sorted.

create table collations (
    lang text primary key,
    data text not null
) strict;
