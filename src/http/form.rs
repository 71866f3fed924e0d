//! In which form a thing is told, and which one `Accept` asks for (RFC 9110 §12.5.1). Nothing fails
//! for want of a form: whoever asks for none that there is gets JSON.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use mediatype::{MediaType, MediaTypeList, Name, ReadParams};

use super::problem::Problem;
use super::query::Params;
use crate::language::thousandths;

pub const JSON: &str = "application/json";
/// JSON-LD in the vocabulary of schema.org.
pub const SCHEMA_ORG: &str = "application/ld+json";
/// The media type of the Web Annotation Protocol.
pub const ANNOTATION: &str = "application/ld+json; profile=\"http://www.w3.org/ns/anno.jsonld\"";
/// ninjs has no media type of its own; the profile (RFC 6906) is the `$id` of its schema.
pub const NINJS: &str =
    "application/json; profile=\"http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#\"";

/// A form in which an answer is written. What comes first is given where several are as welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Newsline's own JSON.
    Json,
    SchemaOrg,
    Annotation,
    Ninjs,
}

impl Form {
    pub const ALL: [Self; 4] = [Self::Json, Self::SchemaOrg, Self::Annotation, Self::Ninjs];

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::SchemaOrg => SCHEMA_ORG,
            Self::Annotation => ANNOTATION,
            Self::Ninjs => NINJS,
        }
    }

    /// What an address ends with that gives this form whatever `Accept` says.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Json => "",
            Self::SchemaOrg => ".jsonld",
            Self::Annotation => ".anno.jsonld",
            Self::Ninjs => ".ninjs",
        }
    }

    /// The media type without its profile, and the profile.
    fn parts(self) -> (&'static str, Option<&'static str>) {
        match self.content_type().split_once("; profile=") {
            Some((essence, profile)) => (essence, Some(profile.trim_matches('"'))),
            None => (self.content_type(), None),
        }
    }

    /// `Link` values (RFC 8288) from this form of a thing to the others. `address` is that of its
    /// JSON; the query, which begins with `?` where there is one, holds for all forms.
    pub fn links(self, others: &[Self], address: &str, query: &str) -> Vec<String> {
        let link = |form: &Self| {
            let (essence, profile) = form.parts();
            let profile =
                profile.map_or_else(String::new, |profile| format!("; profile=\"{profile}\""));
            let suffix = form.suffix();
            format!("<{address}{suffix}{query}>; rel=\"alternate\"; type=\"{essence}\"{profile}")
        };
        others
            .iter()
            .filter(|form| **form != self)
            .map(link)
            .collect()
    }
}

/// The forms that one operation offers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Offer(Vec<Form>);

impl Offer {
    /// By the media types of its answer; those that are not known are not chosen among.
    pub fn of<'a>(content_types: impl IntoIterator<Item = &'a str>) -> Self {
        let known = |content_type: &str| {
            Form::ALL
                .into_iter()
                .find(|form| form.content_type() == content_type)
        };
        let mut forms: Vec<Form> = content_types.into_iter().filter_map(known).collect();
        forms.sort();
        Self(forms)
    }

    /// Whether `Accept` decides anything.
    pub fn is_choice(&self) -> bool {
        self.0.len() > 1
    }

    /// The form that the headers ask for: the same for all requests that may share an answer.
    pub fn choose(&self, headers: &HeaderMap) -> Form {
        let default = self.0.first().copied().unwrap_or(Form::Json);
        if !self.is_choice() || !headers.contains_key(header::ACCEPT) {
            return default;
        }
        let lines = headers
            .get_all(header::ACCEPT)
            .filter_map(|line| line.to_str().ok());
        let ranges: Vec<Range> = lines
            .flat_map(MediaTypeList::new)
            .flatten()
            .filter_map(Range::read)
            .take(MANY)
            .collect();
        let welcome = self
            .0
            .iter()
            .map(|form| (self.quality(*form, &ranges), *form));
        // Of equals the first stays, which `max_by_key` would not do.
        let best = welcome
            .filter(|(quality, _)| *quality > 0)
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map_or(default, |(_, form)| form)
    }

    /// How welcome a form is: what the most exact range that it fits says.
    fn quality(&self, form: Form, ranges: &[Range]) -> u16 {
        let fitting = ranges
            .iter()
            .filter_map(|range| Some((range.exactness(form, &self.0)?, range.quality)));
        fitting.max().map_or(0, |(_, quality)| quality)
    }
}

/// Media ranges that are looked at; nobody honest sends more.
const MANY: usize = 50;

/// One media range of `Accept`.
struct Range<'a> {
    media: MediaType<'a>,
    /// In thousandths.
    quality: u16,
}

impl<'a> Range<'a> {
    /// `None` where the weight is none.
    fn read(media: MediaType<'a>) -> Option<Self> {
        let quality = match media.get_param(Name::new("q")?) {
            Some(weight) => thousandths(weight.as_str())?,
            None => 1000,
        };
        Some(Self { media, quality })
    }

    /// How exactly the range names a form; `None` where it does not.
    fn exactness(&self, form: Form, offered: &[Form]) -> Option<u8> {
        let (essence, profile) = form.parts();
        let (ty, subtype) = essence.split_once('/')?;
        let wanted = [self.media.ty.as_str(), self.media.subty.as_str()];
        match wanted {
            ["*", "*"] => return Some(0),
            [of, "*"] if of.eq_ignore_ascii_case(ty) => return Some(1),
            _ => {}
        }
        if !self.is_of(ty, subtype) {
            return None;
        }
        let profiles = self.media.get_param(Name::new("profile")?);
        let profiles = profiles.as_ref().map(|profiles| profiles.unquoted_str());
        let names = |known: Option<&str>| {
            let mut named = profiles
                .iter()
                .flat_map(|profiles| profiles.split_whitespace());
            known.is_some_and(|known| named.any(|one| is_same(one, known)))
        };
        if names(profile) {
            return Some(3);
        }
        // A profile that is not known says nothing (RFC 6906 §3).
        let names_another = offered.iter().any(|other| {
            let (of, profile) = other.parts();
            of == essence && names(profile)
        });
        (!names_another).then_some(2)
    }

    fn is_of(&self, ty: &str, subtype: &str) -> bool {
        let (base, suffix) = match subtype.split_once('+') {
            Some((base, suffix)) => (base, Some(suffix)),
            None => (subtype, None),
        };
        let of = |name: &Name, text: &str| name.as_str().eq_ignore_ascii_case(text);
        of(&self.media.ty, ty)
            && of(&self.media.subty, base)
            && match (&self.media.suffix, suffix) {
                (Some(name), Some(suffix)) => of(name, suffix),
                (None, None) => true,
                _ => false,
            }
    }
}

/// Whether two addresses name one profile: people write either scheme, and leave the `#` away.
fn is_same(one: &str, other: &str) -> bool {
    fn bare(address: &str) -> &str {
        let address = address.trim_end_matches('#');
        let rest = address.strip_prefix("https://");
        rest.or(address.strip_prefix("http://")).unwrap_or(address)
    }
    bare(one) == bare(other)
}

/// What shapes Newsline's own JSON, and no other form.
const SHAPING: [&str; 3] = ["fields", "include", "body"];

/// The form that the front door found to be asked for, where the operation offers several. A query
/// that shapes JSON is refused for the others: their shape is not ours to choose.
pub struct FormAsked(pub Form);

impl FromRequest for FormAsked {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let form = request.extensions().get::<Form>().copied();
        let form = shapeless(form.unwrap_or(Form::Json), request.query_string());
        ready(form.map(Self))
    }
}

fn shapeless(form: Form, query: &str) -> Result<Form, Problem> {
    if form == Form::Json {
        return Ok(form);
    }
    let params = Params::parse(query)?;
    match SHAPING.iter().find(|name| params.text(name).is_some()) {
        Some(name) => {
            let detail = format!(
                "it shapes {JSON} alone, and Accept asks for {}",
                form.content_type()
            );
            Err(Problem::parameter(name, detail))
        }
        None => Ok(form),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Form::*;

    fn chosen(forms: &[Form], accept: &[&str]) -> Form {
        let mut headers = HeaderMap::new();
        for line in accept {
            headers.append(header::ACCEPT, line.parse().unwrap());
        }
        Offer::of(forms.iter().map(|form| form.content_type())).choose(&headers)
    }

    const QUOTE: [Form; 3] = [Annotation, SchemaOrg, Json];
    const ARTICLE: [Form; 3] = [Json, SchemaOrg, Ninjs];
    const ANNO: &str = "application/ld+json;profile=\"http://www.w3.org/ns/anno.jsonld\"";

    #[test]
    fn the_most_welcome_form_is_chosen_and_json_without_a_wish() {
        let rows: &[(&str, Form)] = &[
            ("", Json),
            ("*/*", Json),
            ("application/*", Json),
            ("application/json", Json),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                Json,
            ),
            ("application/ld+json", SchemaOrg),
            ("APPLICATION/LD+JSON", SchemaOrg),
            (
                "application/ld+json, application/json;q=0.9, */*;q=0.1",
                SchemaOrg,
            ),
            ("application/json;q=0.9, application/ld+json;q=0.8", Json),
            (
                "application/json;q=0.8, application/ld+json;q=0.9",
                SchemaOrg,
            ),
            (
                "application/json;q=0.001, application/ld+json;q=0.002",
                SchemaOrg,
            ),
            ("application/json, application/ld+json", Json),
            (ANNO, Annotation),
            (
                "application/ld+json; profile=\"https://www.w3.org/ns/anno.jsonld\"",
                Annotation,
            ),
            (
                "application/ld+json; profile=\"urn:other http://www.w3.org/ns/anno.jsonld\"; q=0.5",
                Annotation,
            ),
            (
                "application/ld+json; PROFILE=\"http://www.w3.org/ns/anno.jsonld\", */*;q=0.9",
                Annotation,
            ),
            (
                "application/ld+json;q=0.9, application/ld+json;profile=\"http://www.w3.org/ns/anno.jsonld\";q=0.2",
                SchemaOrg,
            ),
            // What JSON-LD processors send.
            (
                "application/ld+json;profile=\"http://www.w3.org/ns/json-ld#context\", application/json;q=0.5",
                SchemaOrg,
            ),
            ("application/ld+json; profile=\"a, b; q=0\"", SchemaOrg),
            ("application/json;charset=utf-8", Json),
            ("application/json;q=0, */*", SchemaOrg),
            ("application/ld+json;q=0, application/json;q=0.1", Json),
            (
                "*/*;q=0.1, application/ld+json;profile=\"http://www.w3.org/ns/anno.jsonld\"",
                Annotation,
            ),
            // What there is not, and what is no media range.
            ("text/html", Json),
            ("application/xml, text/*", Json),
            ("application/json;q=0", Json),
            ("application/ld", Json),
            ("application/ld+xml", Json),
            ("application/ld+json;q=2", Json),
            ("application/ld+json;q=NaN, text/html", Json),
            ("application/ld+json;q=", Json),
            (",,, ;; /, application", Json),
            ("application/ld+json; profile=\"open", Json),
            (
                "application/ld+json; profile=http://www.w3.org/ns/anno.jsonld",
                Json,
            ),
        ];
        for (accept, form) in rows {
            assert_eq!(chosen(&QUOTE, &[accept]), *form, "{accept}");
        }
        assert_eq!(chosen(&QUOTE, &[]), Json);
    }

    #[test]
    fn ninjs_is_json_with_a_profile() {
        for (accept, form) in [
            ("application/json", Json),
            (NINJS, Ninjs),
            (
                "application/json;profile=\"https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json\"",
                Ninjs,
            ),
            (
                "application/json;profile=\"http://www.iptc.org/std/ninjs/ninjs-schema_2.0.json#\"",
                Json,
            ),
            (
                "application/json;profile=\"http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#\";q=0.5, application/json",
                Json,
            ),
            (
                "application/json;q=0.5, application/json;profile=\"http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#\"",
                Ninjs,
            ),
            // Nothing here is an annotation: the nearest there is.
            (ANNO, SchemaOrg),
        ] {
            assert_eq!(chosen(&ARTICLE, &[accept]), form, "{accept}");
        }
    }

    #[test]
    fn several_lines_are_one_list() {
        let lines = ["application/json;q=0.1", "application/ld+json"];
        assert_eq!(chosen(&QUOTE, &lines), SchemaOrg);
    }

    #[test]
    fn where_there_is_one_form_nothing_is_chosen() {
        assert!(!Offer::of([JSON]).is_choice());
        assert_eq!(chosen(&[Json], &[SCHEMA_ORG]), Json);
        assert!(!Offer::of(["application/rss+xml", "text/html"]).is_choice());
    }

    #[test]
    fn each_form_leads_to_the_others() {
        assert_eq!(
            SchemaOrg.links(&ARTICLE, "/v1/articles/1", "?lang=en"),
            [
                "</v1/articles/1?lang=en>; rel=\"alternate\"; type=\"application/json\"",
                "</v1/articles/1.ninjs?lang=en>; rel=\"alternate\"; type=\"application/json\"; \
                 profile=\"http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#\"",
            ]
        );
    }

    #[test]
    fn what_shapes_json_shapes_nothing_else() {
        for name in SHAPING {
            let query = format!("{name}=x");
            assert!(shapeless(Ninjs, &query).is_err());
            assert!(shapeless(Json, &query).is_ok());
        }
        assert!(shapeless(Ninjs, "lang=en").is_ok());
    }
}
