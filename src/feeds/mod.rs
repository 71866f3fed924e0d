//! What other software reads as it stands: a feed of each list in each language, in three forms,
//! and the sitemaps.
//!
//! | file | holds |
//! |---|---|
//! | `feed` | a feed and its entries, whatever the form |
//! | `rss`, `atom`, `json_feed` | the forms: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1 |
//! | `urlset` | addresses as the sitemap protocol has them |
//! | `sitemaps`, `news_sitemap` | the sitemaps and their handlers |
//! | `words` | text as XML takes it, addresses as URIs, names that last |
//! | `public` | the handlers of feeds |

mod atom;
mod feed;
mod json_feed;
mod news_sitemap;
mod public;
mod rss;
mod sitemaps;
mod urlset;
mod words;

use crate::http::mounts::Mounts;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(public::get_rss)
        .service(public::get_atom)
        .service(public::get_json_feed)
        .service(sitemaps::get_sitemap_index)
        .service(sitemaps::get_sitemap)
        .service(news_sitemap::get_news_sitemap);
}
