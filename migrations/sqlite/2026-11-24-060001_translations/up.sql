-- Which revision of which text a revision was translated from, and by whom.

alter table revisions add column translated_from text;

-- The texts whose newest revision is a translation. `stale`: the original says something else by
-- now; `since`: the moment from which that is so.

create table translations (
    article_id blob not null references articles (id),
    lang text not null,
    from_lang text not null,
    from_revision integer not null,
    translator text not null,
    stale integer not null,
    since integer not null,
    primary key (article_id, lang)
) strict;
create index translations_newest on translations (since, article_id, lang);
create index translations_by_lang on translations (lang, since, article_id);
create index translations_stale on translations (stale, since, article_id, lang);
create index translations_stale_by_lang on translations (lang, stale, since, article_id);
