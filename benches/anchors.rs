//! Following the quotes of a text into its new body: 200 paragraphs, 50 quotes.
//!
//! The budget of a save is 5 ms. `unchanged` and `moved` are what saves mostly are; `other_form`,
//! `alike` and `rewritten` change every quote at once, which no person does in one save.

use divan::{Bencher, black_box};
use newsline::articles::quoting::find_words;
use newsline::articles::writing::reanchor;
use newsline::body::{Block, Body, from_markdown, keep_keys};
use newsline::db::{Id, Instant, Json};
use newsline::language::Lang;
use newsline::quotes::anchor::{AnchorState, Wanted};
use newsline::quotes::model::{Manner, Quote, VerificationState};

fn main() {
    divan::main();
}

const PARAGRAPHS: usize = 200;
const QUOTES: usize = 50;
const LANGUAGES: [&str; 3] = ["az", "ru", "en"];

/// Stems and endings of a language, the commonest first: joined they make a few thousand words.
fn parts(lang: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match lang {
        "az" => (
            &[
                "və",
                "bu",
                "ki",
                "körpü",
                "şəhər",
                "nazir",
                "de",
                "açıl",
                "işıq",
                "ılıq",
                "hökumət",
                "gün",
                "məktəb",
                "büdcə",
                "il",
                "sakin",
                "yol",
                "çay",
                "qərar",
                "hazır",
                "danış",
                "sonra",
                "dünən",
                "bildir",
                "qeyd",
            ],
            &[
                "", "", "", "lər", "də", "dən", "in", "i", "ə", "lik", "di", "acaq", "mış", "sız",
                "çı", "lərdə", "imiz",
            ],
        ),
        "ru" => (
            &[
                "и",
                "в",
                "что",
                "мост",
                "город",
                "министр",
                "сказа",
                "откро",
                "свет",
                "правитель",
                "день",
                "школ",
                "год",
                "бюджет",
                "жител",
                "дорог",
                "рек",
                "решени",
                "готов",
                "говор",
                "пото",
                "вчера",
                "сообщи",
                "край",
                "ещё",
            ],
            &[
                "", "", "", "ы", "а", "ов", "ам", "ом", "ах", "ский", "л", "ют", "ный", "ость",
                "ство", "ами", "ого",
            ],
        ),
        _ => (
            &[
                "the", "and", "of", "bridge", "city", "minist", "say", "open", "light", "govern",
                "day", "school", "year", "budget", "resid", "road", "river", "deci", "ready",
                "talk", "later", "yester", "note", "edge", "more",
            ],
            &[
                "", "", "", "s", "ed", "ing", "er", "ment", "ly", "ent", "ion", "al", "ers", "day",
                "ness", "able", "ful",
            ],
        ),
    }
}

/// A generator that gives the same numbers in each run (Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    /// Small numbers come more often, as words of a language do.
    fn lean(&mut self, sides: usize) -> usize {
        self.roll(sides) * self.roll(sides) / sides
    }

    fn word(&mut self, lang: &str) -> String {
        let (stems, endings) = parts(lang);
        let stem = self.lean(stems.len());
        let (first, second) = (self.lean(endings.len()), self.lean(endings.len()));
        // The commonest words have no endings.
        let endings = if stem < 3 {
            ["", ""]
        } else {
            [endings[first], endings[second]]
        };
        format!("{}{}", stems[stem], endings.concat())
    }

    fn sentence(&mut self, lang: &str, length: usize) -> String {
        let words: Vec<String> = (0..length).map(|_| self.word(lang)).collect();
        words.join(" ")
    }
}

/// A text with its quotes, as the last save left them.
struct Story {
    lang: Lang,
    /// Each as what stands before the quoted words, these, and what stands after them.
    paragraphs: Vec<[String; 3]>,
    body: Body,
    quotes: Vec<Quote>,
}

impl Story {
    fn told(lang: &str) -> Self {
        let mut dice = Dice(7);
        let lang: Lang = lang.parse().expect("a language");
        let mut paragraph = |nth: usize| match nth.is_multiple_of(PARAGRAPHS / QUOTES) {
            true => {
                let (before, length) = (dice.sentence(lang.as_str(), 12), 8 + dice.roll(24));
                let said = dice.sentence(lang.as_str(), length);
                [
                    format!("{before}: “"),
                    format!("{said} – {nth} it's"),
                    format!("”, {}.", dice.sentence(lang.as_str(), 20)),
                ]
            }
            false => [
                dice.sentence(lang.as_str(), 60),
                String::new(),
                ".".to_owned(),
            ],
        };
        let paragraphs: Vec<[String; 3]> = (0..PARAGRAPHS).map(&mut paragraph).collect();
        let body = body_of(&paragraphs);
        let quoted = paragraphs.iter().filter(|[_, said, _]| !said.is_empty());
        let quotes = quoted
            .map(|[_, said, _]| quote(&body, &lang, said))
            .collect();
        Self {
            lang,
            paragraphs,
            body,
            quotes,
        }
    }

    /// The body after an edit of each paragraph, with the keys of the old one.
    fn edited(&self, edit: impl Fn(&[String; 3]) -> [String; 3]) -> Body {
        let paragraphs: Vec<_> = self.paragraphs.iter().map(edit).collect();
        self.with_keys(body_of(&paragraphs))
    }

    fn with_keys(&self, mut body: Body) -> Body {
        keep_keys(&mut body, &self.body);
        body
    }

    /// Times the save, and sees to it that the quotes end as they should.
    fn saves(&self, bencher: Bencher, body: &Body, state: AnchorState) {
        let follow = |quotes: &mut Vec<Quote>| reanchor(quotes, body, &self.lang, &[]).len();
        let mut quotes = self.quotes.clone();
        follow(&mut quotes);
        let as_said = |quote: &&Quote| quote.anchor_state == state;
        let agreeing = quotes.iter().filter(as_said).count();
        assert!(
            agreeing * 10 >= QUOTES * 9,
            "{agreeing} of {QUOTES} quotes are {state}"
        );
        bencher
            .with_inputs(|| self.quotes.clone())
            .bench_local_refs(|quotes| black_box(follow(quotes)));
    }
}

fn body_of(paragraphs: &[[String; 3]]) -> Body {
    let source: Vec<String> = paragraphs.iter().map(|parts| parts.concat()).collect();
    from_markdown(&source.join("\n\n")).expect("a body")
}

fn quote(body: &Body, lang: &Lang, said: &str) -> Quote {
    let wanted = Wanted {
        exact: said.to_owned(),
        ..Wanted::default()
    };
    let anchor = find_words(body, lang, &[wanted]).expect("its words");
    Quote {
        id: Id::new(),
        article_id: Id::from_uuid(uuid::Uuid::nil()),
        lang: lang.clone(),
        position: 0,
        source_id: None,
        unnamed: Some("a resident".to_owned()),
        manner: Manner::Direct,
        text: said.to_owned(),
        original: None,
        stated_name: None,
        stated_role: None,
        occasion: None,
        outlet_id: None,
        programme: None,
        said_at: None,
        evidence_url: None,
        statement: None,
        anchor_state: anchor.state,
        segments: Json(anchor.segments),
        verification: VerificationState::Unverified,
        verified_by: None,
        verified_at: None,
        created_at: Instant::EPOCH,
        removed_at: None,
    }
}

fn own([before, said, after]: &[String; 3]) -> [String; 3] {
    [before.clone(), said.clone(), after.clone()]
}

/// The body as it was.
#[divan::bench(args = LANGUAGES)]
fn unchanged(bencher: Bencher, lang: &str) {
    let story = Story::told(lang);
    story.saves(bencher, &story.body, AnchorState::Anchored);
}

/// Words put before every quote, which shifts them all.
#[divan::bench(args = LANGUAGES)]
fn shifted(bencher: Bencher, lang: &str) {
    let story = Story::told(lang);
    let body =
        story.edited(|[before, said, after]| [format!("So {before}"), said.clone(), after.clone()]);
    story.saves(bencher, &body, AnchorState::Anchored);
}

/// The paragraphs in the opposite order.
#[divan::bench(args = LANGUAGES)]
fn moved(bencher: Bencher, lang: &str) {
    let story = Story::told(lang);
    let reversed: Vec<_> = story.paragraphs.iter().rev().map(own).collect();
    let body = story.with_keys(body_of(&reversed));
    story.saves(bencher, &body, AnchorState::Anchored);
}

/// All paragraphs new to the text, as when a tool posts blocks with keys of its own.
#[divan::bench(args = LANGUAGES)]
fn rekeyed(bencher: Bencher, lang: &str) {
    let story = Story::told(lang);
    let mut body = story.body.clone();
    for block in &mut body.0 {
        if let Block::Text(block) = block {
            block.key.insert_str(0, "tool-");
        }
    }
    story.saves(bencher, &body, AnchorState::Anchored);
}

/// Other dashes and apostrophes in every quote.
#[divan::bench(args = LANGUAGES)]
fn other_form(bencher: Bencher, lang: &str) {
    let story = Story::told(lang);
    let body = story.edited(|[before, said, after]| {
        [
            before.clone(),
            said.replace('–', "—").replace('\'', "’"),
            after.clone(),
        ]
    });
    story.saves(bencher, &body, AnchorState::ChangedForm);
}

/// A word changed in every quote.
#[divan::bench(args = LANGUAGES)]
fn alike(bencher: Bencher, lang: &str) {
    let story = Story::told(lang);
    let body = story.edited(|[before, said, after]| {
        let mut words: Vec<&str> = said.split(' ').collect();
        let middle = words.len() / 2;
        if let Some(word) = words.get_mut(middle) {
            *word = "zzz";
        }
        [before.clone(), words.join(" "), after.clone()]
    });
    story.saves(bencher, &body, AnchorState::NeedsReview);
}

/// No quote is left.
#[divan::bench(args = LANGUAGES)]
fn rewritten(bencher: Bencher, lang: &str) {
    let story = Story::told(lang);
    let mut dice = Dice(11);
    let others: Vec<_> = (0..PARAGRAPHS)
        .map(|_| [dice.sentence(lang, 60), String::new(), ".".to_owned()])
        .collect();
    let body = story.with_keys(body_of(&others));
    story.saves(bencher, &body, AnchorState::Orphaned);
}

/// Keys carried over to a body that comes again as Markdown, every paragraph a little changed.
#[divan::bench(args = LANGUAGES)]
fn keys_kept(bencher: Bencher, lang: &str) {
    let story = Story::told(lang);
    let edited: Vec<_> = story
        .paragraphs
        .iter()
        .map(|[before, said, after]| [format!("So {before}"), said.clone(), after.clone()])
        .collect();
    let body = body_of(&edited);
    bencher
        .with_inputs(|| body.clone())
        .bench_local_refs(|body| keep_keys(body, black_box(&story.body)));
}
