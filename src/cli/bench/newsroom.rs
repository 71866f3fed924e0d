//! What is there before the first story: who writes, sections, topics, and everybody who is quoted.

use super::chance::Chance;
use super::generate::{Order, beginning};
use super::words::{
    FIRST_NAMES, INITIALS, LANGS, LAST_NAMES, OUTLETS, PLACES, SECTIONS, Said, TOPICS,
};
use crate::auth::model::{Email, Role, User, UserId, UserState};
use crate::auth::store as users;
use crate::db::{Id, Json, Tx, dialect};
use crate::http::problem::{Code, Problem};
use crate::language::{Names, Slug};
use crate::named::{self, Named};
use crate::sections::{Section, SectionId};
use crate::sources::model::{Disclosure, Source, SourceKind};
use crate::sources::store as sources;
use crate::topics::{Topic, TopicId};

/// Who writes generated stories. Nobody signs in with it.
const WRITER: &str = "bench@newsline.example";

/// Everybody and everything that stories name.
pub struct Newsroom {
    pub user: UserId,
    pub sections: Vec<SectionId>,
    /// The most frequent first.
    pub topics: Vec<TopicId>,
    /// The first is quoted a set number of times, the others from the most quoted on.
    pub people: Vec<Source>,
    pub outlets: Vec<Source>,
}

impl Newsroom {
    /// Writes what is not there yet. Sections and topics of the same slug are taken as they are.
    pub fn set_up(tx: &mut Tx, order: &Order) -> Result<Self, Problem> {
        dialect::prepare_for_bulk(tx)?;
        let user = writer(tx)?;
        let of = |kind, count: u64| (0..count).map(move |nth| (kind, nth));
        let people = (order.quotes() / 100).clamp(10, 10_000);
        let source = |(kind, nth)| source(order.seed, kind, nth, user);
        let newsroom = Self {
            user,
            sections: set_up_sections(tx, order.seed)?,
            topics: set_up_topics(tx, order.seed)?,
            people: of(SourceKind::Person, people)
                .map(source)
                .collect::<Result<_, _>>()?,
            outlets: of(SourceKind::Organisation, (people / 50).clamp(4, 150))
                .map(source)
                .collect::<Result<_, _>>()?,
        };
        if sources::find_many(tx, &[newsroom.people[0].id])?.is_empty() {
            let people = newsroom.people.chunks(dialect::ROWS_OF_SQLITE);
            for some in people.chain([newsroom.outlets.as_slice()]) {
                sources::insert(tx, some)?;
            }
            Ok(newsroom)
        } else {
            let detail = format!("The stories of seed {} are there already.", order.seed);
            Err(Problem::new(Code::Conflict, detail))
        }
    }
}

fn writer(tx: &mut Tx) -> Result<UserId, Problem> {
    if let Some(user) = users::find_user_by_email(tx, WRITER)? {
        return Ok(user.id);
    }
    let email = Email::parse(WRITER).map_err(|error| Problem::field("/email", error))?;
    let now = beginning();
    let user = User {
        id: Chance::of(0, 0, 0).id(now),
        state: UserState::Suspended,
        ..User::new(email, "Newsline Bench".to_owned(), Role::Editor, None, now)
    };
    users::insert_user(tx, &user)?;
    Ok(user.id)
}

fn names(said: [String; 3]) -> Result<Names, Problem> {
    let pairs = LANGS.into_iter().zip(said.iter().map(String::as_str));
    Names::parse(pairs).map_err(|error| Problem::field("/names", error.to_string()))
}

fn set_up_sections(tx: &mut Tx, seed: u64) -> Result<Vec<SectionId>, Problem> {
    let (slugs, now) = (slugs(SECTIONS), beginning());
    let known = crate::sections::by_slugs_or_ids(tx, &slugs)?;
    set_up(tx, known, SECTIONS, |nth, slug, names| Section {
        id: Chance::of(seed, 1, u64::from(nth)).id(now),
        slug,
        names,
        position: i32::from(nth),
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    })
}

fn set_up_topics(tx: &mut Tx, seed: u64) -> Result<Vec<TopicId>, Problem> {
    let (slugs, now) = (slugs(TOPICS), beginning());
    let known = crate::topics::by_slugs_or_ids(tx, &slugs)?;
    set_up(tx, known, TOPICS, |nth, slug, names| Topic {
        id: Chance::of(seed, 2, u64::from(nth)).id(now),
        slug,
        names,
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    })
}

fn slugs(things: &[(&str, Said)]) -> Vec<String> {
    things.iter().map(|(slug, _)| (*slug).to_owned()).collect()
}

/// Makes those that are not known.
fn set_up<T: Named>(
    tx: &mut Tx,
    known: Vec<Option<T>>,
    things: &[(&str, Said)],
    make: impl Fn(u8, Slug, Json<Names>) -> T,
) -> Result<Vec<Id<T>>, Problem> {
    let mut ids = Vec::new();
    for ((nth, known), (word, said)) in (0..).zip(known).zip(things) {
        let thing = match known {
            Some(thing) => thing,
            None => {
                let slug = Slug::parse(word);
                let slug = slug.map_err(|error| Problem::field("/slug", error.to_string()))?;
                let mut made = make(nth, slug, Json(names(said.map(str::to_owned))?));
                made.insert(tx)?;
                named::desk::put_in_order(tx, &mut made)?;
                made
            }
        };
        ids.push(thing.id());
    }
    Ok(ids)
}

/// The `nth` of a list that repeats, and how often it has been through.
fn nth_of(list: &[Said], nth: usize) -> (Said, usize) {
    (list[nth % list.len()], nth / list.len())
}

fn called(kind: SourceKind, nth: usize) -> [String; 3] {
    let (first, rest) = match kind {
        SourceKind::Person => nth_of(FIRST_NAMES, nth),
        SourceKind::Organisation => nth_of(OUTLETS, nth),
    };
    if kind == SourceKind::Organisation {
        let (place, _) = nth_of(PLACES, rest);
        return [0, 1, 2].map(|lang| format!("{} {}", first[lang], place[lang]));
    }
    let (last, rest) = nth_of(LAST_NAMES, rest);
    let (initial, _) = nth_of(INITIALS, rest);
    [0, 1, 2].map(|lang| format!("{} {} {}", first[lang], initial[lang], last[lang]))
}

fn source(seed: u64, kind: SourceKind, nth: u64, user: UserId) -> Result<Source, Problem> {
    let now = beginning();
    Ok(Source {
        id: Chance::of(seed, 3 + kind as u64, nth).id(now),
        kind,
        names: Json(names(called(kind, nth as usize))?),
        aliases: Json(Vec::new()),
        description: Json(Default::default()),
        same_as: Json(Vec::new()),
        positions: Json(Vec::new()),
        disclosure: Disclosure::OnRecord,
        merged_into: None,
        version: 1,
        created_by: user,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    })
}
