//! Which of the languages that exist a reader is served: the look-up of RFC 4647 §3.4 over
//! them, and what happens when it finds none.
//!
//! Two things are added to the RFC. A range never finds a text in another script: `az-Cyrl`
//! is no match for `az`, which is written in Latin letters (likely subtags of UTS #35). And a
//! range is also looked up by its likely script, so that `zh-TW` finds `zh-Hant`.

use std::str::FromStr;

use icu_locale::LanguageIdentifier;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::{Asked, LangRange, Weighted};
use super::tag::Lang;

#[cfg(test)]
mod tests;

/// `lang_fallback=`: what is served when `lang=` matches nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fallback {
    /// Nothing: a 406, or a list with no items.
    None,
    /// The first language of the site's chain that exists.
    Chain,
    /// Any language that exists, those of the chain first.
    Any,
}

/// How the language served was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Match {
    /// It is the language asked for.
    Exact,
    /// A range found it: `az` for `az-AZ`.
    Range,
    /// Nothing that was asked for exists.
    Fallback,
    /// Nothing was asked for, or only `*`.
    Default,
}

/// Which language is served, and why. Every answer in a language says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Served {
    /// The language of the answer; also its `Content-Language`.
    pub lang: Lang,
    /// The languages of the site that were asked for, the most wanted first.
    #[schema(examples(json!(["az"])))]
    pub requested: Vec<Lang>,
    pub r#match: Match,
}

/// Chooses among the languages an item is `available` in. `site` is the site's languages in the
/// order of its chain.
///
/// Nothing comes back only when nothing is available, or when `lang=` matched nothing and
/// `fallback` offers nothing; a header is a wish, never a reason to refuse (RFC 9110 §12.5.4).
pub fn choose(
    asked: &Asked,
    available: &[Lang],
    site: &[Lang],
    fallback: Fallback,
) -> Option<Served> {
    let wishes = Wishes::of(asked, site, available);
    let found = wishes
        .wanted
        .iter()
        .find(|wanted| available.contains(&wanted.lang));
    let (lang, r#match) = match found {
        Some(wanted) if wanted.exact => (&wanted.lang, Match::Exact),
        Some(wanted) => (&wanted.lang, Match::Range),
        None => (
            wishes.fall_back(asked, available, site, fallback)?,
            wishes.without_a_match(asked),
        ),
    };
    let requested = wishes.wanted.iter().map(|wanted| &wanted.lang);
    let requested = requested
        .filter(|lang| site.contains(lang))
        .cloned()
        .collect();
    Some(Served {
        lang: lang.clone(),
        requested,
        r#match,
    })
}

/// What was asked for, told in languages that exist. An answer hangs on nothing else.
pub(super) struct Wishes {
    /// Each language once, the most wanted first.
    wanted: Vec<Wanted>,
    /// What the header says is not acceptable.
    unwanted: Vec<Lang>,
    /// Whether the header takes any language (`*`).
    any: bool,
}

struct Wanted {
    lang: Lang,
    exact: bool,
}

impl Wishes {
    pub(super) fn of(asked: &Asked, site: &[Lang], available: &[Lang]) -> Self {
        let mut wishes = Self {
            wanted: Vec::new(),
            unwanted: Vec::new(),
            any: false,
        };
        for tag in &asked.lang {
            // An item may exist in a language that the site has given up; whoever asks for it
            // by name gets it. A header is heard for the site's languages only, or its answers
            // could not be kept by a short key.
            wishes.look_up(tag, site.iter().chain(available));
        }
        wishes.unwanted = site
            .iter()
            .filter(|lang| refused(&asked.header, lang))
            .cloned()
            .collect();
        for weighted in asked.header.iter().filter(|weighted| weighted.q > 0) {
            match &weighted.range {
                LangRange::Tag(tag) => wishes.look_up(tag, site.iter()),
                // RFC 4647 §3.4: `*` is skipped, and the default is taken after all others.
                LangRange::Any => wishes.any = true,
            }
        }
        wishes
    }

    fn look_up<'a>(&mut self, range: &Lang, known: impl Iterator<Item = &'a Lang> + Clone) {
        let near =
            |lang: &&Lang| lang.id().language == range.id().language && same_script(range, lang);
        let known = known.filter(near);
        if known.clone().next().is_none() {
            return;
        }
        for tag in broader(range) {
            let found = known.clone().find(|lang| *lang.id() == tag);
            let new = found.filter(|lang| {
                !self.unwanted.contains(lang) && !self.wanted.iter().any(|w| w.lang == **lang)
            });
            if let Some(lang) = new {
                self.wanted.push(Wanted {
                    lang: lang.clone(),
                    exact: lang == range,
                });
            }
        }
    }

    fn fall_back<'a>(
        &self,
        asked: &Asked,
        available: &'a [Lang],
        site: &'a [Lang],
        fallback: Fallback,
    ) -> Option<&'a Lang> {
        let mut chain = site.iter().filter(|lang| available.contains(lang));
        let mut any = chain.clone().chain(available);
        let by_lang = !asked.lang.is_empty();
        match fallback {
            Fallback::None if by_lang => None,
            Fallback::Chain if by_lang => chain.next(),
            _ => any
                .clone()
                .find(|lang| !self.unwanted.contains(lang))
                .or_else(|| any.next()),
        }
    }

    fn without_a_match(&self, asked: &Asked) -> Match {
        let asked_nothing = asked.lang.is_empty() && asked.header.is_empty();
        if asked_nothing || self.any {
            Match::Default
        } else {
            Match::Fallback
        }
    }

    pub(super) fn key(&self) -> String {
        let wanted = self.wanted.iter().map(|wanted| {
            let mark = if wanted.exact { "" } else { "~" };
            format!("{}{mark}", wanted.lang)
        });
        let unwanted = self.unwanted.iter().map(|lang| format!("!{lang}"));
        let any = self.any.then(|| "*".to_owned());
        let parts: Vec<String> = wanted.chain(unwanted).chain(any).collect();
        format!(":{}", parts.join(","))
    }
}

/// Whether the closest range of the header that covers this language has the weight 0.
fn refused(header: &[Weighted], lang: &Lang) -> bool {
    let covering = header.iter().filter_map(|weighted| match &weighted.range {
        LangRange::Tag(tag) if covers(tag, lang) => Some((tag.as_str().len(), weighted.q)),
        _ => None,
    });
    covering.max().is_some_and(|(_, q)| q == 0)
}

/// The basic filtering of RFC 4647 §3.3.1: `en` covers `en` and `en-GB`.
fn covers(range: &Lang, lang: &Lang) -> bool {
    let rest = lang.as_str().strip_prefix(range.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn same_script(range: &Lang, lang: &Lang) -> bool {
    match (range.script(), lang.script()) {
        (Some(asked), Some(written)) => asked == written,
        _ => true,
    }
}

/// The tags that a range finds, nearest first: the range cut from its end, subtag by subtag,
/// and then the same with its likely script.
fn broader(range: &Lang) -> Vec<LanguageIdentifier> {
    let mut tags = cut(range.id().clone());
    tags.extend(cut(range.maximized()));
    tags
}

fn cut(mut tag: LanguageIdentifier) -> Vec<LanguageIdentifier> {
    let mut tags = vec![tag.clone()];
    while shorten(&mut tag) {
        tags.push(tag.clone());
    }
    tags
}

fn shorten(tag: &mut LanguageIdentifier) -> bool {
    if !tag.variants.is_empty() {
        let mut variants = tag.variants.to_vec();
        variants.pop();
        tag.variants = icu_locale::subtags::Variants::from_vec_unchecked(variants);
        return true;
    }
    tag.region.take().is_some() || tag.script.take().is_some()
}

/// Not one of `none`, `chain` and `any`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is none of `none`, `chain` and `any`")]
pub struct NoFallback;

impl FromStr for Fallback {
    type Err = NoFallback;

    fn from_str(text: &str) -> Result<Self, NoFallback> {
        match text {
            "none" => Ok(Self::None),
            "chain" => Ok(Self::Chain),
            "any" => Ok(Self::Any),
            _ => Err(NoFallback),
        }
    }
}
