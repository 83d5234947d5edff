//! The same for a Chinese clause. Nothing parts its words, so it is judged by pieces of text; quotations are masked first.

use std::ops::Range;

use super::lexicon::{Aim, Chinese, Needs, Verbs, first_of, start_of};
use super::verdict::{Offer, Verdict};

/// Stands for a quotation of the same length in bytes: it can neither begin nor end a word of the lexicon.
pub const MASK: char = '\u{1a}';

/// Clauses longer than this are no instructions; it bounds the work on text without punctuation.
const MOST_BYTES: usize = 600;

/// Longest place, in characters, between 在 and the verb.
const LONGEST_PLACE: usize = 24;

/// A text in simplified characters, and as it was written: byte for byte the same places.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said<'a> {
    /// What is looked into.
    pub simplified: &'a str,
    /// What is handed on.
    pub written: &'a str,
}

impl<'a> Said<'a> {
    /// A part of it.
    pub fn get(self, part: Range<usize>) -> Self {
        let of = |text: &'a str| text.get(part.clone()).unwrap_or_default();
        Self { simplified: of(self.simplified), written: of(self.written) }
    }

    /// The part of it that a piece of its simplified text is.
    fn part(self, piece: &str) -> &'a str {
        let start = (piece.as_ptr() as usize).saturating_sub(self.simplified.as_ptr() as usize);
        self.written.get(start..start + piece.len()).unwrap_or_default()
    }
}

/// One clause: masked for judging, open for what it is about.
#[derive(Debug, Clone, Copy)]
pub struct Clause<'a> {
    /// Quotations replaced by masks of the same length.
    pub masked: &'a str,
    /// As it stands.
    pub open: Said<'a>,
    pub lexicon: &'a Chinese,
    pub question: bool,
}

impl<'a> Clause<'a> {
    /// The part before a mention such as 标题写着.
    fn own(&self) -> (&'a str, Said<'a>) {
        let end = first_of(&self.lexicon.says, self.masked).unwrap_or(self.masked.len());
        (self.masked.get(..end).unwrap_or_default(), self.open.get(0..end))
    }

    pub fn judge(&self, purpose: Said<'_>) -> Verdict {
        let lexicon = self.lexicon;
        let (own, open) = self.own();
        let own_trimmed = own.trim();
        if own_trimmed.is_empty() || self.open.simplified.contains("://") {
            return Verdict::Keep;
        }
        if let Some((verb, start)) = self.instruction(own) {
            let offers = self.offers(verb, open, open.get(start..own.len()), purpose);
            let on_screen = lexicon.ui.iter().any(|part| own.contains(part.as_str())) || verb.anywhere;
            return if self.question && !on_screen { Verdict::KeepWith(offers) } else { Verdict::Drop(offers) };
        }
        if lexicon.ready.iter().any(|piece| own.contains(piece.as_str())) {
            return Verdict::KeepWith(vec![Offer::Export]);
        }
        let about_screen = lexicon.subjects.iter().filter_map(|part| Some(own.find(part.as_str())? + part.len())).min();
        if let Some(end) = about_screen
            && start_of(&lexicon.places, own.get(end..).unwrap_or_default()).is_some()
            && !self.is_done(own)
        {
            return Verdict::Drop(self.by_words(open.simplified, Vec::new()));
        }
        let stripped = self.strip_leads(own).0;
        if first_of(&lexicon.turns, own).is_some() {
            return Verdict::Keep;
        }
        if start_of(&lexicon.hanging, own_trimmed).is_some()
            || (lexicon.hanging_ends.iter().any(|end| own_trimmed.ends_with(end.as_str())) && !self.is_done(own))
        {
            return Verdict::Hang;
        }
        if start_of(&lexicon.upload, stripped).is_some()
            && !self.is_noun(stripped, &lexicon.upload)
            && stripped.len() < own_trimmed.len()
        {
            return Verdict::KeepWith(vec![Offer::Upload]);
        }
        if start_of(&lexicon.outcomes, own_trimmed).is_some()
            || lexicon.outcomes.iter().any(|piece| own.contains(piece.as_str()))
        {
            return Verdict::Outcome;
        }
        if start_of(&lexicon.soft, stripped).is_some() { Verdict::Soft } else { Verdict::Keep }
    }

    /// The verb of an instruction, and where it begins in the clause.
    fn instruction(&self, own: &'a str) -> Option<(&'a Verbs<Vec<String>>, usize)> {
        let lexicon = self.lexicon;
        if start_of(&lexicon.nominal, own.trim_start()).is_some() {
            return None;
        }
        let (head, led) = self.strip_leads(own);
        let at = own.len() - head.len();
        if start_of(&lexicon.nominal, head).is_none()
            && let Some((verb, form)) = self.verb(head)
            && self.meets(verb, head.get(form..).unwrap_or_default(), led)
        {
            return Some((verb, at));
        }
        let strong = lexicon.verbs.iter().filter(|verb| verb.anywhere);
        let (verb, at) =
            strong.filter_map(|verb| Some((verb, first_of(&verb.forms, own)?))).min_by_key(|(_, at)| *at)?;
        let before = own.get(..at)?;
        let is_noun = start_of(&lexicon.nominal, own.get(at..)?).is_some() || self.is_noun(own.get(at..)?, &verb.forms);
        (!is_noun && !self.is_done(before) && self.leads_up(before)).then_some((verb, at))
    }

    /// Whether words before a verb lead up to it, as a request, a condition or a place does; a subject makes a statement of it.
    fn leads_up(&self, before: &str) -> bool {
        let bare = before.trim();
        let ends = |pieces: &[String]| pieces.iter().any(|piece| bare.ends_with(piece.as_str()));
        bare.is_empty()
            || bare.contains('请')
            || bare.starts_with(['在', '将', '把', '从', '到', '如', '若', '想', '要', '当', '用'])
            || bare.ends_with(['后', '时', '前', '上', '里', '中', '处'])
            || ends(&self.lexicon.leads)
            || ends(&self.lexicon.ui)
    }

    fn verb(&self, text: &str) -> Option<(&'a Verbs<Vec<String>>, usize)> {
        self.lexicon
            .verbs
            .iter()
            .filter_map(|verb| Some((verb, start_of(&verb.forms, text)?.len())))
            .max_by_key(|(_, length)| *length)
    }

    /// Strips what leads to the verb; tells whether there was anything.
    fn strip_leads(&self, own: &'a str) -> (&'a str, bool) {
        let mut text = own.trim_start_matches(|c: char| !c.is_alphanumeric() && c != MASK);
        let whole = text.len();
        loop {
            // A verb that begins like a lead (进入, 到) is the verb.
            if self.verb(text).is_some_and(|(_, length)| length > 3) {
                break;
            }
            let after_lead = start_of(&self.lexicon.leads, text).map(|lead| lead.len()).or_else(|| self.place(text));
            match after_lead.and_then(|length| text.get(length..)).filter(|rest| !rest.is_empty()) {
                Some(rest) => text = rest.trim_start(),
                None => break,
            }
        }
        (text, text.len() < whole)
    }

    /// Length of a place on the screen that a clause begins with, up to its verb: 在时间线中｜预览.
    fn place(&self, text: &str) -> Option<usize> {
        if !text.starts_with(['在', '从', '于', '用', '将', '把']) {
            return None;
        }
        let reach = text.char_indices().nth(LONGEST_PLACE).map_or(text.len(), |(at, _)| at);
        let near = text.get(..reach)?;
        let on_screen = |between: &str| {
            self.lexicon.ui.iter().any(|part| between.contains(part.as_str()))
                || between.contains(MASK)
                || between.starts_with(['将', '把'])
        };
        near.char_indices().skip(1).map(|(at, _)| at).find(|at| {
            let rest = text.get(*at..).unwrap_or_default();
            // 预览窗口 and 导出面板 are places and no verbs.
            let names_part = |after: &str| start_of(&self.lexicon.ui, after).is_some();
            let verb = self.verb(rest).filter(|(verb, length)| {
                verb.anywhere || (!names_part(rest) && !names_part(rest.get(*length..).unwrap_or_default()))
            });
            verb.is_some() && start_of(&self.lexicon.nominal, rest).is_none() && text.get(..*at).is_some_and(on_screen)
        })
    }

    fn meets(&self, verb: &Verbs<Vec<String>>, rest: &str, led: bool) -> bool {
        let lexicon = self.lexicon;
        let own = self.own().0;
        let has = |pieces: &[String], text: &str| pieces.iter().any(|piece| text.contains(piece.as_str()));
        if start_of(&lexicon.nouns, rest).is_some()
            || self.is_done(own.get(..own.len().saturating_sub(rest.len())).unwrap_or_default())
        {
            return false;
        }
        let screen = || has(&lexicon.ui, own) || rest.contains(MASK);
        match verb.needs {
            Needs::Nothing if verb.anywhere => true,
            Needs::Nothing | Needs::Object => {
                led || rest.trim().is_empty() || start_of(&lexicon.objects, rest).is_some() || rest.starts_with(MASK)
            }
            Needs::Screen | Needs::Name | Needs::Place => screen(),
            Needs::Thing => screen() || has(&lexicon.credits, rest),
        }
    }

    /// Whether a text begins with one of the verbs as a noun: 导出的, 上传完成.
    fn is_noun(&self, text: &str, forms: &[String]) -> bool {
        let rest = start_of(forms, text).and_then(|form| text.get(form.len()..)).unwrap_or_default();
        start_of(&self.lexicon.nouns, rest).is_some()
    }

    fn is_done(&self, text: &str) -> bool {
        first_of(&self.lexicon.done, text).is_some()
    }

    fn offers(
        &self,
        verb: &Verbs<Vec<String>>,
        clause: Said<'_>,
        from_verb: Said<'_>,
        purpose: Said<'_>,
    ) -> Vec<Offer> {
        let wish = || self.wish(from_verb).or_else(|| self.wish(purpose));
        let said = clause.simplified;
        match verb.offer {
            Aim::None => Vec::new(),
            Aim::Show => vec![Offer::ShowTimeline],
            Aim::Export => vec![Offer::Export],
            Aim::Upload => vec![Offer::Upload],
            Aim::Words => self.by_words(said, wish().into_iter().collect()),
            Aim::WordsOrShow => self.by_words(said, vec![Offer::ShowTimeline]),
            Aim::Edit if first_of(&self.lexicon.upload, said).is_some() => vec![Offer::Upload],
            Aim::Edit => {
                let control = first_of(&self.lexicon.controls, said).is_some();
                let wish = if control { wish() } else { None };
                wish.or_else(|| self.told(clause, from_verb)).into_iter().collect()
            }
        }
    }

    /// A clause as an edit, without what leads to it and what trails behind.
    fn told(&self, clause: Said<'_>, from_verb: Said<'_>) -> Option<Offer> {
        let own = clause.simplified.trim().trim_start_matches(|c: char| !c.is_alphanumeric());
        let told = strip_words(&self.lexicon.leads, own);
        let (told, said) = if told.starts_with(['在', '从', '于', '用']) {
            (from_verb.simplified, from_verb)
        } else {
            (told, clause)
        };
        let told = self.lexicon.trailing.iter().find_map(|end| told.strip_suffix(end.as_str())).unwrap_or(told);
        (!told.is_empty()).then(|| Offer::SendEdit(said.part(told).to_owned()))
    }

    fn by_words(&self, text: &str, otherwise: Vec<Offer>) -> Vec<Offer> {
        let lexicon = self.lexicon;
        if first_of(&lexicon.undo, text).is_some() {
            return vec![Offer::SendEdit("撤销".to_owned())];
        }
        let actions = [
            (&lexicon.export, Offer::Export),
            (&lexicon.credits, Offer::ReadCredits),
            (&lexicon.upload, Offer::Upload),
        ];
        let first = actions
            .into_iter()
            .filter_map(|(list, offer)| Some((first_of(list, text)?, offer)))
            .min_by_key(|(at, _)| *at);
        match first {
            Some((_, offer)) => vec![offer],
            None if !otherwise.is_empty() => otherwise,
            None if first_of(&lexicon.show, text).is_some() => vec![Offer::ShowTimeline],
            None => Vec::new(),
        }
    }

    /// The edit that a text is for: 拖动滑块来｜降低音量.
    fn wish(&self, said: Said<'_>) -> Option<Offer> {
        let text = said.simplified;
        // A verb in quotation marks is the name of a button.
        let named = |at: usize| text.get(..at).is_some_and(|before| before.ends_with(['“', '「', '"']));
        let edits = self
            .lexicon
            .edits
            .iter()
            .filter_map(|edit| text.match_indices(edit.as_str()).map(|(at, _)| at).find(|at| !named(*at)));
        let wish = text.get(edits.min()?..)?.trim();
        let wish = wish.trim_end_matches(|c: char| !c.is_alphanumeric());
        let wish = wish.strip_suffix("的话").or_else(|| wish.strip_suffix('时')).unwrap_or(wish);
        (!wish.is_empty()).then(|| Offer::SendEdit(said.part(wish).to_owned()))
    }

    /// Where the clause is to be cut, in bytes, because an instruction begins inside it.
    pub fn cut(&self) -> Option<usize> {
        let (own, _) = self.own();
        if own.len() > MOST_BYTES {
            return None;
        }
        let starts = own.char_indices().map(|(at, _)| at).skip(1);
        starts.filter(|at| start_of(&self.lexicon.joiners, own.get(*at..).unwrap_or_default()).is_some()).find(|at| {
            let (left, right) = (own.get(..*at).unwrap_or_default(), self.masked.get(*at..).unwrap_or_default());
            // What only leads to the verb is no clause of its own.
            let bare = self.strip_leads(left).0;
            let leads_only =
                bare.is_empty() || start_of(&self.lexicon.leads, bare).is_some_and(|lead| lead.len() == bare.len());
            let place_only = self.lexicon.ui.iter().any(|part| bare.ends_with(part.as_str()))
                && bare.chars().count() <= 10
                && !self.is_done(bare);
            let leads_only = leads_only || place_only;
            let open = self.open.get(*at..self.masked.len());
            let after = Clause { masked: right, open, lexicon: self.lexicon, question: false };
            let opens_place = left.trim_start().starts_with(['在', '从', '将', '把']) || left.ends_with(['在', '从']);
            !leads_only && !opens_place && matches!(after.judge(Said::default()), Verdict::Drop(_))
        })
    }

    /// Whether words are sung here, so that what follows may be more of them.
    pub fn is_verse(&self) -> bool {
        first_of(&self.lexicon.verses, self.masked).is_some()
    }

    /// Whether a clause speaks of a screen, whatever its grammar.
    pub fn speaks_of_screen(&self) -> bool {
        first_of(&self.lexicon.ui, self.masked).is_some() || first_of(&self.lexicon.export, self.masked).is_some()
    }

    /// Whether a colon after these words is followed by a name or a text and not by an instruction.
    pub fn labels(&self) -> bool {
        first_of(&self.lexicon.labels, self.masked).is_some() || first_of(&self.lexicon.says, self.masked).is_some()
    }
}

fn strip_words<'t>(leads: &[String], mut text: &'t str) -> &'t str {
    while let Some(rest) = start_of(leads, text).and_then(|lead| text.get(lead.len()..)).filter(|rest| !rest.is_empty())
    {
        text = rest.trim_start();
    }
    text
}
