//! HTTP as its specifications say, where the framework by itself would answer otherwise.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::contract::operations;
use crate::support::{Answer, Client, TestApp};

/// The names in a header that is a list.
fn list(answer: &Answer, header: &str) -> Vec<String> {
    let mut names: Vec<String> = answer
        .header(header)
        .unwrap_or_default()
        .split(',')
        .map(|name| name.trim().to_lowercase())
        .collect();
    names.sort();
    names
}

fn patch_site(client: &Client, patch: Value) -> crate::support::Request {
    client.patch("/v1/desk/site", patch).if_match("\"1\"")
}

mod methods {
    use super::*;

    #[actix_web::test]
    async fn head_answers_as_get_does_but_without_a_body() {
        let app = TestApp::start().await;
        for operation in operations()
            .into_iter()
            .filter(|operation| operation.method == Method::GET)
        {
            let path = operation.filled_path();
            let (got, head) = (
                app.as_admin().get(&path).await,
                app.as_admin().head(&path).await,
            );
            assert_eq!((head.status, head.bytes.len()), (got.status, 0), "{head}");
            for name in [
                "content-type",
                "etag",
                "cache-control",
                "vary",
                "content-language",
            ] {
                assert_eq!(head.header(name), got.header(name), "{name} of {path}");
            }
        }
    }

    #[actix_web::test]
    async fn an_unknown_address_is_a_problem() {
        let app = TestApp::start().await;
        for path in [
            "/",
            "/nothing",
            "/v1",
            "/v1/",
            "/v1/site/",
            "/v1/site/more",
            "/v2/site",
            "/v1//site",
            "/V1/site",
        ] {
            let answer = app.anonymous().get(path).await.problem("not-found", 404);
            assert_eq!(
                answer.header("cache-control"),
                Some("public, max-age=15"),
                "{path}"
            );
        }
        let below_the_desk = app
            .anonymous()
            .get("/v1/desk/nothing")
            .await
            .problem("not-found", 404);
        assert_eq!(
            below_the_desk.header("cache-control"),
            Some("private, no-store")
        );
    }

    #[actix_web::test]
    async fn another_method_is_told_which_ones_there_are() {
        let app = TestApp::start().await;
        for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"] {
            let asking = app
                .anonymous()
                .request(method.parse().expect("a method"), "/v1/site");
            let answer = asking.await.problem("method-not-allowed", 405);
            assert_eq!(
                list(&answer, "allow"),
                ["get", "head", "options"],
                "{method}"
            );
        }
        let answer = app
            .as_admin()
            .delete("/v1/desk/site")
            .await
            .problem("method-not-allowed", 405);
        assert_eq!(list(&answer, "allow"), ["get", "head", "options", "patch"]);
    }

    #[actix_web::test]
    async fn options_lists_the_methods() {
        let app = TestApp::start().await;
        let answer = app
            .anonymous()
            .request(Method::OPTIONS, "/v1/desk/site")
            .await
            .expect(204);
        assert_eq!(list(&answer, "allow"), ["get", "head", "options", "patch"]);
        app.anonymous()
            .request(Method::OPTIONS, "/v1/nothing")
            .await
            .problem("not-found", 404);
    }
}

mod bodies {
    use super::*;

    fn post(app: &TestApp, media_type: &str, body: &str) -> crate::support::Request {
        let posting = app.anonymous().request(Method::POST, "/v1/auth/tokens");
        posting
            .header("content-type", media_type)
            .body(body.to_owned())
    }

    #[actix_web::test]
    async fn a_body_of_another_type_is_refused_with_the_types_that_are_taken() {
        let app = TestApp::start().await;
        for media_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "",
            "json",
        ] {
            let answer = post(&app, media_type, "{}")
                .await
                .problem("unsupported-media-type", 415);
            assert_eq!(answer.header("accept"), Some("application/json"));
        }
        let bare = app
            .anonymous()
            .request(Method::POST, "/v1/auth/tokens")
            .body("{}");
        bare.await.problem("unsupported-media-type", 415);
        post(&app, "Application/JSON; charset=utf-8", "{}")
            .await
            .problem("invalid-field", 422);
    }

    #[actix_web::test]
    async fn a_patch_may_be_a_merge_patch_or_plain_json() {
        let app = TestApp::start().await;
        let patch = |media_type: &str, version: &str| {
            let patching = app
                .as_admin()
                .request(Method::PATCH, "/v1/desk/site")
                .if_match(version);
            patching
                .header("content-type", media_type)
                .body(r#"{"name": "Xəbər"}"#)
        };
        patch("application/merge-patch+json", "\"1\"")
            .await
            .expect(200);
        patch("application/json", "\"2\"").await.expect(200);
        patch("application/json-patch+json", "\"3\"")
            .await
            .problem("unsupported-media-type", 415);
    }

    #[actix_web::test]
    async fn what_is_no_json_is_a_400_and_what_does_not_fit_a_422() {
        let app = TestApp::start().await;
        for body in [
            "",
            "{",
            "{'a': 1}",
            "{\"email\": \"a@b.az\",}",
            "nul",
            "{} {}",
            "\u{feff}{}",
            "{\"a\": NaN}",
        ] {
            post(&app, "application/json", body)
                .await
                .problem("invalid-json", 400);
        }
        for body in [
            "null",
            "[]",
            "1",
            "\"email\"",
            "{}",
            r#"{"email": 1, "password": 2}"#,
        ] {
            post(&app, "application/json", body)
                .await
                .problem("invalid-field", 422);
        }
        let not_utf8 = app.anonymous().request(Method::POST, "/v1/auth/tokens");
        let not_utf8 = not_utf8
            .header("content-type", "application/json")
            .body(vec![b'"', 0xff, b'"']);
        not_utf8.await.problem("invalid-json", 400);
    }

    #[actix_web::test]
    async fn a_wrong_field_is_pointed_at() {
        let app = TestApp::start().await;
        let admin = app.as_admin();
        let wrong = [
            (json!({"title": "Bakı"}), "/title"),
            (json!({"version": 7}), "/version"),
            (json!({"name": null}), "/name"),
            (json!({"name": "two\nlines"}), "/name"),
            (json!({"name": ""}), "/name"),
            (json!({"name": "a".repeat(101)}), "/name"),
            (
                json!({"languages": ["az", "not a language"]}),
                "/languages/1",
            ),
            (
                json!({"social": [{"network": "telegram", "url": "javascript:alert(1)"}]}),
                "/social/0/url",
            ),
            (
                json!({"social": [{"network": "x", "url": "https://x.az", "icon": 1}]}),
                "/social/0/icon",
            ),
            (json!({"a/b~c": 1}), "/a~1b~0c"),
        ];
        for (patch, pointer) in wrong {
            patch_site(&admin, patch)
                .await
                .problem("invalid-field", 422)
                .at(pointer);
        }
        assert_eq!(admin.get("/v1/desk/site").await.expect(200).etag(), "\"1\"");
    }

    #[actix_web::test]
    async fn nul_is_refused_everywhere() {
        let app = TestApp::start().await;
        let admin = app.as_admin();
        patch_site(&admin, json!({"name": "a\0b"}))
            .await
            .problem("invalid-field", 422)
            .at("/name");
        patch_site(&admin, json!({"a\0b": 1}))
            .await
            .problem("invalid-field", 422);
        let deep = json!({"social": [{"network": "a\0", "url": "https://a.az"}]});
        patch_site(&admin, deep)
            .await
            .problem("invalid-field", 422)
            .at("/social/0/network");
    }

    #[actix_web::test]
    async fn bottomless_nesting_is_refused() {
        let app = TestApp::start().await;
        for depth in [65, 127, 128, 100_000] {
            let body = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            let answer = post(&app, "application/json", &body).await;
            assert!(matches!(answer.status, 400 | 422), "{depth}: {answer}");
        }
    }

    #[actix_web::test]
    async fn a_body_beyond_one_mebibyte_is_refused() {
        let app = TestApp::start().await;
        let announced = ["Content-Type: application/json", "Content-Length: 1048577"];
        let answer = app
            .anonymous()
            .raw("POST /v1/auth/tokens HTTP/1.1", &announced, b"")
            .await;
        answer.problem("too-large", 413);

        let size = 1024 * 1024 + 1;
        let chunked = [
            "Content-Type: application/json",
            "Transfer-Encoding: chunked",
        ];
        let body = [
            format!("{size:x}\r\n").into_bytes(),
            vec![b' '; size],
            b"\r\n0\r\n\r\n".to_vec(),
        ]
        .concat();
        let answer = app
            .anonymous()
            .raw("POST /v1/auth/tokens HTTP/1.1", &chunked, &body)
            .await;
        answer.problem("too-large", 413);

        let filled = format!(
            r#"{{"email": "a@b.az", "password": "x"}}{}"#,
            " ".repeat(1024 * 1024 - 36)
        );
        assert_eq!(filled.len(), 1024 * 1024);
        post(&app, "application/json", &filled)
            .await
            .problem("bad-credentials", 401);
    }
}

mod queries {
    use super::*;

    #[actix_web::test]
    async fn an_unknown_parameter_is_named() {
        let app = TestApp::start().await;
        app.anonymous()
            .get("/v1/site?lang=az")
            .await
            .problem("unknown-parameter", 400)
            .at("lang");
        app.as_admin()
            .get("/v1/desk/changes?after=0&befor=9")
            .await
            .problem("unknown-parameter", 400)
            .at("befor");
        app.anonymous().get("/v1/site?").await.expect(200);
    }

    #[actix_web::test]
    async fn a_parameter_counts_once_and_is_utf8() {
        let app = TestApp::start().await;
        let changes = |query: &str| app.as_admin().get(&format!("/v1/desk/changes?{query}"));
        changes("after=1&after=2")
            .await
            .problem("invalid-parameter", 400)
            .at("after");
        changes("after=%FF")
            .await
            .problem("invalid-parameter", 400)
            .at("after");
        changes("after=%00")
            .await
            .problem("invalid-parameter", 400)
            .at("after");
        changes("after=")
            .await
            .problem("invalid-parameter", 400)
            .at("after");
        changes("after=9223372036854775808")
            .await
            .problem("invalid-parameter", 400)
            .at("after");
        changes("after=9223372036854775807").await.expect(200);
    }
}

mod addresses {
    use super::*;

    #[actix_web::test]
    async fn what_a_path_decodes_to_is_never_more_than_one_name() {
        let app = TestApp::start().await;
        for path in [
            "/problems/..%2Fv1%2Fsite",
            "/problems/%2e%2e",
            "/problems/../v1/site",
            "/problems/%2e%2e/v1/site",
            "/problems/stale%00",
            "/problems/%FF",
            "/problems/%C0%AE",
            "/problems/%",
            "/problems/%zz",
            "/problems/stale%2F",
            "/problems/%EF%BF%BD",
            "/docs/..%2f..%2fCargo.toml",
            "/docs/../Cargo.toml",
        ] {
            let answer = app
                .anonymous()
                .raw(&format!("GET {path} HTTP/1.1"), &[], b"")
                .await;
            assert!(matches!(answer.status, 400 | 404), "{answer}");
            assert_eq!(
                answer.header("content-type"),
                Some("application/problem+json"),
                "{answer}"
            );
        }
    }

    #[actix_web::test]
    async fn the_host_header_is_never_believed() {
        let app = TestApp::start().await;
        for path in ["/v1/site", "/openapi.json", "/docs", "/v1/nothing"] {
            let answer = app
                .anonymous()
                .get(path)
                .header("host", "elsewhere.example")
                .await;
            assert!(!answer.to_string().contains("elsewhere"), "{answer}");
        }
    }

    #[actix_web::test]
    async fn what_each_problem_means_can_be_looked_up() {
        let app = TestApp::start().await;
        let problem = app
            .anonymous()
            .get("/nothing")
            .await
            .problem("not-found", 404);
        let meaning = app
            .anonymous()
            .get(problem.json["type"].as_str().expect("an address"))
            .await
            .expect(200);
        assert_eq!(meaning.json["status"], 404);
        assert_eq!(meaning.json["title"], problem.json["title"]);
    }
}

mod sharing {
    use super::*;

    const DESK: &str = "https://desk.example.az";

    #[actix_web::test]
    async fn any_page_may_read_what_readers_read() {
        let app = TestApp::start().await;
        for path in ["/v1/site", "/v1/nothing"] {
            let answer = app
                .anonymous()
                .get(path)
                .header("origin", "https://anywhere.example")
                .await;
            assert_eq!(
                answer.header("access-control-allow-origin"),
                Some("*"),
                "{answer}"
            );
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            assert!(list(&answer, "access-control-expose-headers").contains(&"etag".to_owned()));
            assert!(
                !list(&answer, "vary").contains(&"origin".to_owned()),
                "{answer}"
            );
        }
    }

    #[actix_web::test]
    async fn only_configured_pages_may_call_the_desk() {
        let app = TestApp::with([(
            "NEWSLINE_DESK_ORIGINS",
            "https://other.example.az, https://desk.example.az/",
        )])
        .await;
        for (origin, allowed) in [
            (DESK, Some(DESK)),
            ("https://anywhere.example", None),
            ("null", None),
        ] {
            for path in ["/v1/desk/me", "/v1/desk/nothing"] {
                let answer = app.as_editor().get(path).header("origin", origin).await;
                assert_eq!(
                    answer.header("access-control-allow-origin"),
                    allowed,
                    "{answer}"
                );
                assert!(
                    list(&answer, "vary").contains(&"origin".to_owned()),
                    "{answer}"
                );
            }
        }
    }

    #[actix_web::test]
    async fn a_preflight_is_answered_for_both_doors() {
        let app = TestApp::with([("NEWSLINE_DESK_ORIGINS", DESK)]).await;
        let preflight = |path: &str, origin: &str| {
            let asking = app
                .anonymous()
                .request(Method::OPTIONS, path)
                .header("origin", origin);
            asking
                .header("access-control-request-method", "PATCH")
                .header(
                    "access-control-request-headers",
                    "authorization, if-match, content-type",
                )
        };
        let desk = preflight("/v1/desk/site", DESK).await.expect(204);
        assert_eq!(desk.header("access-control-allow-origin"), Some(DESK));
        assert!(list(&desk, "access-control-allow-methods").contains(&"patch".to_owned()));
        for name in [
            "authorization",
            "if-match",
            "content-type",
            "idempotency-key",
        ] {
            assert!(
                list(&desk, "access-control-allow-headers").contains(&name.to_owned()),
                "{name}"
            );
        }
        let stranger = preflight("/v1/desk/site", "https://anywhere.example").await;
        assert_eq!(stranger.header("access-control-allow-origin"), None);
        let reader = preflight("/v1/site", "https://anywhere.example")
            .await
            .expect(204);
        assert_eq!(reader.header("access-control-allow-origin"), Some("*"));
    }
}

mod request_ids {
    use super::*;

    #[actix_web::test]
    async fn a_sane_request_id_comes_back() {
        let app = TestApp::start().await;
        for id in ["a", "trace-1.B_2", &"x".repeat(128)] {
            let answer = app
                .anonymous()
                .get("/nothing")
                .header("x-request-id", id)
                .await
                .problem("not-found", 404);
            assert_eq!(answer.header("x-request-id"), Some(id));
        }
    }

    #[actix_web::test]
    async fn any_other_is_replaced() {
        let app = TestApp::start().await;
        let long = "x".repeat(129);
        for id in ["", "a b", "<script>", "a;b", "ə", long.as_str()] {
            let answer = app
                .anonymous()
                .get("/v1/site")
                .header("x-request-id", id)
                .await
                .expect(200);
            let made = answer.header("x-request-id").expect("an id");
            assert!(uuid::Uuid::try_parse(made).is_ok(), "{made} for {id}");
        }
    }
}

mod versions {
    use super::*;

    #[actix_web::test]
    async fn a_change_without_a_version_is_refused_with_428() {
        let app = TestApp::start().await;
        let answer = app
            .as_admin()
            .patch("/v1/desk/site", json!({"name": "Xəbər"}))
            .await;
        answer.problem("precondition-required", 428);
    }

    #[actix_web::test]
    async fn a_stale_edit_is_refused_with_412_and_the_present_version() {
        let app = TestApp::start().await;
        let first = patch_site(&app.as_admin(), json!({"name": "Birinci"}))
            .await
            .expect(200);
        assert_eq!(first.etag(), "\"2\"");

        let second = patch_site(&app.as_admin(), json!({"name": "İkinci"}))
            .await
            .problem("stale", 412);

        assert_eq!(second.etag(), "\"2\"");
        let site = app.as_admin().get("/v1/desk/site").await.expect(200);
        assert_eq!(
            (site.json["name"].as_str(), site.etag().as_str()),
            (Some("Birinci"), "\"2\"")
        );
    }

    #[actix_web::test]
    async fn of_many_edits_of_one_version_one_wins() {
        let app = TestApp::start().await;
        let admin = app.as_admin();
        let edits = (0..16)
            .map(|nth| patch_site(&admin, json!({"name": format!("Ad {nth}")})).into_future());
        let answers = futures_util::future::join_all(edits).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort();
        assert_eq!(statuses, [vec![200], vec![412; 15]].concat());
    }

    #[actix_web::test]
    async fn if_match_takes_lists_and_a_star_but_no_weak_tag_and_no_nonsense() {
        let app = TestApp::start().await;
        let patch = |tag: &str| {
            app.as_admin()
                .patch("/v1/desk/site", json!({"name": "Xəbər"}))
                .if_match(tag)
        };
        patch("W/\"1\"").await.problem("stale", 412);
        patch("1").await.problem("invalid-header", 400);
        patch("\"").await.problem("invalid-header", 400);
        patch("\"9\", \"1\"").await.expect(200);
        patch("*").await.expect(200);
    }

    #[actix_web::test]
    async fn what_the_client_has_already_is_not_sent_again() {
        let app = TestApp::start().await;
        for (client, path) in [
            (app.anonymous(), "/v1/site"),
            (app.anonymous(), "/openapi.json"),
            (app.anonymous(), "/problems/stale"),
            (app.as_admin(), "/v1/desk/site"),
        ] {
            let first = client.get(path).await.expect(200);
            for tag in [
                first.etag(),
                format!("\"other\", W/{}", first.etag()),
                "*".to_owned(),
            ] {
                let again = client
                    .get(path)
                    .header("if-none-match", &tag)
                    .await
                    .expect(304);
                assert!(again.bytes.is_empty());
                for name in ["etag", "cache-control", "vary"] {
                    assert_eq!(again.header(name), first.header(name), "{name} of {path}");
                }
            }
            client
                .get(path)
                .header("if-none-match", "\"other\"")
                .await
                .expect(200);
        }
    }

    #[actix_web::test]
    async fn a_change_of_the_site_changes_what_readers_hold() {
        let app = TestApp::start().await;
        let before = app.anonymous().get("/v1/site").await.expect(200);
        patch_site(&app.as_admin(), json!({"name": "Xəbər"}))
            .await
            .expect(200);
        let after = app
            .anonymous()
            .get("/v1/site")
            .header("if-none-match", &before.etag())
            .await
            .expect(200);
        assert_ne!(before.etag(), after.etag());
    }
}

mod coding {
    use super::*;

    #[actix_web::test]
    async fn an_answer_is_compressed_as_the_client_likes() {
        let app = TestApp::start().await;
        let plain = app.anonymous().get("/openapi.json").await.expect(200);
        assert_eq!(plain.header("content-encoding"), None);
        for coding in ["br", "gzip", "zstd"] {
            let get = || {
                app.anonymous()
                    .get("/openapi.json")
                    .header("accept-encoding", coding)
            };
            let coded = get().await.expect(200);
            assert_eq!(coded.header("content-encoding"), Some(coding));
            assert_eq!(list(&coded, "vary"), ["accept-encoding"]);
            assert!(coded.bytes.len() * 2 < plain.bytes.len());

            let tag = format!("{}-{coding}\"", plain.etag().trim_end_matches('"'));
            assert_eq!(coded.etag(), tag);
            let again = get().header("if-none-match", &tag).await.expect(304);
            assert_eq!(again.etag(), tag);
            get()
                .header("if-none-match", &plain.etag())
                .await
                .expect(200);
        }
    }

    #[actix_web::test]
    async fn every_coding_holds_the_same_words() {
        let app = TestApp::start().await;
        let plain = app.anonymous().get("/openapi.json").await.expect(200);
        for coding in ["br", "gzip", "zstd"] {
            let decoded = app
                .anonymous()
                .decoding()
                .get("/openapi.json")
                .header("accept-encoding", coding);
            assert_eq!(decoded.await.expect(200).bytes, plain.bytes, "{coding}");
        }
    }

    #[actix_web::test]
    async fn the_desk_has_one_version_under_every_coding() {
        let app = TestApp::start().await;
        let plain = app.as_admin().get("/v1/desk/site").await.expect(200);
        let coded = app
            .as_admin()
            .get("/v1/desk/site")
            .header("accept-encoding", "gzip")
            .await
            .expect(200);
        assert_eq!(coded.header("content-encoding"), Some("gzip"));
        assert_eq!(coded.etag(), plain.etag());
    }

    #[actix_web::test]
    async fn a_problem_survives_compression() {
        let app = TestApp::start().await;
        for coding in [
            "br",
            "gzip",
            "zstd",
            "identity",
            "*",
            "identity;q=0, *;q=0",
            "nonsense",
        ] {
            let asking = app
                .anonymous()
                .decoding()
                .get("/nothing")
                .header("accept-encoding", coding);
            asking.await.problem("not-found", 404);
        }
    }
}

mod headers {
    use super::*;

    #[actix_web::test]
    async fn every_answer_carries_what_browsers_need() {
        let app = TestApp::start().await;
        let answers = [
            app.anonymous().get("/v1/site").await,
            app.anonymous().get("/nothing").await,
            app.anonymous().request(Method::OPTIONS, "/v1/site").await,
            app.as_admin().get("/v1/desk/me").await,
            app.anonymous().post("/v1/auth/tokens", json!({})).await,
        ];
        for answer in answers {
            assert_eq!(
                answer.header("x-content-type-options"),
                Some("nosniff"),
                "{answer}"
            );
            assert_eq!(
                answer.header("referrer-policy"),
                Some("no-referrer"),
                "{answer}"
            );
            assert!(answer.header("x-request-id").is_some(), "{answer}");
        }
    }

    #[actix_web::test]
    async fn nothing_of_the_desk_is_kept_and_what_readers_get_is() {
        let app = TestApp::start().await;
        for answer in [
            app.as_admin().get("/v1/desk/me").await,
            app.anonymous().get("/v1/desk/me").await,
            app.as_admin()
                .get("/v1/desk/site")
                .header("if-none-match", "*")
                .await,
        ] {
            assert_eq!(
                answer.header("cache-control"),
                Some("private, no-store"),
                "{answer}"
            );
        }
        let site = app.anonymous().get("/v1/site").await.expect(200);
        let kept =
            "public, max-age=15, s-maxage=60, stale-while-revalidate=60, stale-if-error=3600";
        assert_eq!(site.header("cache-control"), Some(kept));
        assert_eq!(site.header("surrogate-key"), Some("site"));
        assert!(site.header("last-modified").is_some());
    }
}
