//! What holds for every cursor, and for everything that is none.

use actix_web::test::TestRequest;
use proptest::prelude::*;

use super::*;

type Key = (i64, String);

fn pager(list: &str, cursor: Option<&str>) -> Result<Pager<Key>, Problem> {
    let paging = Paging {
        limit: 20,
        cursor: cursor.map(str::to_owned),
        count: false,
    };
    let request = TestRequest::with_uri(list).to_http_request();
    Pager::new(&request, &CursorKey::new([7; 32]), paging)
}

fn code(list: &str, cursor: &str) -> Option<Code> {
    pager(list, Some(cursor))
        .err()
        .map(|problem| problem.code())
}

const LIST: &str = "/v1/articles?lang=az";

/// The cursor to what comes after, or before, a key.
fn cursor(key: &Key, back: bool) -> String {
    let (next, prev) = match back {
        true => (None, Some(key.clone())),
        false => (Some(key.clone()), None),
    };
    let page = pager(LIST, None).unwrap().framed(vec![()], next, prev).page;
    page.next.or(page.prev).unwrap()
}

proptest! {
    #[test]
    fn a_cursor_comes_back_as_what_it_was_made_of(key in any::<Key>(), back: bool) {
        let at = pager(LIST, Some(&cursor(&key, back))).unwrap().at.unwrap();
        prop_assert_eq!((at.key, at.back), (key, back));
    }

    #[test]
    fn a_cursor_holds_for_one_list_and_one_secret(key in any::<Key>()) {
        let cursor = cursor(&key, false);
        for other in ["/v1/articles", "/v1/articles?lang=ru", "/v1/quotes?lang=az", "/v1/articles?lang=az&kind=news"] {
            prop_assert_eq!(code(other, &cursor), Some(Code::InvalidCursor));
        }
        let request = TestRequest::with_uri(LIST).to_http_request();
        let paging = Paging { limit: 20, cursor: Some(cursor), count: false };
        prop_assert!(Pager::<Key>::new(&request, &CursorKey::new([8; 32]), paging).is_err());
    }

    #[test]
    fn a_cursor_that_was_touched_is_refused(key in any::<Key>(), at: usize, letter in "[A-Za-z0-9_=.%-]") {
        let cursor = cursor(&key, false);
        let at = at % cursor.len();
        let touched = format!("{}{letter}{}", &cursor[..at], &cursor[at + 1..]);
        prop_assume!(touched != cursor);
        prop_assert_eq!(code(LIST, &touched), Some(Code::InvalidCursor));
        prop_assert_eq!(code(LIST, &cursor[..at]), Some(Code::InvalidCursor));
    }

    #[test]
    fn nothing_else_is_taken_for_a_cursor(text in "\\PC{0,80}", bytes in any::<Vec<u8>>()) {
        prop_assert_eq!(code(LIST, &text), Some(Code::InvalidCursor));
        prop_assert_eq!(code(LIST, &BASE64.encode(bytes)), Some(Code::InvalidCursor));
    }
}
