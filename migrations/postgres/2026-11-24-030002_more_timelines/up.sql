-- Whatever a timeline is narrowed to, one index leads through it in either order.
create index published_quotes_by_manner on published_quotes (manner, sorted_at, id);
create index published_quotes_by_manner_publication on published_quotes (manner, published_at, id);
create index published_quotes_by_occasion_publication on published_quotes (occasion, published_at, id);
create index published_quotes_by_lang_publication on published_quotes (lang, published_at, id);
