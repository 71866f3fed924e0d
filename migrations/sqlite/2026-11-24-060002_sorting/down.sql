drop table collations;
drop table published_names;
alter table published_sources add column sort_key blob not null default x'';
create index published_sources_by_name on published_sources (sort_key, id);
