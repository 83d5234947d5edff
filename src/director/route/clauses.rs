//! A request cut into clauses, and what each one asks for.

use super::Action;
use super::lexicon::{Lexicon, Rule, lexicon};
use super::tokens::{Kind, Token, is_chinese, is_media};
use super::wish::{self, ExportWish};

/// No action takes more words than this; what is longer is a message, and the search stays linear.
const LONGEST_ACTION: usize = 48;

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
    span: (usize, usize),
    /// Whether it was said after what it comes before.
    pub is_moved: bool,
    // For `MakeAndFetch`: the verb of making, and what is to be made.
    made: Option<((usize, usize), usize)>,
}

impl<'a> Clause<'a> {
    fn new(tokens: &'a [Token], asked: Asked) -> Self {
        let span = (tokens.first().map_or(0, |token| token.start), tokens.last().map_or(0, |token| token.end));
        Self { tokens, asked, span, is_moved: false, made: None }
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
        after_fillers(lexicon, self.tokens)
            .iter()
            .all(|token| token.kind == Kind::Number || token.kind == Kind::Word && lexicon.common.contains(&token.text))
    }

    /// Whether it asks for nothing: "please", "it sounds lovely now", and which action is not wanted.
    pub fn is_idle(&self) -> bool {
        self.is_polite() || self.declines() || self.praises()
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
        !core.is_empty() && lexicon.declined.at(core, 0) == Some(core.len())
    }

    /// A medium on the web that the clause speaks of: it has to be brought in before anything can be done with it.
    pub fn medium(&self) -> Option<&Token> {
        let media = |token: &&Token| token.kind == Kind::Url && is_media(&token.text);
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
    tokens
        .split(joins)
        .filter(|words| !words.is_empty())
        .flat_map(|words| in_order(lexicon, words, has_files))
        .collect()
}

/// "Export it as mov instead of mp4": the words before what is not wanted.
fn without_refusal<'a>(lexicon: &Lexicon, words: &'a [Token]) -> &'a [Token] {
    let cut = (1..words.len().min(LONGEST_ACTION)).find_map(|at| {
        let (wanted, refused) = words.split_at_checked(at)?;
        let refused = says_what_not(lexicon, refused) && covered(lexicon, &lexicon.export, wanted);
        (lexicon.rather_than.at(words, at).is_some() && refused).then_some(wanted)
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
    let is_aside = |at: usize| parts && lexicon.fillers.at(words, at) == Some(words.len());
    let is_declined = |at: usize| parts && lexicon.declined.at(words, at) == Some(words.len());
    let cut = (1..words.len())
        .find(|at| short && (is_aside(*at) || is_declined(*at) || lexicon.later.at(words, *at).is_some()));
    if let Some((action, condition)) = cut.and_then(|at| words.split_at_checked(at)) {
        let (asks, waits) = (asked(lexicon, action, has_files), asked(lexicon, condition, has_files));
        let wish = condition.get(lexicon.later.at(condition, 0).unwrap_or(0)..).unwrap_or_default();
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
    if lexicon.never.within(bounded) {
        return Asked::Nothing;
    }
    let core = after_fillers(lexicon, bounded);
    let whole = words.len() <= LONGEST_ACTION;
    let fits = |rule: &Rule| fits(lexicon, rule, core, bounded, whole);
    let action = if fits(&lexicon.state) {
        Action::State
    } else if fits(&lexicon.credits) {
        Action::Credits
    } else if fits(&lexicon.upload) || has_files && fits(&lexicon.handing_over) {
        Action::Upload
    } else if whole && asks_for_file(lexicon, core, bounded) || fits(&lexicon.export) && !unnamed(lexicon, bounded) {
        Action::Export(wish::read(lexicon, bounded))
    } else {
        return Asked::Nothing;
    };
    Asked::For(action)
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
    rule.open.at(core, 0).is_some() || whole && rule.keys.within(clause) && covered(lexicon, rule, core)
}

/// Whether every word belongs to the action or carries no wish of its own.
fn covered(lexicon: &Lexicon, rule: &Rule, words: &[Token]) -> bool {
    words.iter().all(|token| match token.kind {
        Kind::Word => {
            let known = |word: &str| rule.words.contains(word) || lexicon.common.contains(word);
            let whose = token.text.strip_suffix("'s");
            known(&token.text) || whose.is_some_and(known) || is_made_of(&token.text, &known)
        }
        Kind::File | Kind::Url => rule.files,
        Kind::Number | Kind::Stop => true,
        Kind::Quote => false,
    })
}

/// Whether a Chinese word, cut as another action knows it, is a row of known ones.
fn is_made_of(word: &str, known: &impl Fn(&str) -> bool) -> bool {
    if !word.chars().all(is_chinese) {
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
fn after_fillers<'a>(lexicon: &Lexicon, words: &'a [Token]) -> &'a [Token] {
    let mut at = 0;
    while let Some(end) = lexicon.fillers.at(words, at) {
        at = end;
    }
    words.get(at..).unwrap_or_default()
}

/// "Export as mp3 and in high quality", "make it square and export", "generate and download a track": what belongs to
/// an export goes to it.
pub fn join_fragments(clauses: &mut Vec<Clause<'_>>) {
    let lexicon = lexicon();
    let mut joined: Vec<Clause<'_>> = Vec::with_capacity(clauses.len());
    for mut clause in clauses.drain(..) {
        let before = joined.last();
        if let Some(before) = before.filter(|before| only_makes(lexicon, before))
            && let Some(object) = fetched(lexicon, &clause)
        {
            clause.made = Some((before.span, object));
            clause.asked = Asked::MakeAndFetch(wish::read(lexicon, clause.tokens));
            joined.pop();
        } else if let Asked::For(Action::Upload) = before.map_or(&Asked::Nothing, |before| &before.asked)
            && names_media(lexicon, &clause)
        {
            continue;
        } else if let Asked::For(Action::Export(wish)) = &mut clause.asked
            && let Some(before) = before
            && let Asked::For(Action::Export(first)) = &before.asked
            && is_same_export(lexicon, before, clause.tokens)
        {
            wish.fill_from(first.clone());
            clause.span.0 = before.start();
            joined.pop();
        } else if let Asked::For(Action::Export(wish)) = &mut clause.asked
            && let Some((more, start)) = before.and_then(|before| Some((fragment(lexicon, before)?, before.start())))
        {
            // "I only need the audio, as an mp3": a sound file of no kind yet.
            let vague = before.is_some_and(|before| !lexicon.named.within(before.tokens));
            if vague || more.format.is_none() || more.format == wish.format || wish.format.is_none() {
                wish.fill_from(more);
                clause.span.0 = start;
                joined.pop();
            } else if let Some(before) = joined.last_mut() {
                // "Mp4 and mp3, export them both".
                before.asked = Asked::For(Action::Export(more));
            }
        } else if before.is_some_and(|before| matches!(before.asked, Asked::For(Action::Export(_))))
            && (refuses(lexicon, &clause) || says_only_export(lexicon, &clause) || is_courtesy(&clause))
        {
            continue;
        } else if clause.asked == Asked::Nothing
            && let Some(more) = fragment(lexicon, &clause)
            && let Some(Clause { asked: Asked::For(Action::Export(wish)), span, tokens, .. }) = joined.last_mut()
        {
            // "Just the audio, as an mp3": a sound file of no kind yet.
            if more.format.is_some() && !lexicon.named.within(tokens) && lexicon.named.within(clause.tokens) {
                wish.format = None;
            }
            if wish.format.is_none() || more.format.is_none() {
                wish.fill_from(more);
                span.1 = clause.span.1;
                continue;
            }
            // A second format is a second file.
            let wish = ExportWish {
                format: more.format,
                aspect: more.aspect.or(wish.aspect.clone()),
                quality: more.quality.or(wish.quality.clone()),
            };
            clause.asked = Asked::For(Action::Export(wish));
        }
        if matches!(clause.asked, Asked::For(Action::Export(_))) {
            while joined.last().is_some_and(|before| refuses(lexicon, before)) {
                joined.pop();
            }
        }
        joined.push(clause);
    }
    take_bare_wishes(lexicon, &mut joined);
    *clauses = joined;
}

/// "Mp4, 9:16, thanks": nothing but how a file is to be asks for that file.
fn take_bare_wishes(lexicon: &Lexicon, clauses: &mut Vec<Clause<'_>>) {
    let wishes: Vec<Option<ExportWish>> = clauses.iter().map(|clause| fragment(lexicon, clause)).collect();
    let bare = clauses.iter().zip(&wishes).all(|(clause, wish)| wish.is_some() || is_courtesy(clause));
    if !bare || !clauses.iter().any(|clause| lexicon.named.within(clause.tokens)) {
        return;
    }
    let mut whole = ExportWish::default();
    wishes.into_iter().flatten().for_each(|wish| whole.fill_from(wish));
    let end = clauses.last().map_or(0, Clause::end);
    clauses.truncate(1);
    if let Some(clause) = clauses.first_mut() {
        clause.span.1 = end;
        clause.asked = Asked::For(Action::Export(whole));
    }
}

/// A clause without a verb of its own that says how to export.
fn fragment(lexicon: &Lexicon, clause: &Clause<'_>) -> Option<ExportWish> {
    let short = clause.tokens.len() <= LONGEST_ACTION && clause.asked == Asked::Nothing;
    let says = short && covered(lexicon, &lexicon.export, clause.tokens) && !lexicon.never.within(clause.tokens);
    says.then(|| wish::read(lexicon, clause.tokens)).filter(|wish| *wish != ExportWish::default())
}

/// "…, and send me the link": nothing but words of export, and none that says how.
fn says_only_export(lexicon: &Lexicon, clause: &Clause<'_>) -> bool {
    let short = clause.tokens.len() <= LONGEST_ACTION && clause.asked == Asked::Nothing;
    short
        && covered(lexicon, &lexicon.export, clause.tokens)
        && !lexicon.never.within(clause.tokens)
        && wish::read(lexicon, clause.tokens) == ExportWish::default()
}

/// "Mov, please, and in 4:5": what is polite parts nothing.
fn is_courtesy(clause: &Clause<'_>) -> bool {
    clause.asked == Asked::Nothing && clause.tokens.len() <= LONGEST_ACTION && clause.is_idle()
}

/// "Not gif", "I don't want an mp4 this time": says what an export is by what it is not.
fn refuses(lexicon: &Lexicon, clause: &Clause<'_>) -> bool {
    clause.asked == Asked::Nothing
        && clause.tokens.len() <= LONGEST_ACTION
        && says_what_not(lexicon, after_fillers(lexicon, clause.tokens))
}

fn says_what_not(lexicon: &Lexicon, words: &[Token]) -> bool {
    let rest = lexicon.rather_than.at(words, 0).and_then(|end| words.get(end..)).unwrap_or_default();
    (lexicon.things.within(rest) || wish::read(lexicon, rest) != ExportWish::default())
        && covered(lexicon, &lexicon.export, rest)
}

/// "Render and download it as mov", "just the audio, as an mp3": one file, said in two clauses.
fn is_same_export(lexicon: &Lexicon, before: &Clause<'_>, words: &[Token]) -> bool {
    let Asked::For(Action::Export(wish)) = &before.asked else { return false };
    let verb = |words: &[Token]| {
        let named = |token: &&Token| lexicon.fetch.contains(&token.text);
        words.iter().find(named).map(|token| token.text.clone())
    };
    let says_how = words.first().is_some_and(|first| lexicon.said_how.contains(&first.text));
    // "Export the video, then send me the stems" are two.
    let back = words.iter().any(|word| lexicon.spoken_of.contains(&word.text));
    says_how && !lexicon.named.within(before.tokens)
        || (back || !lexicon.things.within(before.tokens) && *wish == ExportWish::default())
            && (*wish == ExportWish::default() || wish::read(lexicon, words) == ExportWish::default())
            && verb(before.tokens) != verb(words)
}

/// "Upload a.mp4 and b.mp4", "the photos and the song": a further medium of the same upload.
fn names_media(lexicon: &Lexicon, clause: &Clause<'_>) -> bool {
    clause.asked == Asked::Nothing
        && clause.tokens.len() <= LONGEST_ACTION
        && lexicon.things.within(clause.tokens)
        && covered(lexicon, &lexicon.upload, clause.tokens)
}

/// Whether a clause is a verb of making and nothing else.
fn only_makes(lexicon: &Lexicon, clause: &Clause<'_>) -> bool {
    let short = clause.tokens.len() < LONGEST_ACTION && clause.asked == Asked::Nothing;
    short && matches!(after_fillers(lexicon, clause.tokens), [verb] if lexicon.make.contains(&verb.text))
}

/// Where the object begins in "download a lo-fi track".
fn fetched(lexicon: &Lexicon, clause: &Clause<'_>) -> Option<usize> {
    let [verb, object, ..] = clause.tokens else { return None };
    (clause.asked == Asked::Nothing && lexicon.fetch.contains(&verb.text)).then_some(object.start)
}
