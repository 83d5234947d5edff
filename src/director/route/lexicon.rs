//! The words of the routing table, read from `lexicon.toml`, and the small pattern language they are written in.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::tokens::{ChineseWords, Kind, Token};

/// Everything the table looks for.
#[derive(Debug)]
pub struct Lexicon {
    /// Words between clauses.
    pub joiners: HashSet<String>,
    /// Words before what is not wanted.
    pub rather_than: Patterns,
    /// Words before how a file is to be.
    pub said_how: HashSet<String>,
    /// Words that mean what was just spoken of.
    pub spoken_of: HashSet<String>,
    /// What a file can be, where one is named beside what is not wanted or beside another to bring in.
    pub things: Patterns,
    /// What names a file by its kind: "mp4", "project zip".
    pub named: Patterns,
    /// Words that ask for something; beside a named file they ask for that.
    pub wants: Patterns,
    /// What is no export unless a file is named.
    pub unless_named: Patterns,
    /// Words people write short, and what they stand for.
    pub short: HashMap<String, String>,
    /// What an action is to wait for.
    pub later: Patterns,
    /// Actions that are said not to be wanted.
    pub declined: Patterns,
    /// Action words that are read through a slip of the fingers.
    pub slips: Vec<String>,
    /// Words that only look like slips of those.
    pub no_slips: HashSet<String>,
    /// Words before any wish.
    pub fillers: Patterns,
    /// Words that carry no wish.
    pub common: HashSet<String>,
    /// What makes any action a message.
    pub never: Patterns,
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
    pub formats: Vec<(String, Patterns)>,
    /// As the contract names them.
    pub aspects: Vec<(String, Patterns)>,
    /// As the contract names them.
    pub qualities: Vec<(String, Patterns)>,
    /// Chinese words, for cutting.
    pub chinese: ChineseWords,
}

/// The words of one action.
#[derive(Debug, Default)]
pub struct Rule {
    /// One must be there.
    pub keys: Patterns,
    /// With one of these in front the rest is free.
    pub open: Patterns,
    /// With one of these it is a message.
    pub not: Patterns,
    /// What else may stand there.
    pub words: HashSet<String>,
    /// Whether file names and addresses may stand there.
    pub files: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    joiners: Vec<String>,
    rather_than: Vec<String>,
    said_how: HashSet<String>,
    spoken_of: HashSet<String>,
    things: Vec<String>,
    traditional: Vec<String>,
    before_names: Vec<String>,
    short: HashMap<String, String>,
    later: Vec<String>,
    declined: Vec<String>,
    slips: Vec<String>,
    no_slips: HashSet<String>,
    fillers: Vec<String>,
    common: Vec<String>,
    never: Vec<String>,
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
    not: Vec<String>,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportFile {
    keys: Vec<String>,
    open: Vec<String>,
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
        let mut reader =
            Reader { class: file.class, chinese: ChineseWords::new(&file.traditional, &file.before_names) };
        let named = |list: Vec<Named>, reader: &mut Reader| {
            list.into_iter().map(|named| (named.is, reader.patterns(&named.words))).collect()
        };
        Self {
            fillers: reader.patterns(&file.fillers),
            never: reader.patterns(&file.never),
            short: file.short,
            later: reader.patterns(&file.later),
            declined: reader.patterns(&file.declined),
            joiners: reader.words(&file.joiners),
            rather_than: reader.patterns(&file.rather_than),
            said_how: file.said_how,
            spoken_of: file.spoken_of,
            things: reader.patterns(&file.things),
            named: reader.patterns(&file.export.named),
            wants: reader.patterns(&file.export.wants),
            unless_named: reader.patterns(&file.export.unless_named),
            slips: file.slips,
            no_slips: file.no_slips,
            common: reader.words(&file.common),
            make: reader.words(&file.make),
            fetch: reader.words(&file.fetch),
            formats: named(file.export.formats, &mut reader),
            aspects: named(file.export.aspects, &mut reader),
            qualities: named(file.export.qualities, &mut reader),
            export: reader.rule(RuleFile {
                keys: file.export.keys,
                open: file.export.open,
                not: file.export.not,
                words: file.export.words,
            }),
            credits: reader.rule(file.credits),
            state: reader.rule(file.state),
            upload: reader.rule(file.upload),
            handing_over: reader.rule(file.handing_over),
            praise: reader.rule(file.praise),
            chinese: reader.chinese,
        }
    }
}

struct Reader {
    class: BTreeMap<String, Vec<String>>,
    chinese: ChineseWords,
}

impl Reader {
    fn words(&mut self, list: &[String]) -> HashSet<String> {
        let mut words = HashSet::new();
        for word in list {
            match word.strip_prefix('@') {
                Some(class) => words.extend(self.class.get(class).into_iter().flatten().cloned()),
                None => {
                    words.insert(word.clone());
                }
            }
        }
        words.iter().for_each(|word| self.chinese.add(word));
        words
    }

    fn rule(&mut self, file: RuleFile) -> Rule {
        Rule {
            keys: self.patterns(&file.keys),
            open: self.patterns(&file.open),
            not: self.patterns(&file.not),
            files: file.words.iter().any(|word| word == "#file"),
            words: self.words(&file.words),
        }
    }

    fn patterns(&mut self, list: &[String]) -> Patterns {
        let mut patterns = Patterns::default();
        for line in list {
            let steps = line.split_whitespace().map(|step| self.step(step)).collect();
            patterns.add(steps);
        }
        patterns
    }

    fn step(&mut self, step: &str) -> Step {
        let (step, optional) = step.strip_suffix('?').map_or((step, false), |step| (step, true));
        let list: Vec<String> = step.split('|').map(str::to_owned).collect();
        let kind = |name: &str| list.iter().any(|word| word == name);
        let (number, file, url) = (kind("#number"), kind("#file"), kind("#url"));
        Step { words: self.words(&list), optional, number, file, url }
    }
}

/// A word of a pattern.
#[derive(Debug)]
struct Step {
    words: HashSet<String>,
    optional: bool,
    number: bool,
    file: bool,
    url: bool,
}

impl Step {
    fn fits(&self, token: &Token) -> bool {
        match token.kind {
            Kind::Word => self.words.contains(&token.text),
            Kind::Number => self.number || self.words.contains(&token.text),
            Kind::File => self.file,
            Kind::Url => self.url,
            Kind::Quote | Kind::Stop => false,
        }
    }
}

/// Patterns, found by their first word.
#[derive(Debug, Default)]
pub struct Patterns {
    rows: Vec<Vec<Step>>,
    by_first: HashMap<String, Vec<usize>>,
    // Rows that may begin with a number, a file or an address.
    loose: Vec<usize>,
}

impl Patterns {
    fn add(&mut self, row: Vec<Step>) {
        let index = self.rows.len();
        for step in &row {
            for word in &step.words {
                self.by_first.entry(word.clone()).or_default().push(index);
            }
            if step.number || step.file || step.url {
                self.loose.push(index);
            }
            if !step.optional {
                break;
            }
        }
        self.rows.push(row);
    }

    /// The end of the longest pattern that begins at a token.
    pub fn at(&self, tokens: &[Token], at: usize) -> Option<usize> {
        let first = tokens.get(at)?;
        let candidates = self.by_first.get(&first.text).into_iter().flatten().chain(&self.loose);
        candidates.filter_map(|index| follow(self.rows.get(*index)?, tokens, at)).filter(|end| *end > at).max()
    }

    /// Whether a pattern stands anywhere in a clause.
    pub fn within(&self, tokens: &[Token]) -> bool {
        (0..tokens.len()).any(|at| self.at(tokens, at).is_some())
    }
}

/// Where a row ends that begins at a token.
fn follow(row: &[Step], tokens: &[Token], at: usize) -> Option<usize> {
    let Some((step, rest)) = row.split_first() else { return Some(at) };
    let taken = tokens.get(at).filter(|token| step.fits(token)).and_then(|_| follow(rest, tokens, at + 1));
    taken.or_else(|| if step.optional { follow(rest, tokens, at) } else { None })
}
