//! A request cut into clauses, and what each one asks for.

use bedtrack_language::characters::is_han;
use bedtrack_language::endings::{self, Holds};
use bedtrack_language::tokens::{Kind, Token};

use super::action::Action;
use super::lexicon::{Lexicon, Rule, lexicon};
use super::wish::{self, ExportWish};

/// No action takes more words than this; what is longer is a message, and the search stays linear.
pub(super) const LONGEST_ACTION: usize = 48;

/// What a clause asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// An action of the table.
    For(Action),
    /// "Generate and download a lo-fi track": a wish, and then its file.
    MakeAndFetch(ExportWish),
    /// Nothing of the table.
    Nothing,
}

impl Asked {
    /// Whether it is more than a message.
    pub fn is_action(&self) -> bool {
        *self != Self::Nothing
    }
}

/// A clause.
#[derive(Debug)]
pub struct Clause<'a> {
    /// Its words.
    pub tokens: &'a [Token],
    /// What it asks for.
    pub asked: Asked,
    /// Where it lies in the request, joined fragments included.
    pub(super) span: (usize, usize),
    /// Whether it was said after what it comes before.
    pub is_moved: bool,
    /// Whether a part that was joined to it names its format.
    pub(super) is_named: bool,
    /// For `MakeAndFetch`: the verb of making, and what is to be made.
    pub(super) made: Option<((usize, usize), usize)>,
}

impl<'a> Clause<'a> {
    fn new(tokens: &'a [Token], asked: Asked) -> Self {
        let span = (tokens.first().map_or(0, |token| token.start), tokens.last().map_or(0, |token| token.end));
        Self { tokens, asked, span, is_moved: false, is_named: false, made: None }
    }

    /// Its first byte.
    pub fn start(&self) -> usize {
        self.span.0
    }

    /// The byte after it.
    pub fn end(&self) -> usize {
        self.span.1
    }

    /// Whether it is nothing but "please", "thanks", "okay".
    fn is_polite(&self) -> bool {
        let lexicon = lexicon();
        after_fillers(lexicon, self.tokens).iter().all(|token| {
            matches!(token.kind, Kind::Number(_)) || token.kind == Kind::Word && lexicon.common.contains(&token.text)
        })
    }

    /// Whether it asks for nothing: "please", "it sounds lovely now", and which action is not wanted.
    pub fn is_idle(&self) -> bool {
        self.is_polite() || self.declines() || self.praises()
    }

    /// Whether it is nobody's message beside an action.
    pub fn is_aside(&self) -> bool {
        self.is_idle() || self.remarks()
    }

    /// Whether it only tells something: "my boss wants to know", "the client has seen it".
    fn remarks(&self) -> bool {
        let lexicon = lexicon();
        let core = after_fillers(lexicon, self.tokens);
        let core = without_harmless(lexicon, core);
        let has = |word: &Token, characters: &str| word.text.contains(|c| characters.contains(c));
        let chinese = core.iter().any(|word| word.text.contains(is_han))
            && !core.iter().any(|word| has(word, &lexicon.described));
        let opened = lexicon.remark.end(&core, 0).or(chinese.then_some(0));
        let Some(told) = opened.and_then(|opened| core.get(opened..)) else { return false };
        let wishes = |word: &Token| matches!(word.kind, Kind::File | Kind::Url) || has(word, &lexicon.wish_characters);
        core.len() <= LONGEST_ACTION && !told.iter().any(wishes) && !lexicon.wishes.within(told)
    }

    fn praises(&self) -> bool {
        let lexicon = lexicon();
        let core = after_fillers(lexicon, self.tokens);
        core.len() <= LONGEST_ACTION && fits(lexicon, &lexicon.praise, core, self.tokens, true)
    }

    /// Whether it only says which action is not wanted.
    fn declines(&self) -> bool {
        let lexicon = lexicon();
        let core = after_fillers(lexicon, self.tokens);
        !core.is_empty() && lexicon.declined.end(core, 0) == Some(core.len())
    }

    /// A medium on the web that the clause speaks of: it has to be brought in before anything can be done with it.
    pub fn medium(&self) -> Option<&Token> {
        let media = |token: &&Token| token.kind == Kind::Url && endings::of(&token.text).is_some_and(Holds::is_media);
        if self.asked == Asked::Nothing { self.tokens.iter().find(media) } else { None }
    }

    /// The wish within "generate and download a lo-fi track".
    pub fn made(&self, request: &str) -> String {
        let Some(((start, end), object)) = self.made else { return String::new() };
        let verb = request.get(start..end).unwrap_or_default();
        let object = request.get(object..self.end()).unwrap_or_default().trim();
        let space = if verb.is_ascii() { " " } else { "" };
        format!("{verb}{space}{object}")
    }
}

/// Cuts a request at its punctuation and joining words, and reads each clause.
pub fn classify(tokens: &[Token], has_files: bool) -> Vec<Clause<'_>> {
    let lexicon = lexicon();
    let joins =
        |token: &Token| token.kind == Kind::Stop || token.kind == Kind::Word && lexicon.joiners.contains(&token.text);
    let mut clauses: Vec<Clause<'_>> = tokens
        .split(joins)
        .flat_map(|words| at_colon(lexicon, words, has_files))
        .filter(|words| !words.is_empty())
        .flat_map(|words| in_order(lexicon, words, has_files))
        .collect();
    hand_over(lexicon, &mut clauses);
    clauses
}

/// "Here is my clip: trip.mp4": what is handed over is named behind.
fn hand_over(lexicon: &Lexicon, clauses: &mut [Clause<'_>]) {
    for at in 1..clauses.len() {
        let Some([before, named]) = clauses.get_mut(at - 1..=at) else { continue };
        let is_name = named.tokens.iter().all(|word| word.kind == Kind::File);
        if is_name
            && before.asked == Asked::Nothing
            && asked(lexicon, before.tokens, true) == Asked::For(Action::Upload)
        {
            before.asked = Asked::For(Action::Upload);
        }
    }
}

/// "Before we go on: how many credits are left" is two clauses, "add a title: export" is one.
fn at_colon<'a>(lexicon: &Lexicon, words: &'a [Token], has_files: bool) -> [&'a [Token]; 2] {
    let colon = words.iter().position(|word| word.kind == Kind::Colon);
    let parts = colon.and_then(|at| Some((words.get(..at)?, words.get(at + 1..)?)));
    let parts = parts.filter(|(before, _)| {
        let clause = Clause::new(before, asked(lexicon, before, has_files));
        clause.asked.is_action() || clause.is_aside()
    });
    parts.map_or([words, &[]], |(before, behind)| [before, behind])
}

/// "Export it as mov instead of mp4": the words before what is not wanted.
fn without_refusal<'a>(lexicon: &Lexicon, words: &'a [Token]) -> &'a [Token] {
    let cut = (1..words.len().min(LONGEST_ACTION)).find_map(|at| {
        let (wanted, refused) = words.split_at_checked(at)?;
        let refused = says_what_not(lexicon, refused) && covered(lexicon, &lexicon.export, wanted);
        (lexicon.rather_than.end(words, at).is_some() && refused).then_some(wanted)
    });
    cut.unwrap_or(words)
}

/// A clause, or two where it says what its action is to wait for: that comes first then.
fn in_order<'a>(lexicon: &Lexicon, words: &'a [Token], has_files: bool) -> Vec<Clause<'a>> {
    let words = without_refusal(lexicon, words);
    let short = words.len() <= LONGEST_ACTION;
    let whole = asked(lexicon, words, has_files);
    // "Is the export done": what is read as a whole has no aside.
    let parts = short && !whole.is_action();
    let is_aside = |at: usize| parts && lexicon.fillers.end(words, at) == Some(words.len());
    let is_declined = |at: usize| parts && lexicon.declined.end(words, at) == Some(words.len());
    let cut = (1..words.len())
        .find(|at| short && (is_aside(*at) || is_declined(*at) || lexicon.later.end(words, *at).is_some()));
    if let Some((action, condition)) = cut.and_then(|at| words.split_at_checked(at)) {
        let (asks, waits) = (asked(lexicon, action, has_files), asked(lexicon, condition, has_files));
        let wish = condition.get(lexicon.later.end(condition, 0).unwrap_or(0)..).unwrap_or_default();
        if asks.is_action() && !waits.is_action() {
            let action = Clause::new(action, asks);
            let at = words.len() - condition.len();
            if is_aside(at) || is_declined(at) || covered(lexicon, &lexicon.export, wish) {
                return vec![action];
            }
            return vec![Clause { is_moved: true, ..Clause::new(condition, Asked::Nothing) }, action];
        }
    }
    vec![Clause::new(words, whole)]
}

fn asked(lexicon: &Lexicon, words: &[Token], has_files: bool) -> Asked {
    let bounded = words.get(..LONGEST_ACTION).unwrap_or(words);
    let plain = without_harmless(lexicon, bounded);
    // "Export it before you go on": what comes after it is not asked for here.
    let core = after_fillers(lexicon, &plain);
    let until = (0..core.len()).find(|at| lexicon.not_behind.end(core, *at).is_some());
    let core = until.and_then(|at| core.get(..at)).unwrap_or(core);
    if lexicon.never.within(&plain) {
        return Asked::Nothing;
    }
    let whole = words.len() <= LONGEST_ACTION;
    let hands_over = has_files || core.iter().any(|word| word.kind == Kind::File);
    let bounded = if until.is_some() { core } else { plain.as_slice() };
    let fits = |rule: &Rule| fits(lexicon, rule, core, bounded, whole);
    let action = if fits(&lexicon.state) {
        Action::State
    } else if fits(&lexicon.credits) {
        Action::Credits
    } else if fits(&lexicon.upload) || hands_over && fits(&lexicon.handing_over) {
        Action::Upload
    } else if whole && asks_for_file(lexicon, core, bounded) || fits(&lexicon.export) && !unnamed(lexicon, bounded) {
        Action::Export(wish::read(lexicon, words.get(..LONGEST_ACTION).unwrap_or(words)))
    } else {
        return Asked::Nothing;
    };
    Asked::For(action)
}

/// The words without what says nothing of its own: "with an aspect ratio of", "without a watermark".
fn without_harmless(lexicon: &Lexicon, words: &[Token]) -> Vec<Token> {
    let mut plain = Vec::with_capacity(words.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if word.kind == Kind::Colon {
            at += 1;
        } else if let Some(end) = lexicon.harmless.end(words, at) {
            at = end;
        } else {
            plain.push(word.clone());
            at += 1;
        }
    }
    plain
}

/// "I need a square mp4": a file is named and asked for, and nothing else is spoken of.
fn asks_for_file(lexicon: &Lexicon, core: &[Token], clause: &[Token]) -> bool {
    lexicon.named.within(clause)
        && lexicon.wants.within(clause)
        && !lexicon.export.not.within(core)
        && covered(lexicon, &lexicon.export, core)
}

/// "Make the video": no export, unless it is to be made an mp4.
fn unnamed(lexicon: &Lexicon, clause: &[Token]) -> bool {
    lexicon.unless_named.within(clause) && !lexicon.named.within(clause)
}

fn fits(lexicon: &Lexicon, rule: &Rule, core: &[Token], clause: &[Token], whole: bool) -> bool {
    if core.is_empty() || rule.not.within(core) {
        return false;
    }
    rule.open.end(core, 0).is_some()
        || whole && rule.close.closes(core)
        || whole && rule.keys.within(clause) && covered(lexicon, rule, core)
}

/// Whether every word belongs to the action or carries no wish of its own.
pub(super) fn covered(lexicon: &Lexicon, rule: &Rule, words: &[Token]) -> bool {
    words.iter().all(|token| match token.kind {
        Kind::Word => {
            let known = |word: &str| rule.words.contains(word) || lexicon.common.contains(word);
            let whose = token.text.strip_suffix("'s");
            known(&token.text) || whose.is_some_and(known) || is_made_of(&token.text, &known)
        }
        Kind::File | Kind::Url => rule.files,
        Kind::Quote => rule.quotes,
        _ => true,
    })
}

/// Whether a Chinese word, cut as another action knows it, is a row of known ones.
fn is_made_of(word: &str, known: &impl Fn(&str) -> bool) -> bool {
    if !word.chars().all(is_han) {
        return false;
    }
    let ends: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let mut reached = vec![0];
    for end in ends.iter().skip(1) {
        if reached.iter().any(|start| word.get(*start..*end).is_some_and(known)) {
            reached.push(*end);
        }
    }
    reached.last() == Some(&word.len())
}

/// The words behind "please", "can you", "now", "once it's done".
pub(super) fn after_fillers<'a>(lexicon: &Lexicon, words: &'a [Token]) -> &'a [Token] {
    let mut at = 0;
    while let Some(end) = lexicon.fillers.end(words, at) {
        at = end;
    }
    words.get(at..).unwrap_or_default()
}

/// "Not gif", "instead of mp4": only what is not wanted.
pub(super) fn says_what_not(lexicon: &Lexicon, words: &[Token]) -> bool {
    let rest = lexicon.rather_than.end(words, 0).and_then(|end| words.get(end..)).unwrap_or_default();
    (lexicon.things.within(rest) || wish::read(lexicon, rest) != ExportWish::default())
        && covered(lexicon, &lexicon.export, rest)
}
