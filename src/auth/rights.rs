//! What each role may do, and what each operation asks for. The front door refuses by these
//! tables, the OpenAPI document prints them, and the permission test walks them.
//!
//! An API key has a role, too, and may be read-only; [`Caller::may`] is the whole rule.
//!
//! Rules about single things (a contributor's own drafts) stand where the things are: in
//! `articles::sight` and in the models.

use actix_web::http::Method;

use super::model::Role;

/// What an operation at the newsroom's door asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Being signed in.
    SignedIn,
    /// Being signed in as oneself: one's own password and sign-ins.
    Oneself,
    /// Writing articles; contributors only their own.
    Write,
    /// All content: publishing, sources, notices, lists, sections, topics, the change log.
    Edit,
    /// Readers' reviews, and what is held of readers.
    Moderate,
    /// Users and the site.
    Administer,
}

impl Right {
    /// The roles that have it.
    pub const fn roles(self) -> &'static [Role] {
        use Role::{Admin, Contributor, Editor, Moderator};
        match self {
            Self::SignedIn | Self::Oneself => &[Contributor, Editor, Moderator, Admin],
            Self::Write => &[Contributor, Editor, Admin],
            Self::Edit => &[Editor, Admin],
            Self::Moderate => &[Editor, Moderator, Admin],
            Self::Administer => &[Admin],
        }
    }

    /// Whether an API key of such a role has it. A key that leaks must not open what makes other
    /// keys and accounts, and has no password or sign-in of its own.
    pub const fn is_for_keys(self) -> bool {
        !matches!(self, Self::Oneself | Self::Administer)
    }
}

/// Who calls, as far as rights go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    Person { role: Role },
    Key { role: Role, read_only: bool },
}

impl Caller {
    /// Whether this caller may send this method to an operation that asks for this right.
    pub fn may(self, right: Right, method: &Method) -> bool {
        match self {
            Self::Person { role } => role.has(right),
            Self::Key { role, read_only } => {
                let reads = matches!(*method, Method::GET | Method::HEAD);
                role.has(right) && right.is_for_keys() && (reads || !read_only)
            }
        }
    }
}

impl Role {
    pub fn has(self, right: Right) -> bool {
        right.roles().contains(&self)
    }
}

/// Every operation that needs somebody signed in. An operation below `/v1/desk` that is missing
/// here is refused at start.
pub const OPERATIONS: &[(&str, Right)] = &[
    ("log_out", Right::Oneself),
    ("get_me", Right::SignedIn),
    ("change_password", Right::Oneself),
    ("get_desk_site", Right::SignedIn),
    ("patch_site", Right::Administer),
    ("list_changes", Right::Edit),
    ("list_desk_sources", Right::SignedIn),
    ("create_source", Right::Write),
    ("list_duplicate_sources", Right::Edit),
    ("get_desk_source", Right::SignedIn),
    ("patch_source", Right::Write),
    ("delete_source", Right::Write),
    ("restore_source", Right::Write),
    ("merge_source", Right::Edit),
    ("get_sourcing_report", Right::Edit),
    ("get_sourcing_report_csv", Right::Edit),
    ("list_users", Right::Administer),
    ("create_user", Right::Administer),
    ("get_user", Right::Administer),
    ("patch_user", Right::Administer),
    ("set_password", Right::Administer),
    ("list_api_keys", Right::Administer),
    ("create_api_key", Right::Administer),
    ("get_api_key", Right::Administer),
    ("patch_api_key", Right::Administer),
    ("delete_api_key", Right::Administer),
    ("list_desk_sections", Right::SignedIn),
    ("create_section", Right::Edit),
    ("get_desk_section", Right::SignedIn),
    ("patch_section", Right::Edit),
    ("delete_section", Right::Edit),
    ("restore_section", Right::Edit),
    ("list_desk_topics", Right::SignedIn),
    ("create_topic", Right::Edit),
    ("get_desk_topic", Right::SignedIn),
    ("patch_topic", Right::Edit),
    ("delete_topic", Right::Edit),
    ("restore_topic", Right::Edit),
    ("list_desk_lists", Right::SignedIn),
    ("create_list", Right::Edit),
    ("get_desk_list", Right::SignedIn),
    ("patch_list", Right::Edit),
    ("delete_list", Right::Edit),
    ("restore_list", Right::Edit),
    ("list_desk_articles", Right::SignedIn),
    ("create_article", Right::Write),
    ("get_desk_article", Right::SignedIn),
    ("patch_article", Right::Write),
    ("delete_article", Right::Write),
    ("restore_article", Right::Write),
    ("publish_article", Right::Edit),
    ("unpublish_article", Right::Edit),
    ("get_text", Right::SignedIn),
    ("put_text", Right::Write),
    ("patch_text", Right::Write),
    ("delete_text", Right::Write),
    ("check_text", Right::Write),
    ("submit_text", Right::Write),
    ("take_back_text", Right::Write),
    ("publish_text", Right::Edit),
    ("unpublish_text", Right::Edit),
    ("reword_correction", Right::Edit),
    ("retract_text", Right::Edit),
    ("list_revisions", Right::SignedIn),
    ("get_revision", Right::SignedIn),
    ("restore_revision", Right::Write),
    ("diff_revisions", Right::SignedIn),
    ("list_translations", Right::Edit),
    ("get_drift", Right::SignedIn),
    ("list_desk_quotes", Right::SignedIn),
    ("create_quote", Right::Write),
    ("get_desk_quote", Right::SignedIn),
    ("patch_quote", Right::Write),
    ("place_quote", Right::Write),
    ("delete_quote", Right::Write),
    ("verify_quote", Right::Edit),
    ("link_quote", Right::Write),
    ("list_desk_reviews", Right::Moderate),
    ("get_desk_review", Right::Moderate),
    ("decide_review", Right::Moderate),
    ("decide_reviews", Right::Moderate),
    ("erase_reader_data", Right::Moderate),
    ("export_reader_data", Right::Moderate),
    ("list_desk_notices", Right::SignedIn),
    ("create_notice", Right::Edit),
    ("get_desk_notice", Right::SignedIn),
    ("patch_notice", Right::Edit),
    ("delete_notice", Right::Edit),
    ("restore_notice", Right::Edit),
    ("get_notice_text", Right::SignedIn),
    ("put_notice_text", Right::Edit),
    ("patch_notice_text", Right::Edit),
    ("delete_notice_text", Right::Edit),
    ("publish_notice_text", Right::Edit),
    ("unpublish_notice_text", Right::Edit),
];

/// What the operation asks for; `None` for those that are open to everybody.
pub fn right_of(operation: &str) -> Option<Right> {
    OPERATIONS
        .iter()
        .find(|(known, _)| *known == operation)
        .map(|(_, right)| *right)
}
