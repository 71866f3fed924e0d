//! What readers are told of a quote whose source or outlet is not on record. No database, no HTTP.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Source, SourceId};
use crate::language::Lang;

/// How the sources that quotes name stand at this moment.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    hidden: BTreeSet<SourceId>,
    survivors: BTreeMap<SourceId, SourceId>,
}

impl Standing {
    pub fn of(sources: &[Source]) -> Self {
        let hidden = sources
            .iter()
            .filter(|source| !source.disclosure.is_on_record());
        let merged = sources
            .iter()
            .filter_map(|source| Some((source.id, source.merged_into?)));
        Self {
            hidden: hidden.map(|source| source.id).collect(),
            survivors: merged.collect(),
        }
    }

    /// That one source is hidden, and nothing of the others.
    #[cfg(test)]
    fn hiding(id: SourceId) -> Self {
        Self {
            hidden: BTreeSet::from([id]),
            survivors: BTreeMap::new(),
        }
    }

    /// True for one that readers may not know of.
    pub fn is_hidden(&self, id: SourceId) -> bool {
        self.hidden.contains(&id)
    }

    /// The source itself, or the one into which it was merged.
    pub fn survivor(&self, id: SourceId) -> SourceId {
        self.survivors.get(&id).copied().unwrap_or(id)
    }
}

/// Who said it and where it was said: the part of a quote that can name somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    pub source_id: Option<SourceId>,
    /// What stands in the place of a name: "a resident".
    pub unnamed: Option<String>,
    pub stated_name: Option<String>,
    pub outlet_id: Option<SourceId>,
    pub programme: Option<String>,
    pub evidence_url: Option<String>,
}

impl Credit {
    /// The credit as readers get it, in a text of language `lang`. Of a source that is hidden
    /// nothing remains but a description; of an outlet that is hidden, nothing. The evidence
    /// goes with either, because it leads to them.
    pub fn for_readers(mut self, lang: &Lang, standing: &Standing) -> Self {
        if self.source_id.is_some_and(|id| standing.is_hidden(id)) {
            self.source_id = None;
            self.stated_name = None;
            self.evidence_url = None;
            self.unnamed
                .get_or_insert_with(|| somebody(lang).to_owned());
        }
        if self.outlet_id.is_some_and(|id| standing.is_hidden(id)) {
            self.outlet_id = None;
            self.programme = None;
            self.evidence_url = None;
        }
        self.source_id = self.source_id.map(|id| standing.survivor(id));
        self.outlet_id = self.outlet_id.map(|id| standing.survivor(id));
        self
    }
}

/// What a source is called that is not named, where the quote itself does not say.
pub fn somebody(lang: &Lang) -> &'static str {
    match lang.as_str().split('-').next() {
        Some("az") => "mənbə",
        Some("ru") => "источник",
        Some("tr") => "bir kaynak",
        Some("uk") => "джерело",
        Some("de") => "eine Quelle",
        Some("fr") => "une source",
        Some("es") => "una fuente",
        _ => "a source",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credit(source: SourceId, outlet: SourceId) -> Credit {
        Credit {
            source_id: Some(source),
            unnamed: None,
            stated_name: Some("Aydın Quliyev".to_owned()),
            outlet_id: Some(outlet),
            programme: Some("Səhər".to_owned()),
            evidence_url: Some("https://example.az/interview".to_owned()),
        }
    }

    #[test]
    fn a_hidden_source_leaves_only_a_description() {
        let (source, outlet) = (SourceId::new(), SourceId::new());
        let az = "az".parse().unwrap();
        let shown = credit(source, outlet).for_readers(&az, &Standing::hiding(source));
        assert_eq!(shown.unnamed.as_deref(), Some("mənbə"));
        assert_eq!(
            (shown.source_id, shown.stated_name, shown.evidence_url),
            (None, None, None)
        );
        assert_eq!(shown.outlet_id, Some(outlet));
    }

    #[test]
    fn a_hidden_outlet_takes_its_programme_with_it() {
        let (source, outlet) = (SourceId::new(), SourceId::new());
        let en = "en-GB".parse().unwrap();
        let shown = credit(source, outlet).for_readers(&en, &Standing::hiding(outlet));
        assert_eq!(
            (shown.outlet_id, shown.programme, shown.evidence_url),
            (None, None, None)
        );
        assert_eq!((shown.source_id, shown.unnamed), (Some(source), None));
        assert!(shown.stated_name.is_some());
    }

    #[test]
    fn the_description_of_the_quote_itself_goes_first() {
        let source = SourceId::new();
        let mut credit = credit(source, SourceId::new());
        credit.unnamed = Some("a resident".to_owned());
        let shown = credit.for_readers(&"az".parse().unwrap(), &Standing::hiding(source));
        assert_eq!(shown.unnamed.as_deref(), Some("a resident"));
    }
}
