//! Words that readers have read change only with a word to them; what is no change needs none.

use serde_json::{Value, json};

use super::{Scene, last_change};
use crate::support::id_of;

const GLAD: &str = "A resident was very glad of it.";

impl Scene {
    /// One quote that readers have seen, in the manner given.
    async fn published_in(manner: &str) -> Self {
        let quote =
            json!({"unnamed": "a resident", "manner": manner, "text": "was very glad of it"});
        let scene = Self::with(json!([quote])).await;
        scene.publish(json!({})).await.expect(200);
        scene
    }

    async fn confirming(&self) -> Value {
        json!({"confirm_quotes": [id_of(&self.quote().await)]})
    }
}

#[actix_web::test]
async fn words_that_change_in_the_text_need_a_note_even_if_the_quote_is_confirmed() {
    let scene = Scene::published_in("direct").await;
    scene.save("A resident was very sad of it.").await;
    let mut how = scene.confirming().await;
    let refused = scene.publish(how.clone()).await;
    refused.problem("invalid-field", 422).at("/correction_note");
    how["correction_note"] = json!("The resident was sad.");
    scene.publish(how.clone()).await.expect(200);
    let read = scene.read().await;
    let correction = &read["corrections"][0];
    assert_eq!(correction["quotes"], json!([read["quotes"][0]["id"]]));
    assert_eq!(
        (&correction["from_revision"], &correction["to_revision"]),
        (&json!(1), &json!(2))
    );
    let gone_and_changed = correction["blocks"].as_array().expect("blocks");
    assert!(
        gone_and_changed.contains(&read["body"][0]["_key"]),
        "{read}"
    );

    // The same doubt once more is no change.
    scene
        .save("A resident was very sad of it.\n\nThe end.")
        .await;
    scene.publish(scene.confirming().await).await.expect(200);
    // The words as they were are one.
    scene.save(GLAD).await;
    let back = scene.publish(json!({})).await;
    back.problem("invalid-field", 422).at("/correction_note");
}

#[actix_web::test]
async fn another_form_or_place_of_the_words_needs_no_note() {
    let scene = Scene::published_in("direct").await;
    for body in [
        "A resident was VERY glad of it.",
        "The end.\n\nA resident was very glad of it.",
        "A resident was very glad\n\nof it.",
        GLAD,
    ] {
        scene.save(body).await;
        let published = scene.publish(json!({})).await;
        assert_eq!(published.status, 200, "{body}: {published}");
    }
    assert_eq!(scene.read().await["corrections"], json!([]));
}

#[actix_web::test]
async fn only_direct_quotes_ask_for_a_note() {
    for (manner, asked) in [("direct", true), ("mixed", false), ("indirect", false)] {
        let scene = Scene::published_in(manner).await;
        scene.save("A resident was very sad of it.").await;
        let how = scene.confirming().await;
        let published = scene.publish(how).await;
        assert_eq!(published.status == 422, asked, "{manner}: {published}");
    }
}

#[actix_web::test]
async fn a_direct_quote_that_is_taken_out_is_missed_only_with_its_words() {
    for (body, asked) in [(GLAD, false), ("Nothing is left.", true)] {
        let scene = Scene::published_in("direct").await;
        let quote = scene.quote().await;
        let etag = scene.text().await.etag();
        let path = format!("/v1/desk/quotes/{}", id_of(&quote));
        let deleting = scene.app.as_editor().delete(&path).if_match(&etag);
        deleting.await.expect(204);
        scene.save(body).await;
        let published = scene.publish(json!({})).await;
        assert_eq!(published.status == 422, asked, "{body}: {published}");
    }
}

#[actix_web::test]
async fn a_note_about_nothing_and_a_confirmation_of_nothing_are_refused() {
    let scene = Scene::glad().await;
    let first = json!({"correction_note": "It was always right."});
    let first = scene.publish(first).await;
    first.problem("invalid-field", 422).at("/correction_note");
    let other = json!({"confirm_quotes": [scene.id]});
    let other = scene.publish(other).await;
    other.problem("invalid-field", 422).at("/confirm_quotes/0");
    scene.publish(scene.confirming().await).await.expect(200);
    let change = last_change(&scene.app.as_editor()).await;
    assert_eq!(change["detail"]["confirmed_quotes"], json!([]));
}

#[actix_web::test]
async fn the_log_tells_who_confirmed_which_quote() {
    let scene = Scene::glad().await;
    scene.save("Nothing is left.").await;
    let how = scene.confirming().await;
    scene.publish(how.clone()).await.expect(200);
    let change = last_change(&scene.app.as_editor()).await;
    assert_eq!(change["action"], "published");
    assert_eq!(change["detail"]["confirmed_quotes"], how["confirm_quotes"]);
    let editor = scene.app.people.editor.user.id.to_string();
    assert!(change.to_string().contains(&editor), "{change}");
}
