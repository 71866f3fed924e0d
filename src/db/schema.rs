//! The tables as diesel sees them, one schema for both databases. Written from the
//! migrations; `tests/api/migrations.rs` compares the two.

#[rustfmt::skip]
mod tables {
diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    users (id) {
        id -> DbUuid,
        email -> Nullable<Text>,
        name -> Text,
        role -> Text,
        state -> Text,
        password_hash -> Nullable<Text>,
        version -> BigInt,
        created_at -> DbInstant,
        updated_at -> DbInstant,
        kind -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    api_keys (id) {
        id -> DbUuid,
        hash -> Binary,
        read_only -> Bool,
        expires_at -> Nullable<DbInstant>,
        revoked_at -> Nullable<DbInstant>,
        last_used_at -> Nullable<DbInstant>,
        created_by -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    identities (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        user_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    sign_ins (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        created_at -> DbInstant,
        expires_at -> DbInstant,
        ended_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    refresh_tokens (hash) {
        hash -> Binary,
        sign_in_id -> DbUuid,
        issued_at -> DbInstant,
        spent_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    keys (id) {
        id -> DbUuid,
        purpose -> Text,
        public -> Binary,
        sealed -> Binary,
        created_at -> DbInstant,
        retired_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    idempotency_keys (caller, key_hash) {
        caller -> Text,
        key_hash -> Binary,
        request_hash -> Binary,
        status -> Integer,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Binary,
        sealed -> Bool,
        created_at -> DbInstant,
        subject -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    change_counter (id) {
        id -> Integer,
        seq -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    changes (seq) {
        seq -> BigInt,
        at -> DbInstant,
        actor_id -> Nullable<DbUuid>,
        action -> Text,
        item_kind -> Text,
        item_id -> Nullable<DbUuid>,
        lang -> Nullable<Text>,
        surrogate_keys -> DbJson,
        detail -> Nullable<DbJson>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    site (id) {
        id -> Integer,
        version -> BigInt,
        name -> Text,
        time_zone -> Text,
        languages -> DbJson,
        article_url -> Nullable<Text>,
        notice_url -> Nullable<Text>,
        home_url -> Nullable<Text>,
        social -> DbJson,
        updated_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    sections (id) {
        id -> DbUuid,
        slug -> Text,
        names -> DbJson,
        position -> Integer,
        version -> BigInt,
        created_at -> DbInstant,
        updated_at -> DbInstant,
        deleted_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    topics (id) {
        id -> DbUuid,
        slug -> Text,
        names -> DbJson,
        version -> BigInt,
        created_at -> DbInstant,
        updated_at -> DbInstant,
        deleted_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    lists (id) {
        id -> DbUuid,
        slug -> Text,
        names -> DbJson,
        rule -> DbJson,
        pins -> DbJson,
        hidden -> DbJson,
        version -> BigInt,
        created_at -> DbInstant,
        updated_at -> DbInstant,
        deleted_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    sources (id) {
        id -> DbUuid,
        kind -> Text,
        names -> DbJson,
        aliases -> DbJson,
        description -> DbJson,
        same_as -> DbJson,
        positions -> DbJson,
        disclosure -> Text,
        merged_into -> Nullable<DbUuid>,
        version -> BigInt,
        created_by -> DbUuid,
        created_at -> DbInstant,
        updated_at -> DbInstant,
        deleted_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    source_names (folded, source_id) {
        source_id -> DbUuid,
        folded -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::DbUuid;

    source_spellings (key, source_id, folded) {
        source_id -> DbUuid,
        key -> Text,
        folded -> Text,
        spelt -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::DbUuid;

    source_likenesses (id) {
        id -> DbUuid,
        source_id -> DbUuid,
        other_id -> DbUuid,
        score -> Integer,
        reason -> Text,
    }
}

diesel::table! {
    source_turn (id) {
        id -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbUuid};

    quote_credits (quote_id) {
        quote_id -> DbUuid,
        article_id -> DbUuid,
        lang -> Text,
        source_id -> Nullable<DbUuid>,
        unnamed -> Nullable<Text>,
        stated_name -> Nullable<Text>,
        outlet_id -> Nullable<DbUuid>,
        programme -> Nullable<Text>,
        evidence_url -> Nullable<Text>,
        published_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    articles (id) {
        id -> DbUuid,
        kind -> Text,
        section_id -> Nullable<DbUuid>,
        authors -> DbJson,
        related -> DbJson,
        review_policy -> Text,
        external_id -> Nullable<Text>,
        version -> BigInt,
        created_by -> DbUuid,
        created_at -> DbInstant,
        updated_at -> DbInstant,
        deleted_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    article_topics (article_id, topic_id) {
        article_id -> DbUuid,
        topic_id -> DbUuid,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    article_authors (article_id, user_id) {
        article_id -> DbUuid,
        user_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    texts (item_id, lang) {
        item_id -> DbUuid,
        item_kind -> Text,
        lang -> Text,
        version -> BigInt,
        state -> Text,
        pending -> Nullable<Text>,
        head_revision -> Integer,
        published_revision -> Nullable<Integer>,
        slug -> Nullable<Text>,
        headline -> Text,
        note -> Nullable<Text>,
        first_published_at -> Nullable<DbInstant>,
        published_at -> Nullable<DbInstant>,
        updated_at -> Nullable<DbInstant>,
        created_by -> DbUuid,
        created_at -> DbInstant,
        saved_at -> DbInstant,
        deleted_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    revisions (item_id, lang, number) {
        item_id -> DbUuid,
        lang -> Text,
        number -> Integer,
        slug -> Nullable<Text>,
        headline -> Text,
        standfirst -> Nullable<Text>,
        body -> DbJson,
        image -> Nullable<DbJson>,
        seo -> Nullable<DbJson>,
        quotes -> DbJson,
        cause -> Text,
        restored_from -> Nullable<Integer>,
        saved_by -> DbUuid,
        saved_at -> DbInstant,
        translated_from -> Nullable<DbJson>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    translations (article_id, lang) {
        article_id -> DbUuid,
        lang -> Text,
        from_lang -> Text,
        from_revision -> Integer,
        translator -> Text,
        stale -> Bool,
        since -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    corrections (item_id, lang, to_revision) {
        item_id -> DbUuid,
        lang -> Text,
        to_revision -> Integer,
        from_revision -> Integer,
        note -> Text,
        quotes -> DbJson,
        blocks -> DbJson,
        made_by -> DbUuid,
        made_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    slugs (lang, slug) {
        lang -> Text,
        slug -> Text,
        article_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    quotes (id) {
        id -> DbUuid,
        article_id -> DbUuid,
        lang -> Text,
        position -> Integer,
        source_id -> Nullable<DbUuid>,
        unnamed -> Nullable<Text>,
        manner -> Text,
        text -> Text,
        original -> Nullable<DbJson>,
        stated_name -> Nullable<Text>,
        stated_role -> Nullable<Text>,
        occasion -> Nullable<Text>,
        outlet_id -> Nullable<DbUuid>,
        programme -> Nullable<Text>,
        said_at -> Nullable<Text>,
        evidence_url -> Nullable<Text>,
        statement -> Nullable<DbUuid>,
        anchor_state -> Text,
        segments -> DbJson,
        verification -> Text,
        verified_by -> Nullable<DbUuid>,
        verified_at -> Nullable<DbInstant>,
        created_at -> DbInstant,
        removed_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    reviews (id) {
        id -> DbUuid,
        article_id -> DbUuid,
        lang -> Text,
        state -> Text,
        author_name -> Nullable<Text>,
        author_email -> Nullable<Text>,
        author_address -> Nullable<Text>,
        rating -> Nullable<Integer>,
        title -> Nullable<Text>,
        body -> Nullable<Text>,
        in_reply_to -> Nullable<DbUuid>,
        reason -> Nullable<Text>,
        note -> Nullable<Text>,
        decided_by -> Nullable<DbUuid>,
        decided_at -> Nullable<DbInstant>,
        manage_hash -> Nullable<Binary>,
        version -> BigInt,
        created_at -> DbInstant,
        edited_at -> Nullable<DbInstant>,
        erased_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    review_prints (print) {
        print -> Binary,
        review_id -> DbUuid,
        created_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    notices (id) {
        id -> DbUuid,
        kind -> Text,
        issuer -> Nullable<Text>,
        priority -> Text,
        severity -> Nullable<Text>,
        label -> Nullable<Text>,
        starts -> DbInstant,
        ends -> Nullable<DbInstant>,
        areas -> DbJson,
        placements -> DbJson,
        action -> Nullable<DbJson>,
        version -> BigInt,
        created_by -> DbUuid,
        created_at -> DbInstant,
        updated_at -> DbInstant,
        deleted_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_articles (id) {
        id -> DbUuid,
        kind -> Text,
        section_id -> Nullable<DbUuid>,
        topic_ids -> DbJson,
        authors -> DbJson,
        related -> DbJson,
        review_policy -> Text,
        first_published_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_texts (article_id, lang) {
        article_id -> DbUuid,
        lang -> Text,
        kind -> Text,
        slug -> Text,
        headline -> Text,
        standfirst -> Nullable<Text>,
        body -> DbJson,
        image -> Nullable<DbJson>,
        seo -> Nullable<DbJson>,
        quote_count -> Integer,
        corrections -> DbJson,
        translation -> Nullable<DbJson>,
        revision -> Integer,
        word_count -> Integer,
        reading_minutes -> Integer,
        first_published_at -> DbInstant,
        published_at -> DbInstant,
        updated_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_sitemap_parts (number) {
        number -> Integer,
        starts -> DbUuid,
        texts -> Integer,
        version -> BigInt,
        changed_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_slugs (lang, slug) {
        lang -> Text,
        slug -> Text,
        article_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_retractions (article_id, lang) {
        article_id -> DbUuid,
        lang -> Text,
        note -> Text,
        retracted_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_terms (kind, term, lang, published_at, article_id) {
        kind -> Text,
        term -> DbUuid,
        lang -> Text,
        published_at -> DbInstant,
        article_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_quotes (id) {
        id -> DbUuid,
        article_id -> DbUuid,
        lang -> Text,
        position -> Integer,
        source_id -> Nullable<DbUuid>,
        unnamed -> Nullable<Text>,
        manner -> Text,
        text -> Text,
        original -> Nullable<DbJson>,
        stated_name -> Nullable<Text>,
        stated_role -> Nullable<Text>,
        occasion -> Nullable<Text>,
        outlet_id -> Nullable<DbUuid>,
        programme -> Nullable<Text>,
        said_at -> Nullable<Text>,
        evidence_url -> Nullable<Text>,
        statement -> Nullable<DbUuid>,
        anchor_state -> Text,
        segments -> DbJson,
        verification -> Text,
        verified_by -> Nullable<DbUuid>,
        verified_at -> Nullable<DbInstant>,
        said_from -> Nullable<DbInstant>,
        sorted_at -> DbInstant,
        published_at -> DbInstant,
        vagueness -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_sources (id) {
        id -> DbUuid,
        kind -> Text,
        names -> DbJson,
        description -> DbJson,
        same_as -> DbJson,
        positions -> DbJson,
        merged_into -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_names (collection, lang, sort_key, id) {
        collection -> Text,
        lang -> Text,
        sort_key -> Binary,
        id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    collations (lang) {
        lang -> Text,
        data -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::DbUuid;

    published_source_sums (source_id) {
        source_id -> DbUuid,
        quotes -> BigInt,
        statements -> BigInt,
        as_outlet -> BigInt,
        articles -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_reviews (id) {
        id -> DbUuid,
        article_id -> DbUuid,
        lang -> Text,
        author_name -> Nullable<Text>,
        rating -> Nullable<Integer>,
        title -> Nullable<Text>,
        body -> Nullable<Text>,
        in_reply_to -> Nullable<DbUuid>,
        created_at -> DbInstant,
        edited_at -> Nullable<DbInstant>,
        erased -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_review_sums (article_id) {
        article_id -> DbUuid,
        count -> BigInt,
        rating_sum -> BigInt,
        rating_count -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_notices (id) {
        id -> DbUuid,
        kind -> Text,
        issuer -> Nullable<Text>,
        priority -> Text,
        rank -> Integer,
        severity -> Nullable<Text>,
        label -> Nullable<Text>,
        starts -> DbInstant,
        ends -> Nullable<DbInstant>,
        areas -> DbJson,
        placements -> DbJson,
        action -> Nullable<DbJson>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_notice_texts (notice_id, lang) {
        notice_id -> DbUuid,
        lang -> Text,
        headline -> Text,
        body -> DbJson,
        published_at -> DbInstant,
        updated_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    published_notice_terms (notice_id, kind, term) {
        notice_id -> DbUuid,
        kind -> Text,
        term -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(users, api_keys, identities, sign_ins, refresh_tokens, keys, idempotency_keys, change_counter, changes, site, sections, topics, lists, sources, source_names, source_spellings, source_likenesses, quote_credits, articles, article_topics, article_authors, texts, revisions, translations, corrections, slugs, quotes, reviews, review_prints, notices, published_articles, published_texts, published_slugs, published_retractions, published_terms, published_quotes, published_sources, published_source_sums, published_reviews, published_review_sums, published_notices, published_notice_texts, published_notice_terms);
}

pub use tables::*;
