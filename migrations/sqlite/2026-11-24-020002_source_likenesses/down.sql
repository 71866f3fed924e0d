drop table source_likenesses;
drop table source_spellings;
