//! Several texts of an article published at once, or taken down, in one transaction: all or none. The
//! article's `ETag` guards what is the same in all languages, which readers get with the texts; each
//! text's version in the body guards its words.

use actix_web::web::{Data, Path};
use actix_web::{delete, put};

use super::api::{ArticlePath, DeskArticle};
use super::api_states::{ArticlePublication, Publication, TextPublication};
use super::desk::{save, whole};
use super::model::Article;
use super::publishing;
use super::sight::find_own;
use super::translations;
use crate::app::App;
use crate::auth::Staff;
use crate::db::{Instant, Tx};
use crate::http::body::ValidJson;
use crate::http::etag::{IfMatch, WithEtag, check_saved, of_version};
use crate::http::openapi::IfMatchHeader;
use crate::http::problem::{ApiResult, Code, FieldError, Problem};
use crate::texts::model::Text;
use crate::texts::states::StateError;
use crate::texts::store as texts;

/// Publish several texts
///
/// All of them at the same moment, or none. Takes the article's `ETag`, and in the body the version of
/// each text, so that nothing is published that you have not read; a text that was saved since is 412.
/// Errors point at the language (`/langs/ru/quotes/…`), and tell what holds back each of them.
#[utoipa::path(
    tag = "desk: articles",
    params(ArticlePath, IfMatchHeader),
    request_body = ArticlePublication,
    responses((status = 200, body = DeskArticle)),
)]
#[put("/v1/desk/articles/{id}/publication")]
pub async fn publish_article(
    app: Data<App>,
    editor: Staff,
    path: Path<ArticlePath>,
    if_match: IfMatch,
    request: ValidJson<ArticlePublication>,
) -> ApiResult<WithEtag<DeskArticle>> {
    let request = request.0;
    change_all(
        &app,
        editor,
        path.id,
        if_match,
        move |tx, article, texts, editor| publish(tx, article, texts, &request, editor),
    )
    .await
}

/// Take an article down
///
/// All of its texts that are published; readers get a 404 at once. They can be published again.
#[utoipa::path(
    tag = "desk: articles",
    params(ArticlePath, IfMatchHeader),
    responses((status = 200, body = DeskArticle)),
)]
#[delete("/v1/desk/articles/{id}/publication")]
pub async fn unpublish_article(
    app: Data<App>,
    editor: Staff,
    path: Path<ArticlePath>,
    if_match: IfMatch,
) -> ApiResult<WithEtag<DeskArticle>> {
    change_all(&app, editor, path.id, if_match, take_down).await
}

/// Changes the states of an article's texts and answers the article as it is then.
async fn change_all(
    app: &App,
    editor: Staff,
    id: super::model::ArticleId,
    if_match: IfMatch,
    step: impl Fn(&mut Tx, &Article, &mut [Text], &Staff) -> Result<(), Problem> + Send + 'static,
) -> ApiResult<WithEtag<DeskArticle>> {
    let json = app
        .db
        .write(move |tx| {
            let (mut article, mut texts) = find_own(tx, id, &editor)?;
            if_match.check(article.version)?;
            let read = article.version;
            step(tx, &article, &mut texts, &editor)?;
            article.touch(tx.now());
            save(tx, &article, read)?;
            whole(tx, article, texts)
        })
        .await?;
    Ok(WithEtag {
        version: json.version,
        item: json,
    })
}

fn publish(
    tx: &mut Tx,
    article: &Article,
    texts: &mut [Text],
    request: &ArticlePublication,
    editor: &Staff,
) -> Result<(), Problem> {
    let ArticlePublication {
        langs,
        published_at,
    } = request;
    if langs.is_empty() {
        return Err(Problem::field("/langs", "expected at least one language"));
    }
    if published_at.is_some_and(|since| since > tx.now()) {
        return Err(StateError::Future.into());
    }
    check_read(article, texts, request)?;
    let mut refused: Option<Problem> = None;
    for text in texts.iter_mut() {
        let Some(wish) = langs.get(&text.lang) else {
            continue;
        };
        let done = publish_one(tx, article, text, &wish.since(*published_at), editor);
        let Err(problem) = done else { continue };
        let place = format!("/langs/{}", text.lang);
        let problem = problem.below(&place).pointing_at(&place);
        refused = match refused {
            _ if !is_told_with_others(&problem) => return Err(problem),
            None => Some(problem),
            Some(first) => Some(first.and(problem)),
        };
    }
    match refused {
        Some(problem) => Err(problem),
        None => translations::tell_readers_of_all(tx, article.id, texts),
    }
}

impl TextPublication {
    fn since(&self, published_at: Option<Instant>) -> Publication {
        Publication {
            confirm_quotes: self.confirm_quotes.clone(),
            correction_note: self.correction_note.clone(),
            published_at,
        }
    }
}

/// Refuses languages that are not there, and texts that were saved since they were read.
fn check_read(
    article: &Article,
    texts: &[Text],
    request: &ArticlePublication,
) -> Result<(), Problem> {
    let mut newer = Vec::new();
    for (lang, wish) in &request.langs {
        let text = texts.iter().find(|text| text.lang == *lang);
        let place = format!("/langs/{lang}");
        let Some(text) = text else {
            let missing = "the article has no text in this language";
            return Err(Problem::field(place, missing));
        };
        if text.version != i64::from(wish.version) {
            let detail = format!("The present version is {}.", text.version);
            newer.push(FieldError::at(format!("{place}/version"), "stale", detail));
        }
    }
    match newer.is_empty() {
        true => Ok(()),
        false => Err(
            Problem::new(Code::Stale, "A text was changed since you read it.")
                .with_header(actix_web::http::header::ETAG, &of_version(article.version))
                .with_errors(newer),
        ),
    }
}

fn publish_one(
    tx: &mut Tx,
    article: &Article,
    text: &mut Text,
    wish: &Publication,
    editor: &Staff,
) -> Result<(), Problem> {
    let read = text.version;
    publishing::publish_one(tx, article, text, wish, editor)?;
    check_saved(texts::save(tx, text, read)?, read)
}

/// What an editor can mend; anything else ends the transaction at once.
fn is_told_with_others(problem: &Problem) -> bool {
    matches!(
        problem.code(),
        Code::PublishGate | Code::SourceExposed | Code::InvalidField | Code::WrongState
    )
}

fn take_down(
    tx: &mut Tx,
    article: &Article,
    texts: &mut [Text],
    editor: &Staff,
) -> Result<(), Problem> {
    let mut shown = texts
        .iter_mut()
        .filter(|text| text.is_published())
        .peekable();
    if shown.peek().is_none() {
        return Err(Problem::new(
            Code::WrongState,
            "None of its texts is published.",
        ));
    }
    for text in shown {
        let read = text.version;
        publishing::unpublish_one(tx, article, text, editor)?;
        check_saved(texts::save(tx, text, read)?, read)?;
    }
    translations::tell_readers_of_all(tx, article.id, texts)
}
