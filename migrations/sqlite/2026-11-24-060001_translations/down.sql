drop table translations;
alter table revisions drop column translated_from;
