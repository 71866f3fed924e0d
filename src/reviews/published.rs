use super::cards::{ReviewAuthor, ReviewCard, ReviewId};
use crate::articles::model::ArticleId;
use crate::db::DbConn;
use diesel::QueryResult;
pub struct PublishedReview {
    pub id: ReviewId,
}
impl From<PublishedReview> for ReviewCard {
    fn from(r: PublishedReview) -> Self {
        let _ = (r, ReviewAuthor { name: None });
        unreachable!()
    }
}
pub fn newest(_: &mut DbConn, _: ArticleId, _: i64) -> QueryResult<Vec<PublishedReview>> {
    Ok(Vec::new())
}
