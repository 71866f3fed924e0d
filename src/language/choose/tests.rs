//! The look-up as a table, and what holds for every row that could stand in it.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;

/// asked | exist | chain | lang_fallback | served, or 406 | match | requested
///
/// `lang=…` is the parameter, `: …` the header, `-` neither.
const TABLE: &str = "
    # nothing asked: the first of the chain that exists
    -                            | az ru en    | az ru en | chain | az      | default  | -
    -                            | az ru en    | az ru en | none  | az      | default  | -
    -                            | az ru en    | az ru en | any   | az      | default  | -
    -                            | ru en       | az ru en | chain | ru      | default  | -
    -                            | en          | az ru en | none  | en      | default  | -
    -                            | en ru       | az ru en | chain | ru      | default  | -
    -                            | az ru en    | en az ru | chain | en      | default  | -
    -                            | tr          | az ru en | chain | tr      | default  | -
    -                            |             | az ru en | any   | 406     |          |

    # a header finds its language
    : az                         | az ru en    | az ru en | chain | az      | exact    | az
    : ru                         | az ru en    | az ru en | chain | ru      | exact    | ru
    : en                         | az ru en    | az ru en | none  | en      | exact    | en
    : EN                         | az ru en    | az ru en | chain | en      | exact    | en
    : ru, az                     | az en       | az ru en | chain | az      | exact    | ru az
    : en, ru, az                 | ru az       | az ru en | chain | ru      | exact    | en ru az
    : aze                        | az ru       | az ru en | chain | az      | exact    | az

    # by weight
    : en;q=0.5, ru               | az ru en    | az ru en | chain | ru      | exact    | ru en
    : az;q=0.1, ru;q=0.2, en;q=0.3 | az ru en  | az ru en | chain | en      | exact    | en ru az
    : az;q=0.1, ru;q=0.2, en;q=0.3 | az ru     | az ru en | chain | ru      | exact    | en ru az
    : ru;q=0.8, en;q=0.8         | az ru en    | az ru en | chain | ru      | exact    | ru en
    : en;q=0.8, ru;q=0.8         | az ru en    | az ru en | chain | en      | exact    | en ru
    : en;q=0.001                 | az ru en    | az ru en | chain | en      | exact    | en
    : fr, de;q=0.9, ru;q=0.1     | az ru en    | az ru en | chain | ru      | exact    | ru

    # a range is cut from its end
    : az-AZ                      | az ru en    | az ru en | chain | az      | range    | az
    : az-Latn                    | az ru en    | az ru en | chain | az      | range    | az
    : az-Latn-AZ                 | az ru en    | az ru en | chain | az      | range    | az
    : az-latn-az                 | az ru en    | az ru en | chain | az      | range    | az
    : en-GB-oxendict             | az ru en    | az ru en | chain | en      | range    | en
    : en-GB-oxendict             | az en en-GB | az en en-GB | chain | en-GB | range   | en-GB en
    : en-GB-oxendict             | az en       | az en en-GB | chain | en   | range    | en-GB en
    : en-GB                      | az en en-GB | az en en-GB | chain | en-GB | exact   | en-GB en
    : en-US,en-GB;q=0.9          | en-GB       | az en-GB | chain | en-GB   | exact    | en-GB
    : az-AZ,az;q=0.9,en-US;q=0.8,en;q=0.7 | az ru en | az ru en | chain | az | range   | az en
    : ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7 | az en | az ru en | chain | en   | range    | ru en
    : en-u-ca-buddhist           | az ru en    | az ru en | chain | en      | exact    | en
    : de-*-DE, ru-*-RU           | az ru en    | az ru en | chain | ru      | range    | ru

    # but a range is not widened
    : en                         | az en-GB    | az en-GB | chain | az      | fallback | -
    : en-US                      | az en-GB    | az en-GB | chain | az      | fallback | -
    lang=en                      | az en-GB    | az en-GB | none  | 406     |          |

    # the script must be the same
    : az-Cyrl                    | az ru en    | az ru en | chain | az      | fallback | -
    : az-Cyrl, ru;q=0.5          | az ru en    | az ru en | chain | ru      | exact    | ru
    : az-Cyrl                    | az az-Cyrl  | az az-Cyrl | chain | az-Cyrl | exact  | az-Cyrl
    : az-Cyrl-AZ                 | az az-Cyrl  | az az-Cyrl | chain | az-Cyrl | range  | az-Cyrl
    : az-Arab                    | az ru       | az ru en | chain | az      | fallback | -
    : az-IR                      | az ru       | az ru en | chain | az      | fallback | -
    : az                         | az-Cyrl     | az az-Cyrl | chain | az-Cyrl | fallback | az
    : ru-Latn                    | az ru       | az ru en | chain | az      | fallback | -
    : sr-Latn                    | sr          | sr       | chain | sr      | fallback | -
    : zh-TW                      | zh en       | en zh    | chain | en      | fallback | -
    : zh-TW                      | zh zh-Hant  | zh zh-Hant | chain | zh-Hant | range  | zh-Hant
    : zh-HK                      | zh zh-Hant  | zh zh-Hant | chain | zh-Hant | range  | zh-Hant
    : zh-CN                      | zh zh-Hant  | zh zh-Hant | chain | zh    | range    | zh
    : az                         | az-Latn en  | en az-Latn | chain | az-Latn | range  | az-Latn

    # any language, and languages that are not acceptable
    : *                          | az ru en    | az ru en | chain | az      | default  | -
    : *                          | ru en       | az ru en | none  | ru      | default  | -
    : fr, *;q=0.5                | az ru en    | az ru en | chain | az      | default  | -
    : ru, *;q=0.5                | az ru en    | az ru en | chain | ru      | exact    | ru
    : ru, *;q=0.5                | az en       | az ru en | chain | az      | default  | ru
    : *, ru;q=0.5                | az ru en    | az ru en | chain | ru      | exact    | ru
    : az;q=0                     | az ru en    | az ru en | chain | ru      | fallback | -
    : az;q=0, *                  | az ru en    | az ru en | chain | ru      | default  | -
    : az;q=0, ru;q=0             | az ru en    | az ru en | chain | en      | fallback | -
    : az;q=0                     | az          | az ru en | chain | az      | fallback | -
    : az;q=0                     | az          | az ru en | none  | az      | fallback | -
    : ru, en;q=0                 | az en       | az ru en | chain | az      | fallback | ru
    : en-GB, en;q=0              | az en       | az ru en | chain | az      | fallback | -
    : en-GB, en;q=0              | az en en-GB | az en en-GB | chain | en-GB | exact   | en-GB
    : en, en-GB;q=0              | en-GB az en | en-GB az en | chain | en   | exact    | en
    : ru, *;q=0                  | az en       | az ru en | chain | az      | fallback | ru

    # a header that matches nothing never refuses
    : fr                         | az ru en    | az ru en | chain | az      | fallback | -
    : fr                         | az ru en    | az ru en | none  | az      | fallback | -
    : fr                         | az ru en    | az ru en | any   | az      | fallback | -
    : fr-FR, de;q=0.5            | ru en       | az ru en | none  | ru      | fallback | -
    : ru                         | en          | az ru en | none  | en      | fallback | ru
    : fr                         | tr          | az ru en | none  | tr      | fallback | -
    : tr                         | tr az       | az ru en | chain | az      | fallback | -
    : fr                         |             | az ru en | any   | 406     |          |

    # what is no header says nothing
    : ???                        | az ru en    | az ru en | chain | az      | default  | -
    : az;q=7                     | ru en       | az ru en | chain | ru      | default  | -
    : ;;;,,=                     | az ru en    | az ru en | none  | az      | default  | -
    : ???, en;q=0.1              | az ru en    | az ru en | chain | en      | exact    | en

    # the parameter finds its language
    lang=az                      | az ru en    | az ru en | none  | az      | exact    | az
    lang=ru                      | az ru en    | az ru en | none  | ru      | exact    | ru
    lang=RU                      | az ru en    | az ru en | chain | ru      | exact    | ru
    lang=az-AZ                   | az ru en    | az ru en | none  | az      | range    | az
    lang=az-Latn                 | az ru en    | az ru en | none  | az      | range    | az
    lang=az-Latn-AZ              | az ru en    | az ru en | chain | az      | range    | az
    lang=ru,en                   | az ru en    | az ru en | none  | ru      | exact    | ru en
    lang=ru,en                   | az en       | az ru en | none  | en      | exact    | ru en
    lang=fr,en-GB,ru             | az ru en    | az ru en | none  | en      | range    | en ru
    lang=tr                      | az tr       | az ru en | none  | tr      | exact    | -

    # the parameter matches nothing: lang_fallback decides
    lang=fr                      | az ru en    | az ru en | none  | 406     |          |
    lang=fr                      | az ru en    | az ru en | chain | az      | fallback | -
    lang=fr                      | az ru en    | az ru en | any   | az      | fallback | -
    lang=ru                      | en          | az ru en | none  | 406     |          |
    lang=ru                      | en          | az ru en | chain | en      | fallback | ru
    lang=ru                      | en az       | az ru en | chain | az      | fallback | ru
    lang=ru                      | en az       | en ru az | chain | en      | fallback | ru
    lang=ru                      | tr          | az ru en | chain | 406     |          |
    lang=ru                      | tr          | az ru en | any   | tr      | fallback | ru
    lang=ru                      | tr en       | az ru en | any   | en      | fallback | ru
    lang=az-Cyrl                 | az ru en    | az ru en | none  | 406     |          |
    lang=az-Cyrl                 | az ru en    | az ru en | chain | az      | fallback | -
    lang=az-Cyrl                 | ru az       | ru az    | chain | ru      | fallback | -
    lang=az-Cyrl                 | az ru en    | az ru en | any   | az      | fallback | -
    lang=az-Cyrl,az              | az ru en    | az ru en | none  | az      | exact    | az
    lang=ru                      |             | az ru en | any   | 406     |          |
";

fn langs(text: &str) -> Vec<Lang> {
    text.split_whitespace()
        .map(|tag| tag.parse().unwrap())
        .collect()
}

fn asked(text: &str) -> Asked {
    if let Some(header) = text.strip_prefix(": ") {
        return Asked::new(None, Some(header));
    }
    Asked::new(
        text.strip_prefix("lang=").map(|lang| lang.parse().unwrap()),
        None,
    )
}

fn told(served: Option<Served>) -> String {
    let Some(served) = served else {
        return "406".to_owned();
    };
    let json = serde_json::to_value(&served).unwrap();
    let requested: Vec<&str> = served.requested.iter().map(Lang::as_str).collect();
    let requested = if requested.is_empty() {
        "-".to_owned()
    } else {
        requested.join(" ")
    };
    format!(
        "{} {} {requested}",
        served.lang,
        json["match"].as_str().unwrap()
    )
}

#[test]
fn each_row_of_the_table_holds() {
    let rows = TABLE
        .lines()
        .map(str::trim)
        .filter(|row| !row.is_empty() && !row.starts_with('#'));
    let mut count = 0;
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [ask, exist, chain, fallback, lang, r#match, requested] = cells[..] else {
            panic!("a row has seven cells: {row}")
        };
        let asked = asked(ask);
        let served = choose(
            &asked,
            &langs(exist),
            &langs(chain),
            fallback.parse().unwrap(),
        );
        let expected = format!("{lang} {} {requested}", r#match);
        assert_eq!(told(served), expected.trim(), "{row}");
        assert_eq!(asked.varies(), !ask.starts_with("lang="), "{row}");
        count += 1;
    }
    assert!(count >= 80, "{count} rows");
}

#[test]
fn an_answer_tells_what_it_did() {
    let site = langs("az ru en");
    let served = choose(&asked(": ru-RU, az;q=0.5"), &site, &site, Fallback::Chain).unwrap();
    let json = serde_json::to_string(&served).unwrap();
    assert_eq!(
        json,
        r#"{"lang":"ru","requested":["ru","az"],"match":"range"}"#
    );
}

#[test]
fn a_fallback_is_one_of_three_words() {
    assert_eq!("chain".parse(), Ok(Fallback::Chain));
    assert_eq!("Chain".parse::<Fallback>(), Err(NoFallback));
    assert_eq!(
        serde_json::from_str::<Fallback>("\"none\"").unwrap(),
        Fallback::None
    );
}

const TAGS: [&str; 10] = [
    "az", "ru", "en", "az-AZ", "az-Cyrl", "en-GB", "en-US", "tr", "zh-TW", "*",
];

fn headers() -> impl Strategy<Value = String> {
    let item = (
        select(&TAGS[..]),
        select(&["", ";q=0", ";q=0.3", ";q=0.7"][..]),
    );
    let items = prop::collection::vec(item.prop_map(|(tag, q)| format!("{tag}{q}")), 0..4);
    items.prop_map(|items| items.join(", "))
}

fn some_langs() -> impl Strategy<Value = Vec<Lang>> {
    let all = langs("az ru en az-Cyrl en-GB tr zh-Hant");
    subsequence(all, 0..=5).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_header_is_never_refused(
        header in headers(),
        available in some_langs(),
        site in some_langs(),
        fallback in select(&[Fallback::None, Fallback::Chain, Fallback::Any][..]),
    ) {
        let served = choose(&Asked::new(None, Some(&header)), &available, &site, fallback);
        prop_assert_eq!(served.is_some(), !available.is_empty());
        if let Some(served) = served {
            prop_assert!(available.contains(&served.lang));
            prop_assert!(served.requested.iter().all(|lang| site.contains(lang)));
        }
    }

    #[test]
    fn one_key_is_one_answer(
        one in headers(),
        other in headers(),
        available in some_langs(),
        site in some_langs(),
    ) {
        let one = Asked::new(None, Some(&one));
        let other = Asked::new(None, Some(&other));
        if one.key(&site) == other.key(&site) {
            let answer = |asked| choose(asked, &available, &site, Fallback::Chain);
            prop_assert_eq!(answer(&one), answer(&other));
        }
    }
}
