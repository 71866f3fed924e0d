//! What readers said about an article, for readers.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get};
use utoipa::IntoParams;

use super::cards::{ReviewCard, ReviewCards};
use super::published;
use crate::app::App;
use crate::articles::cards::ReviewSums;
use crate::articles::model::ArticleId;
use crate::articles::published as articles;
use crate::http::choosing::Fields;
use crate::http::page::{COUNT_LIMIT, Pager, Paging};
use crate::http::path::ItemPath;
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::{Params, Query, QueryPart};
use crate::http::reading::Reading;
use crate::language::Lang;

/// Which reviews of the article.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReviewFilters {
    /// The languages that they are written in, with commas between; without it, all.
    #[param(value_type = Option<String>, example = "az,en", max_length = 287, required = false)]
    lang: Vec<Lang>,
}

impl QueryPart for ReviewFilters {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            lang: params.many("lang")?,
        })
    }
}

/// The reviews of an article
///
/// Those that are approved, the newest first, and their summary. Replies name the review that they
/// answer.
#[utoipa::path(
    tag = "reviews",
    params(ItemPath, Paging, ReviewFilters, Fields),
    responses((status = 200, body = ReviewCards)),
)]
#[get("/v1/articles/{id}/reviews")]
pub async fn list_reviews(
    app: Data<App>,
    request: HttpRequest,
    path: Path<ItemPath>,
    query: Query<(Paging, ReviewFilters, Fields)>,
) -> ApiResult<Reading> {
    let article: ArticleId = path.id.of();
    let Query((paging, ReviewFilters { lang: langs }, fields)) = query;
    let pager = Pager::<published::Key>::new(&request, &app.cursors, paging)?;
    let at = pager.at.as_ref().map(|at| (at.back, at.key));
    let (rows, count) = (pager.rows(), pager.count);
    let keys = [format!("article:{article}"), format!("reviews:{article}")];
    let about = keys.clone();
    let (reviews, total, sums) = app
        .readers
        .read_snapshot(move |conn| {
            if articles::find_article(conn, article)?.is_none() {
                // A retracted article leaves its note here, too.
                let note = articles::retractions(conn, article)?.into_iter().next();
                let problem = note.map_or_else(Problem::not_found, |(_, note)| {
                    Problem::new(Code::Gone, note)
                });
                return Err(problem.about(about));
            }
            let reviews = published::list(conn, article, &langs, at, rows)?;
            let total = count.then(|| published::count(conn, article, &langs, COUNT_LIMIT + 1));
            let sums = articles::review_sums(conn, &[article])?;
            Ok::<_, Problem>((reviews, total.transpose()?, sums))
        })
        .await?;
    let page = pager
        .page(reviews, |review| (review.created_at, review.id))
        .with_total(total)
        .map(ReviewCard::from);
    let links = pager.links(&page.page);
    let summary = sums.first().map_or_else(ReviewSums::default, |sums| {
        ReviewSums::new(sums.1, sums.2, sums.3)
    });
    let json = serde_json::to_value(ReviewCards { page, summary })
        .map_err(|_| Problem::new(Code::Internal, "The answer cannot be written."))?;
    Ok(Reading::json(&fields.of_list(json)?)?
        .about(keys)
        .linked(links))
}
