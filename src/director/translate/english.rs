//! What an English clause is: content, an instruction for somebody at a screen, or something that hangs on a neighbour.

use bedtrack_language::tokens::Token;

use super::lexicon::{English, Needs, Prose, Verbs};
use super::verdict::{Offer, Verdict};

/// Clauses with more words than this are no instructions; it bounds the work on text without punctuation.
const MOST_WORDS: usize = 150;

/// How far a verb's subject word may stand, for "click track is loud".
const STATEMENT_WITHIN: usize = 3;

/// One clause with the words that it is judged by: those before a quoted title or lyrics.
pub struct Clause<'a> {
    /// The whole text that its words stand in.
    pub text: &'a str,
    pub words: &'a [Token],
    pub lexicon: &'a English,
    /// Whether its sentence asks something.
    pub question: bool,
}

impl<'a> Clause<'a> {
    /// The words before a mention such as "the title says" or "the title Click Here".
    fn own(&self) -> &'a [Token] {
        let named = |at: &usize| {
            let rest = self.words.get(*at..).unwrap_or_default();
            let taken = self.lexicon.mentions.at_start(rest);
            taken > 0 && rest.get(taken).is_some_and(|word| word.capital)
        };
        let end =
            [self.lexicon.says.first_in(self.words), (0..self.words.len()).find(named)].into_iter().flatten().min();
        self.words.get(..end.unwrap_or(self.words.len())).unwrap_or_default()
    }

    /// Whether words are sung here, so that what follows may be more of them.
    pub fn is_verse(&self) -> bool {
        self.lexicon.verses.any_in(self.words)
    }

    /// Whether it is too short to be more than a word of a name: "called Click, Drag, Drop".
    pub fn is_scrap(&self) -> bool {
        self.words.len() <= 2
    }

    /// Whether a name or a text is quoted here.
    pub fn quotes(&self) -> bool {
        self.lexicon.says.any_in(self.words)
    }

    /// Whether a clause speaks of a screen, whatever its grammar.
    pub fn speaks_of_screen(&self) -> bool {
        self.lexicon.ui.any_in(self.words) || self.lexicon.export.any_in(self.words)
    }

    /// Judges the clause. `purpose` holds the words of a clause before it that says what for.
    pub fn judge(&self, purpose: &[Token]) -> Verdict {
        let words = self.own();
        if self.words.len() > MOST_WORDS || self.words.iter().any(is_address) {
            return Verdict::Keep;
        }
        // An instruction's own object may be named: "click the button that says Export".
        if let Some((verb, rest)) = self.instruction(self.words) {
            let offers = self.offers(verb, rest, self.words, purpose);
            return if self.question && !self.on_screen(self.words) {
                Verdict::KeepWith(offers)
            } else {
                Verdict::Drop(offers)
            };
        }
        if words.is_empty() {
            return Verdict::Keep;
        }
        // "Next," alone belongs to what comes next.
        if self.lexicon.leads.at_start(words) == words.len() {
            return Verdict::Hang;
        }
        if self.lexicon.hanging.at_start(strip(&self.lexicon.joiners, words)) > 0
            || self.lexicon.hanging.at_start(words) > 0
        {
            return self.hanging(words, purpose);
        }
        // "Want me to add a title?" is the backend's own offer.
        let of_itself = || words.iter().take(5).any(|word| word.text == "me");
        if self.question && self.lexicon.teasers.at_start(words) > 0 && !of_itself() {
            return Verdict::Hang;
        }
        self.statement(words).unwrap_or_else(|| self.neighbour(words))
    }

    /// The verb of an instruction and what follows it.
    fn instruction(&self, words: &'a [Token]) -> Option<(&'a Verbs<Prose>, &'a [Token])> {
        let head = self.strip_leads(words);
        if head.first()?.is_untouchable() || self.lexicon.nominal.at_start(head) > 0 {
            return None;
        }
        let (verb, taken) = self.verb(head)?;
        let rest = head.get(taken..).unwrap_or_default();
        let is_statement = (1..=STATEMENT_WITHIN).any(|at| {
            let before = rest.get(..at.min(rest.len())).unwrap_or_default();
            let broken =
                before.iter().any(|word| self.lexicon.joiners.has(&word.text) || self.lexicon.hanging.has(&word.text));
            !broken && self.lexicon.statements.at_start(rest.get(at..).unwrap_or_default()) > 0
        }) || self.lexicon.statements.at_start(rest) > 0;
        (!is_statement && self.meets(verb, rest)).then_some((verb, rest))
    }

    pub fn strip_leads(&self, mut words: &'a [Token]) -> &'a [Token] {
        loop {
            let taken = self.lexicon.leads.at_start(words);
            let rest = words.get(taken..).unwrap_or_default();
            if taken == 0 || rest.is_empty() {
                return words;
            }
            words = rest;
        }
    }

    /// The verb at the start, in its base form or as a gerund.
    fn verb(&self, words: &[Token]) -> Option<(&'a Verbs<Prose>, usize)> {
        let found =
            self.lexicon.verbs.iter().map(|verb| (verb, verb.forms.at_start(words))).max_by_key(|(_, taken)| *taken)?;
        if found.1 > 0 {
            return Some(found);
        }
        let base =
            gerund_base(&words.first()?.text, |form| self.lexicon.verbs.iter().any(|verb| verb.forms.has(form)))?;
        self.lexicon.verbs.iter().find(|verb| verb.forms.has(&base)).map(|verb| (verb, 1))
    }

    fn meets(&self, verb: &Verbs<Prose>, rest: &[Token]) -> bool {
        let lexicon = self.lexicon;
        let first = rest.first();
        let named = first.is_some_and(|word| word.is_untouchable() || word.capital || lexicon.commands.has(&word.text));
        let command =
            || rest.iter().any(|word| (word.capital || word.is_untouchable()) && lexicon.commands.has(&word.text));
        let screen = || lexicon.ui.any_in(rest);
        match verb.needs {
            Needs::Nothing => true,
            Needs::Object => {
                rest.is_empty() || named || lexicon.objects.at_start(rest) > 0 || lexicon.ui.at_start(rest) > 0
            }
            Needs::Screen => screen() || command(),
            Needs::Name => named || screen() || lexicon.corners.any_in(rest) || command(),
            Needs::Place => screen() || rest.iter().any(|word| lexicon.into.has(&word.text)),
            Needs::Thing => screen() || command() || lexicon.credits.any_in(rest),
        }
    }

    fn on_screen(&self, words: &[Token]) -> bool {
        self.lexicon.ui.any_in(words)
            || self.verb(self.strip_leads_of(words)).is_some_and(|(verb, _)| verb.forms.has("click"))
    }

    fn strip_leads_of<'w>(&self, mut words: &'w [Token]) -> &'w [Token] {
        loop {
            let taken = self.lexicon.leads.at_start(words);
            if taken == 0 || taken >= words.len() {
                return words;
            }
            words = words.get(taken..).unwrap_or_default();
        }
    }

    /// "If you click Export", "by clicking Export", "to change it": an instruction of its own or a part of one.
    fn hanging(&self, words: &'a [Token], purpose: &[Token]) -> Verdict {
        let rest = words.get(1..).unwrap_or_default();
        let acts = self
            .instruction(rest)
            .filter(|(verb, _)| verb.forms.has("click") || verb.forms.has("press") || verb.forms.has("drag"));
        match acts {
            Some((verb, after)) => Verdict::Drop(self.offers(verb, after, words, purpose)),
            None => Verdict::Hang,
        }
    }

    /// Statements about the screen: where a button is, where something can be done, what is ready.
    fn statement(&self, words: &'a [Token]) -> Option<Verdict> {
        let lexicon = self.lexicon;
        let screen = lexicon.strict.first_in(words);
        if let Some(at) = screen.filter(|at| *at <= 6) {
            let taken = lexicon.strict.at_start(words.get(at..).unwrap_or_default());
            let after = words.get(at + taken..).unwrap_or_default();
            let before = words.get(..at).unwrap_or_default();
            // "The panel on the right shows …"
            let aside = lexicon.corners.first_in(after).filter(|at| *at <= 2);
            let behind = aside.and_then(|at| {
                let rest = after.get(at..)?;
                rest.get(lexicon.corners.at_start(rest)..)
            });
            let told = before.iter().any(|word| lexicon.commands.has(&word.text)) || lexicon.corners.any_in(after);
            let speaker = before.iter().any(|word| lexicon.speaker.has(&word.text));
            if (lexicon.finite.at_start(after) > 0 || behind.is_some_and(|rest| lexicon.finite.at_start(rest) > 0))
                && told
                && !speaker
            {
                return Some(Verdict::Drop(self.by_words(words, Vec::new())));
            }
        }
        let through = (0..words.len()).find_map(|at| {
            let rest = words.get(at..)?;
            let inner = rest.get(1..)?;
            let act = gerund_base(&inner.first()?.text, |form| lexicon.acts.has(form));
            let is_means = lexicon.means.at_start(rest) > 0;
            let screen_near = lexicon.strict.first_in(inner).is_some_and(|near| near <= 5 && near + 4 >= inner.len());
            let command = inner.iter().take(2).any(|word| word.capital && lexicon.commands.has(&word.text));
            (is_means && (screen_near || command || act.is_some())).then_some(at)
        });
        if let Some(at) = through.filter(|at| *at > 0) {
            let before = words.get(..at).unwrap_or_default();
            let tail = words.get(at..).unwrap_or_default();
            let offers = self.by_words(words, vec![Offer::ShowTimeline]);
            let can =
                before.iter().any(|word| matches!(word.text.as_str(), "can" | "may" | "could")) && before.len() <= 8;
            let cut = tail.first().map(|word| word.start).unwrap_or_default();
            let done = before.iter().any(|word| lexicon.shown.has(&word.text));
            if can {
                return Some(Verdict::Drop(offers));
            }
            return (!done).then_some(Verdict::Trim(cut, offers));
        }
        lexicon.ready.any_in(words).then(|| Verdict::KeepWith(vec![Offer::Export]))
    }

    /// What depends on the clauses around it.
    fn neighbour(&self, words: &'a [Token]) -> Verdict {
        let lexicon = self.lexicon;
        let head = self.strip_leads(words);
        let rest = head.get(1..).unwrap_or_default();
        let upload = head.first().is_some_and(|word| matches!(word.text.as_str(), "upload" | "import"));
        if upload && lexicon.objects.at_start(rest) > 0 {
            return Verdict::KeepWith(vec![Offer::Upload]);
        }
        if lexicon.outcomes.any_in(words) {
            return Verdict::Outcome;
        }
        let object = lexicon.objects.at_start(rest) > 0
            || rest.first().is_none_or(|word| {
                word.is_untouchable()
                    || word.capital
                    || word.written(self.text).starts_with(|c: char| c.is_ascii_digit())
            });
        if lexicon.soft.at_start(head) > 0 && object {
            return Verdict::Soft;
        }
        Verdict::Keep
    }

    /// Where the clause is to be cut, because an instruction begins inside it: index of the first word of the second part.
    pub fn cut(&self) -> Option<usize> {
        let words = self.own();
        if words.len() > MOST_WORDS {
            return None;
        }
        let hangs = self.lexicon.hanging.at_start(words) > 0;
        // A verb of several words ("drag and drop") is not cut.
        let head = self.strip_leads(words);
        let verb = self.verb(head).map_or(0, |(_, taken)| words.len() - head.len() + taken);
        let acts = self.instruction(words).is_some();
        (verb.max(1)..words.len()).find(|at| {
            let rest = words.get(*at..).unwrap_or_default();
            // After an instruction the backend may turn to the user: "… and let me know".
            if acts
                && self.lexicon.turns.at_start(strip(&self.lexicon.joiners, rest)) > 0
                && self.lexicon.joiners.at_start(rest) > 0
            {
                return true;
            }
            let joined = self.lexicon.joiners.at_start(rest) > 0;
            let follows = hangs && *at > 2 && self.bare_click(words, *at) && self.leads_up(words, *at);
            if !(joined || follows) {
                return false;
            }
            let after = Clause { words: rest, question: false, ..*self };
            matches!(after.judge(&[]), Verdict::Drop(_))
        })
    }

    /// "To download it click Export", where the comma is missing.
    fn bare_click(&self, words: &[Token], at: usize) -> bool {
        let is_click = words.get(at).is_some_and(|word| self.lexicon.clicks.has(&word.text));
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        is_click && !before.is_some_and(|word| self.lexicon.goes_on.has(&word.text))
    }

    /// Whether the words before a verb lead up to it. A place or a time does so on a screen alone: elsewhere, as in "at 0:20
    /// the dancers drag a cloth", somebody in the film acts.
    fn leads_up(&self, words: &[Token], at: usize) -> bool {
        let before = words.get(..at).unwrap_or_default();
        let is_place = before.first().is_some_and(|word| self.lexicon.somewhere.has(&word.text));
        let named = || before.iter().any(|word| word.capital && self.lexicon.commands.has(&word.text));
        !is_place || self.lexicon.ui.any_in(before) || self.lexicon.corners.any_in(before) || named()
    }

    /// Whether a colon after these words is followed by a name or a text and not by an instruction.
    pub fn labels(&self) -> bool {
        self.lexicon.labels.any_in(self.words) || self.lexicon.says.any_in(self.words)
    }
}

fn strip<'w>(phrases: &Prose, words: &'w [Token]) -> &'w [Token] {
    words.get(phrases.at_start(words)..).unwrap_or_default()
}

/// The base form of a gerund, where it is one that is known: clicking, dragging, using.
fn gerund_base(word: &str, known: impl Fn(&str) -> bool) -> Option<String> {
    let stem = word.strip_suffix("ing").filter(|stem| stem.len() > 1)?;
    let undoubled = stem.char_indices().next_back().map(|(at, _)| stem.get(..at).unwrap_or_default().to_owned());
    [Some(stem.to_owned()), Some(format!("{stem}e")), undoubled].into_iter().flatten().find(|form| known(form))
}

/// Whether a word is an address, quoted or not.
fn is_address(word: &Token) -> bool {
    word.is_untouchable() && (word.text.contains("://") || word.text.starts_with("www."))
}
