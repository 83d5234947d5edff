//! The words of the routing table, read from `lexicon.toml`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use bedtrack_language::phrases::{Grammar, Phrases};
use bedtrack_language::tokens::Dictionary;
use serde::Deserialize;

/// Everything the table looks for.
#[derive(Debug)]
pub struct Lexicon {
    /// Words between clauses.
    pub joiners: HashSet<String>,
    /// Words before what is not wanted.
    pub rather_than: Phrases,
    /// Words before how a file is to be.
    pub said_how: HashSet<String>,
    /// Words that mean what was just spoken of.
    pub spoken_of: HashSet<String>,
    /// What a file can be, where one is named beside what is not wanted or beside another to bring in.
    pub things: Phrases,
    /// What names a file by its kind: "mp4", "project zip".
    pub named: Phrases,
    /// Words that ask for something; beside a named file they ask for that.
    pub wants: Phrases,
    /// What is no export unless a file is named.
    pub unless_named: Phrases,
    /// Words people write short, and what they stand for.
    pub short: HashMap<String, String>,
    /// What an action is to wait for.
    pub later: Phrases,
    /// Actions that are said not to be wanted.
    pub declined: Phrases,
    /// Action words that are read through a slip of the fingers.
    pub slips: Vec<String>,
    /// Words that only look like slips of those.
    pub no_slips: HashSet<String>,
    /// Words before any wish.
    pub fillers: Phrases,
    /// Words that carry no wish.
    pub common: HashSet<String>,
    /// What makes any action a message.
    pub never: Phrases,
    /// What makes the action behind it a message.
    pub not_behind: Phrases,
    /// Ways to say something without a wish that another rule would take for one.
    pub harmless: Phrases,
    /// What opens a remark: who or what it speaks of.
    pub remark: Phrases,
    /// What makes a remark a wish.
    pub wishes: Phrases,
    /// Characters that make a Chinese remark a wish.
    pub wish_characters: String,
    /// Characters that describe a piece or a picture in Chinese.
    pub described: String,
    /// "But first": what follows comes before what was said before.
    pub but_first: Phrases,
    /// Verbs of making, for "generate and download a track".
    pub make: HashSet<String>,
    /// Verbs of export, likewise.
    pub fetch: HashSet<String>,
    /// Words for the finished file.
    pub export: Rule,
    /// Words for the balance.
    pub credits: Rule,
    /// Words for how things stand.
    pub state: Rule,
    /// Words for bringing media in.
    pub upload: Rule,
    /// Words that hand over a file that comes with the call.
    pub handing_over: Rule,
    /// Words of praise, which ask for nothing.
    pub praise: Rule,
    /// What names a format, an aspect, a quality; the first in the list wins.
    pub formats: Vec<(String, Phrases)>,
    /// As the contract names them.
    pub aspects: Vec<(String, Phrases)>,
    /// As the contract names them.
    pub qualities: Vec<(String, Phrases)>,
    /// Chinese words, for cutting.
    pub chinese: Dictionary,
}

/// The words of one action.
#[derive(Debug, Default)]
pub struct Rule {
    /// One must be there.
    pub keys: Phrases,
    /// With one of these in front the rest is free.
    pub open: Phrases,
    /// With one of these at the end what is before is free.
    pub close: Phrases,
    /// With one of these it is a message.
    pub not: Phrases,
    /// What else may stand there.
    pub words: HashSet<String>,
    /// Whether file names and addresses may stand there.
    pub files: bool,
    /// Whether quoted titles may stand there.
    pub quotes: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    joiners: Vec<String>,
    rather_than: Vec<String>,
    said_how: HashSet<String>,
    spoken_of: HashSet<String>,
    things: Vec<String>,
    before_names: Vec<String>,
    short: HashMap<String, String>,
    later: Vec<String>,
    declined: Vec<String>,
    slips: Vec<String>,
    no_slips: HashSet<String>,
    fillers: Vec<String>,
    common: Vec<String>,
    never: Vec<String>,
    not_behind: Vec<String>,
    harmless: Vec<String>,
    remark: Vec<String>,
    wishes: Vec<String>,
    wish_characters: String,
    described: String,
    but_first: Vec<String>,
    make: Vec<String>,
    fetch: Vec<String>,
    class: BTreeMap<String, Vec<String>>,
    export: ExportFile,
    credits: RuleFile,
    state: RuleFile,
    upload: RuleFile,
    handing_over: RuleFile,
    praise: RuleFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    keys: Vec<String>,
    #[serde(default)]
    open: Vec<String>,
    #[serde(default)]
    close: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportFile {
    keys: Vec<String>,
    open: Vec<String>,
    #[serde(default)]
    close: Vec<String>,
    not: Vec<String>,
    words: Vec<String>,
    named: Vec<String>,
    wants: Vec<String>,
    unless_named: Vec<String>,
    formats: Vec<Named>,
    aspects: Vec<Named>,
    qualities: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    is: String,
    words: Vec<String>,
}

/// The lexicon, read once.
pub fn lexicon() -> &'static Lexicon {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the file is built in and read by the tests")]
        let file: File = toml::from_str(include_str!("lexicon.toml")).expect("the routing lexicon is valid TOML");
        Lexicon::build(file)
    });
    &LEXICON
}

impl Lexicon {
    fn build(file: File) -> Self {
        let mut grammar = Grammar::of_words(file.class, Dictionary::new(&file.before_names));
        let named = |list: Vec<Named>, grammar: &mut Grammar| {
            list.into_iter().map(|named| (named.is, grammar.phrases(&named.words))).collect()
        };
        Self {
            fillers: grammar.phrases(&file.fillers),
            never: grammar.phrases(&file.never),
            not_behind: grammar.phrases(&file.not_behind),
            harmless: grammar.phrases(&file.harmless),
            remark: grammar.phrases(&file.remark),
            wishes: grammar.phrases(&file.wishes),
            wish_characters: file.wish_characters,
            described: file.described,
            but_first: grammar.phrases(&file.but_first),
            short: file.short,
            later: grammar.phrases(&file.later),
            declined: grammar.phrases(&file.declined),
            joiners: grammar.words(&file.joiners),
            rather_than: grammar.phrases(&file.rather_than),
            said_how: file.said_how,
            spoken_of: file.spoken_of,
            things: grammar.phrases(&file.things),
            named: grammar.phrases(&file.export.named),
            wants: grammar.phrases(&file.export.wants),
            unless_named: grammar.phrases(&file.export.unless_named),
            slips: file.slips,
            no_slips: file.no_slips,
            common: grammar.words(&file.common),
            make: grammar.words(&file.make),
            fetch: grammar.words(&file.fetch),
            formats: named(file.export.formats, &mut grammar),
            aspects: named(file.export.aspects, &mut grammar),
            qualities: named(file.export.qualities, &mut grammar),
            export: rule(
                RuleFile {
                    keys: file.export.keys,
                    open: file.export.open,
                    close: file.export.close,
                    not: file.export.not,
                    words: file.export.words,
                },
                &mut grammar,
            ),
            credits: rule(file.credits, &mut grammar),
            state: rule(file.state, &mut grammar),
            upload: rule(file.upload, &mut grammar),
            handing_over: rule(file.handing_over, &mut grammar),
            praise: rule(file.praise, &mut grammar),
            chinese: grammar.into_dictionary(),
        }
    }
}

/// The words of one action.
fn rule(file: RuleFile, grammar: &mut Grammar) -> Rule {
    Rule {
        keys: grammar.phrases(&file.keys),
        open: grammar.phrases(&file.open),
        close: grammar.phrases(&file.close),
        not: grammar.phrases(&file.not),
        files: file.words.iter().any(|word| word == "#file"),
        quotes: file.words.iter().any(|word| word == "#quote"),
        words: grammar.words(&file.words),
    }
}
