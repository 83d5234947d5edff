//! Phrases and what they mean. A phrase is a row of words: `a|b` is either, `a?` may be missing, `@name` one of the words of
//! that class, `#number`, `#file` and `#url` a token of that kind, `*` any word and `*4` up to four of them. The longest one
//! that fits wins. What is quoted is no word of any phrase.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::characters::folded;
use crate::fillers;
use crate::tokens::{Dictionary, Kind, Token, atoms};

/// Phrases, found by their first word, each with everything that it can mean.
#[derive(Debug)]
pub struct Phrases<Meaning = ()> {
    rows: Vec<Row<Meaning>>,
    by_first: HashMap<String, Vec<usize>>,
    // Rows that may begin with a token of some kind.
    loose: Vec<usize>,
    // Where each row of plain words stands, so that words with several meanings are one row.
    plain: HashMap<Vec<String>, usize>,
}

#[derive(Debug)]
struct Row<Meaning> {
    steps: Vec<Step>,
    meanings: Vec<Meaning>,
}

/// A step of a row: one of some words or a token of a kind.
#[derive(Debug, Default)]
struct Step {
    words: HashSet<String>,
    // Alternatives of several tokens.
    longer: Vec<Vec<String>>,
    slots: Vec<Slot>,
    optional: bool,
    // Whether its words may be quoted.
    quoted: bool,
}

/// A place for a token of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Any,
    Number,
    File,
    Url,
}

impl Slot {
    fn of(name: &str) -> Option<Self> {
        match name {
            "*" => Some(Self::Any),
            "#number" => Some(Self::Number),
            "#file" => Some(Self::File),
            "#url" => Some(Self::Url),
            _ => None,
        }
    }

    fn takes(self, kind: Kind) -> bool {
        match self {
            Self::Any => matches!(kind, Kind::Word | Kind::Han | Kind::Number(_)),
            Self::Number => matches!(kind, Kind::Number(_)),
            Self::File => kind == Kind::File,
            Self::Url => kind == Kind::Url,
        }
    }
}

impl Step {
    /// Where it ends when it begins at a token: one end for each way to take it.
    fn ends<'s>(&'s self, tokens: &'s [Token], at: usize) -> impl Iterator<Item = usize> + 's {
        let first = tokens.get(at);
        let takes = |token: &&Token| {
            let said = token.is_said() || self.quoted && token.is_untouchable();
            said && self.words.contains(&token.text) || self.slots.iter().any(|slot| slot.takes(token.kind))
        };
        let one = first.filter(takes).map(|_| at + 1);
        let longer = self.longer.iter().filter(move |words| says(tokens, at, words)).map(move |words| at + words.len());
        one.into_iter().chain(longer)
    }
}

fn says(tokens: &[Token], at: usize, words: &[String]) -> bool {
    let row = tokens.get(at..at + words.len());
    row.is_some_and(|row| row.iter().zip(words).all(|(token, word)| token.is_said() && token.text == *word))
}

/// Where a row ends that begins at a token.
fn follow(steps: &[Step], tokens: &[Token], at: usize) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else { return Some(at) };
    let taken = step.ends(tokens, at).find_map(|end| follow(rest, tokens, end));
    taken.or_else(|| if step.optional { follow(rest, tokens, at) } else { None })
}

/// A phrase in a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Found<'p, Meaning> {
    /// The token after it.
    pub end: usize,
    /// What it can mean.
    pub meanings: &'p [Meaning],
}

impl<Meaning> Default for Phrases<Meaning> {
    fn default() -> Self {
        Self { rows: Vec::new(), by_first: HashMap::new(), loose: Vec::new(), plain: HashMap::new() }
    }
}

impl<Meaning> Phrases<Meaning> {
    /// The longest phrase that begins at a token.
    pub fn longest(&self, tokens: &[Token], at: usize) -> Option<Found<'_, Meaning>> {
        let first = tokens.get(at)?;
        let candidates = self.by_first.get(&first.text).into_iter().flatten().chain(&self.loose);
        let mut best: Option<Found<'_, Meaning>> = None;
        for row in candidates.filter_map(|index| self.rows.get(*index)) {
            let end = follow(&row.steps, tokens, at).filter(|end| *end > best.as_ref().map_or(at, |best| best.end));
            if let Some(end) = end {
                best = Some(Found { end, meanings: &row.meanings });
            }
        }
        best
    }

    /// The end of the longest phrase that begins at a token.
    pub fn end(&self, tokens: &[Token], at: usize) -> Option<usize> {
        self.longest(tokens, at).map(|found| found.end)
    }

    /// Whether a phrase ends where the tokens end.
    pub fn closes(&self, tokens: &[Token]) -> bool {
        (0..tokens.len()).any(|at| self.end(tokens, at) == Some(tokens.len()))
    }

    /// Where the first phrase begins.
    pub fn first_in(&self, tokens: &[Token]) -> Option<usize> {
        (0..tokens.len()).find(|at| self.end(tokens, *at).is_some())
    }

    /// Whether a phrase stands anywhere.
    pub fn within(&self, tokens: &[Token]) -> bool {
        self.first_in(tokens).is_some()
    }

    /// Whether some phrase begins with a word.
    pub fn begins_with(&self, word: &str) -> bool {
        self.by_first.contains_key(word)
    }

    /// Whether these words, parted by white space, are a phrase without alternatives.
    pub fn has(&self, phrase: &str) -> bool {
        self.plain.contains_key(&phrase.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    /// Everything that some phrase can mean.
    pub fn meanings(&self) -> impl Iterator<Item = &Meaning> {
        self.rows.iter().flat_map(|row| &row.meanings)
    }

    fn push(&mut self, row: Row<Meaning>) {
        let index = self.rows.len();
        for step in &row.steps {
            for word in step.words.iter().chain(step.longer.iter().filter_map(|words| words.first())) {
                self.by_first.entry(word.clone()).or_default().push(index);
            }
            if !step.slots.is_empty() {
                self.loose.push(index);
            }
            if !step.optional {
                break;
            }
        }
        self.rows.push(row);
    }
}

impl<Meaning: PartialEq + Clone> Phrases<Meaning> {
    /// Adds words as they are, without signs of the pattern language.
    pub fn add_plain(&mut self, phrase: &str, meaning: Meaning) {
        self.add_words(said(phrase), false, meaning);
    }

    /// Adds words that white space parts, and all of them as one that is quoted.
    fn add_spaced(&mut self, phrase: &str, meaning: Meaning) {
        let words: Vec<String> = folded(phrase).split_whitespace().map(str::to_owned).collect();
        if words.len() > 1 {
            self.add_words(vec![words.join(" ")], true, meaning.clone());
        }
        self.add_words(words, true, meaning);
    }

    fn add_words(&mut self, words: Vec<String>, quoted: bool, meaning: Meaning) {
        if words.is_empty() {
            return;
        }
        if let Some(row) = self.plain.get(&words).and_then(|at| self.rows.get_mut(*at)) {
            if !row.meanings.contains(&meaning) {
                row.meanings.push(meaning);
            }
            return;
        }
        let step = |word: &String| Step { words: HashSet::from([word.clone()]), quoted, ..Step::default() };
        let steps = words.iter().map(step).collect();
        self.plain.insert(words, self.rows.len());
        self.push(Row { steps, meanings: vec![meaning] });
    }

    /// Adds a line of the pattern language, in the words of a grammar. Lines for `atoms` that are plain, or a class and nothing
    /// else, share their row with other lines of the same words.
    pub fn add(&mut self, line: &str, meaning: Meaning, grammar: &mut Grammar) {
        let is_plain = !line.split_whitespace().any(is_pattern);
        if is_plain && matches!(grammar.cut, Cut::Spaced) {
            return self.add_spaced(line, meaning);
        }
        if matches!(grammar.cut, Cut::Atoms) {
            if is_plain {
                return self.add_plain(line, meaning);
            }
            if let Some(words) = line.strip_prefix('@').and_then(|class| grammar.classes.get(class)) {
                return words.iter().for_each(|word| self.add_plain(word, meaning.clone()));
            }
        }
        let mut steps = Vec::new();
        for step in line.split_whitespace() {
            let times = step.strip_prefix('*').and_then(|times| times.parse().ok());
            match times {
                Some(times) => steps.extend((0..times).map(|_: usize| grammar.step("*?"))),
                None => steps.push(grammar.step(step)),
            }
        }
        self.push(Row { steps, meanings: vec![meaning] });
    }
}

impl<Meaning: DeserializeOwned + Ord + Copy> Phrases<Meaning> {
    /// Reads a built-in file of rows `meaning = { en = [...], zh = [...] }`, for `atoms`.
    pub fn built_in(file: &str) -> Self {
        let rows: BTreeMap<Meaning, Languages> = crate::built_in(file);
        let mut grammar = Grammar::of_atoms();
        let mut phrases = Self::default();
        for (meaning, row) in &rows {
            row.iter().for_each(|line| phrases.add(line, *meaning, &mut grammar));
        }
        phrases
    }
}

/// Words for one thing in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Languages {
    /// English, in lower case.
    pub en: Vec<String>,
    /// Chinese, simplified.
    pub zh: Vec<String>,
}

impl Languages {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &String> {
        self.en.iter().chain(&self.zh)
    }
}

/// Whether a step is more than words.
fn is_pattern(step: &str) -> bool {
    step.chars().nth(1).is_some() && (step.contains('|') || step.starts_with(['@', '#', '*']) || step.ends_with('?'))
}

/// The words of a phrase as `atoms` has them.
fn said(phrase: &str) -> Vec<String> {
    atoms(phrase).into_iter().filter(Token::is_said).map(|token| token.text).collect()
}

/// What lines of phrases are written in: the classes they name, and how their words are cut.
#[derive(Debug)]
pub struct Grammar {
    classes: BTreeMap<String, Vec<String>>,
    cut: Cut,
}

/// How the texts are cut that phrases are looked up in.
#[derive(Debug)]
enum Cut {
    Atoms,
    /// By the words that were given so far.
    Words(Dictionary),
    Spaced,
}

impl Grammar {
    /// For texts cut into `atoms`, with the classes of `fillers`.
    pub fn of_atoms() -> Self {
        Self { classes: fillers::classes().clone(), cut: Cut::Atoms }
    }

    /// For texts cut into `words`, with classes of its own beside those of `fillers`.
    pub fn of_words(mut classes: BTreeMap<String, Vec<String>>, dictionary: Dictionary) -> Self {
        classes.extend(fillers::classes().clone());
        Self { classes, cut: Cut::Words(dictionary) }
    }

    /// For prose that is `spaced`; what is quoted there may be the words of a phrase as well, as the name of a button is.
    pub fn of_prose() -> Self {
        Self { classes: fillers::classes().clone(), cut: Cut::Spaced }
    }

    /// The words that it was given, for cutting a text.
    pub fn into_dictionary(self) -> Dictionary {
        match self.cut {
            Cut::Words(dictionary) => dictionary,
            Cut::Atoms | Cut::Spaced => Dictionary::default(),
        }
    }

    /// Phrases without a meaning of their own.
    pub fn phrases(&mut self, lines: &[String]) -> Phrases {
        let mut phrases = Phrases::default();
        lines.iter().for_each(|line| phrases.add(line, (), self));
        phrases
    }

    /// Single words, and those of the classes among them.
    pub fn words(&mut self, list: &[String]) -> HashSet<String> {
        let mut words = HashSet::new();
        for word in list {
            match word.strip_prefix('@').filter(|class| !class.is_empty()) {
                Some(class) => words.extend(self.classes.get(class).into_iter().flatten().map(|word| folded(word))),
                None => {
                    words.insert(folded(word));
                }
            }
        }
        if let Cut::Words(dictionary) = &mut self.cut {
            words.iter().for_each(|word| dictionary.add(word));
        }
        words
    }

    fn step(&mut self, step: &str) -> Step {
        let (step, optional) = step.strip_suffix('?').map_or((step, false), |step| (step, true));
        let parts: Vec<String> = step.split('|').map(str::to_owned).collect();
        let slots = parts.iter().filter_map(|part| Slot::of(part)).collect();
        let words: Vec<String> = parts.into_iter().filter(|part| Slot::of(part).is_none()).collect();
        let words = self.words(&words);
        if !matches!(self.cut, Cut::Atoms) {
            let quoted = matches!(self.cut, Cut::Spaced);
            return Step { words, slots, optional, quoted, ..Step::default() };
        }
        let (one, longer): (Vec<_>, Vec<_>) = words.iter().map(|word| said(word)).partition(|words| words.len() == 1);
        Step { words: one.into_iter().flatten().collect(), longer, slots, optional, quoted: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::words;

    fn ends(line: &str, texts: &[&str]) -> Vec<Option<usize>> {
        let classes = BTreeMap::from([("format".to_owned(), vec!["mp4".to_owned(), "动图".to_owned()])]);
        let mut grammar = Grammar::of_words(classes, Dictionary::new(&[]));
        let phrases = grammar.phrases(&[line.to_owned()]);
        let dictionary = grammar.into_dictionary();
        texts.iter().map(|text| phrases.end(&words(text, &dictionary), 0)).collect()
    }

    #[test]
    fn alternatives_gaps_classes_and_slots_are_followed() {
        assert_eq!(
            ends("save|export it? as @format", &["export as mp4", "save it as mp4", "save it", "it"]),
            [Some(3), Some(4), None, None]
        );
        assert_eq!(ends("导出 *2 @format", &["导出动图", "導出成 動圖", "导出"]), [Some(2), Some(3), None]);
        assert_eq!(
            ends("upload #file|#url", &["upload a.mp4", "upload https://a.b/c", "upload \"a\""]),
            [Some(2), Some(2), None]
        );
        assert_eq!(ends("#number photos", &["12 photos", "twelve photos"]), [Some(2), None]);
    }

    #[test]
    fn the_longest_phrase_wins_with_all_that_it_can_mean() {
        let mut phrases = Phrases::default();
        let mut grammar = Grammar::of_atoms();
        phrases.add("cut", 1, &mut grammar);
        phrases.add("cut out", 2, &mut grammar);
        phrases.add("cut out", 3, &mut grammar);
        phrases.add("剪掉|去掉 它?", 4, &mut grammar);
        let at = |text: &str| phrases.longest(&atoms(text), 0).map(|found| (found.meanings.to_vec(), found.end));
        assert_eq!(at("cut it"), Some((vec![1], 1)));
        assert_eq!(at("Cut out it"), Some((vec![2, 3], 2)));
        assert_eq!(at("去掉它吧"), Some((vec![4], 3)));
        assert_eq!(at("\"cut\""), None);
        assert!(phrases.begins_with("cut") && !phrases.begins_with("out"));
    }

    #[test]
    fn a_class_alone_is_each_of_its_words() {
        let mut phrases = Phrases::default();
        phrases.add("the", 1, &mut Grammar::of_atoms());
        phrases.add("@small", 2, &mut Grammar::of_atoms());
        let tokens = atoms("the");
        assert_eq!(phrases.longest(&tokens, 0).map(|found| found.meanings.to_vec()), Some(vec![1, 2]));
    }
}
