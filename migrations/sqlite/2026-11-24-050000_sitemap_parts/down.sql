drop table published_sitemap_parts;
