//! Every operation, signed out and as each role, against the one table of rights.

use newsline::auth::rights::{Caller, right_of};
use newsline::auth::{Right, Role};
use serde_json::json;

use crate::support::contract::{Operation, operations};
use crate::support::{Answer, Client, TestApp};

/// Asks with nothing in hand: whoever may come in hears of a missing body or version, and nothing
/// is changed.
async fn knock(client: &Client, operation: &Operation) -> Answer {
    client
        .request(operation.method.clone(), &operation.filled_path())
        .await
}

/// Asks in every spelling of the address: which right is needed hangs on what is run. Logging out
/// ends the sign-in, so that is done once.
async fn knock_in_all_spellings(client: &Client, operation: &Operation) -> Vec<Answer> {
    let mut answers = Vec::new();
    if operation.id != "log_out" {
        for path in operation.other_spellings() {
            answers.push(client.request(operation.method.clone(), &path).await);
        }
    }
    answers.push(knock(client, operation).await);
    answers
}

/// All operations, logging out last: it ends the sign-in that the others need.
fn in_turn() -> Vec<Operation> {
    let mut operations = operations();
    operations.sort_by_key(|operation| operation.id == "log_out");
    operations
}

#[actix_web::test]
async fn signed_out_only_the_open_operations_answer() {
    let app = TestApp::start().await;
    for operation in in_turn() {
        for answer in knock_in_all_spellings(&app.anonymous(), &operation).await {
            let turned_away = answer.json["code"] == "not-signed-in";
            assert_eq!(
                turned_away,
                right_of(&operation.id).is_some(),
                "{}: {answer}",
                operation.id
            );
            assert!(!turned_away || answer.status == 401, "{answer}");
        }
    }
}

#[actix_web::test]
async fn each_role_may_do_what_the_table_of_rights_says() {
    let app = TestApp::start().await;
    for operation in in_turn() {
        for role in Role::ALL.iter().copied() {
            let allowed = right_of(&operation.id).is_none_or(|right| role.has(right));
            for answer in knock_in_all_spellings(&app.as_role(role), &operation).await {
                // A guest's own review asks for another token than those of the newsroom.
                let turned_away =
                    matches!(answer.status, 401 | 403) && answer.json["code"] != "bad-token";
                assert_eq!(turned_away, !allowed, "{role}, {}: {answer}", operation.id);
                assert!(allowed || answer.json["code"] == "forbidden", "{answer}");
            }
        }
    }
}

/// A key of a tool, made by the admin.
async fn key(app: &TestApp, role: Role, read_only: bool) -> Client {
    let new = json!({"name": "Wire bridge", "role": role, "read_only": read_only});
    let made = app
        .as_admin()
        .post("/v1/desk/api-keys", new)
        .await
        .expect(201);
    app.anonymous()
        .bearing(made.json["token"].as_str().expect("a token"))
}

#[actix_web::test]
async fn an_api_key_may_do_what_its_role_says_but_keep_accounts() {
    let app = TestApp::start().await;
    for role in [Role::Contributor, Role::Editor, Role::Moderator] {
        for read_only in [false, true] {
            let client = key(&app, role, read_only).await;
            let caller = Caller::Key { role, read_only };
            for operation in in_turn() {
                let answer = knock(&client, &operation).await;
                let method = operation.method.as_str().parse().expect("a method");
                let allowed =
                    right_of(&operation.id).is_none_or(|right| caller.may(right, &method));
                let turned_away =
                    matches!(answer.status, 401 | 403) && answer.json["code"] != "bad-token";
                let id = &operation.id;
                assert_eq!(turned_away, !allowed, "{caller:?}, {id}: {answer}");
                assert!(allowed || answer.json["code"] == "forbidden", "{answer}");
            }
        }
    }
}

#[test]
fn a_key_never_keeps_accounts_and_a_read_only_one_never_writes() {
    let may = |right, role, read_only, method: &str| {
        let method = method.parse().expect("a method");
        Caller::Key { role, read_only }.may(right, &method)
    };
    for role in Role::ALL.iter().copied() {
        assert!(!may(Right::Administer, role, false, "GET"), "{role}");
        assert!(!may(Right::Oneself, role, false, "POST"), "{role}");
        assert!(may(Right::SignedIn, role, true, "GET"), "{role}");
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            assert!(!may(Right::SignedIn, role, true, method), "{role} {method}");
        }
    }
    assert!(may(Right::Edit, Role::Editor, false, "PUT"));
    assert!(!may(Right::Edit, Role::Contributor, false, "PUT"));
}

#[actix_web::test]
async fn a_stranger_hears_of_the_sign_in_before_anything_else() {
    let app = TestApp::start().await;
    for operation in in_turn()
        .into_iter()
        .filter(|operation| right_of(&operation.id).is_some())
    {
        let asking = app.anonymous().request(
            operation.method.clone(),
            &format!("{}?unknown=1", operation.filled_path()),
        );
        let asking = asking
            .header("content-type", "text/plain")
            .header("if-match", "nonsense")
            .body("{");
        asking.await.problem("not-signed-in", 401);
    }
}

#[actix_web::test]
async fn only_an_admin_changes_the_site() {
    let app = TestApp::start().await;
    let change = |client: Client| {
        client
            .patch("/v1/desk/site", json!({"name": "Xəbər"}))
            .if_match("\"1\"")
    };
    for client in [app.as_contributor(), app.as_moderator(), app.as_editor()] {
        change(client).await.problem("forbidden", 403);
    }
    change(app.anonymous()).await.problem("not-signed-in", 401);
    change(app.as_admin()).await.expect(200);
}

#[test]
fn a_moderator_is_no_editor_and_an_editor_no_admin() {
    let rights = |role: Role| {
        let all = [
            Right::SignedIn,
            Right::Write,
            Right::Edit,
            Right::Moderate,
            Right::Administer,
        ];
        all.map(|right| role.has(right))
    };
    assert_eq!(rights(Role::Contributor), [true, true, false, false, false]);
    assert_eq!(rights(Role::Editor), [true, true, true, true, false]);
    assert_eq!(rights(Role::Moderator), [true, false, false, true, false]);
    assert_eq!(rights(Role::Admin), [true; 5]);
}
