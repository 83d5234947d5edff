//! A message as tokens: lower case, half width, with their places in the original. Quotations are one token each, so that
//! what stands in them is never read as an instruction. One pass, linear in the length of the text.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Letters.
    Word,
    /// A number with its value.
    Number(f64),
    /// One Chinese character.
    Han,
    /// Words in quotation marks, which belong to the token.
    Quote,
    /// A sign with a meaning of its own: `: / % # ♭ + - & ~ @`.
    Sign,
    /// The end of a sentence.
    Stop,
    /// A comma or bracket.
    Pause,
}

/// A piece of the message.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Folded text; empty for quotations.
    pub text: String,
    /// First byte in the message.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
    /// Nothing but a hyphen, or nothing at all, stands between it and the token before.
    pub glued: bool,
    /// Whether it begins with a capital letter.
    pub capital: bool,
}

/// Cuts a message into tokens.
pub fn tokens(message: &str) -> Vec<Token> {
    Cutter::new(message).cut()
}

/// Whether a character belongs to Chinese writing.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}' | '〇')
}

/// The words within a quotation, without its marks.
pub fn unquoted<'a>(message: &'a str, token: &Token) -> &'a str {
    let inside = message.get(token.start..token.end).unwrap_or_default();
    let mut chars = inside.chars();
    chars.next();
    chars.next_back();
    chars.as_str().trim()
}

/// Longest quotation in characters; a mark further away closes something else. An apostrophe is often no mark at all, so
/// less is believed of it.
const LONGEST_QUOTE: usize = 6_000;
const LONGEST_SINGLE: usize = 600;
const QUOTES: [(char, char); 8] =
    [('"', '"'), ('“', '”'), ('‘', '’'), ('「', '」'), ('『', '』'), ('《', '》'), ('«', '»'), ('\'', '\'')];

struct Cutter<'a> {
    message: &'a str,
    chars: Vec<(usize, char)>,
    // Where each closing mark stands, so that a search for one is short.
    closers: [Vec<usize>; QUOTES.len()],
    found: Vec<Token>,
}

impl<'a> Cutter<'a> {
    fn new(message: &'a str) -> Self {
        let chars: Vec<(usize, char)> = message.char_indices().collect();
        let places =
            |close| chars.iter().enumerate().filter(move |(_, (_, c))| *c == close).map(|(at, _)| at).collect();
        let closers = QUOTES.map(|(_, close)| places(close));
        Self { message, chars, closers, found: Vec::new() }
    }

    fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, c)| *c)
    }

    fn folded(&self, at: usize) -> Option<char> {
        self.char(at).map(fold)
    }

    fn byte(&self, at: usize) -> usize {
        self.chars.get(at).map_or(self.message.len(), |(byte, _)| *byte)
    }

    fn cut(mut self) -> Vec<Token> {
        let mut at = 0;
        let mut touching = false;
        while let Some(c) = self.folded(at) {
            if let Some(length) = self.quote(at) {
                self.push(Kind::Quote, at, length, touching);
                at += length;
                touching = false;
                continue;
            }
            let (kind, length) = if c.is_ascii_digit() {
                self.number(at)
            } else if is_han(c) {
                (Some(Kind::Han), 1)
            } else if c.is_alphabetic() {
                (Some(Kind::Word), self.word(at))
            } else {
                (self.sign(at, c), 1)
            };
            match kind {
                Some(kind) => {
                    self.push(kind, at, length, touching);
                    touching = !matches!(kind, Kind::Stop | Kind::Pause);
                }
                // A hyphen between letters joins them; anything else that means nothing parts them.
                None => touching = touching && matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\'' | '·'),
            }
            at += length;
        }
        self.found
    }

    fn push(&mut self, kind: Kind, at: usize, length: usize, glued: bool) {
        let text = match kind {
            Kind::Quote => String::new(),
            _ => (at..at + length).filter_map(|index| self.folded(index)).collect(),
        };
        let (text, kind) = match (own_form(&text), kind) {
            (Some(bare), Kind::Word) => (bare.to_owned(), kind),
            _ => (text, kind),
        };
        let capital = self.char(at).is_some_and(char::is_uppercase);
        self.found.push(Token { kind, text, start: self.byte(at), end: self.byte(at + length), glued, capital });
    }

    fn number(&self, at: usize) -> (Option<Kind>, usize) {
        let digit = |index: usize| self.folded(index).filter(char::is_ascii_digit);
        let mut length = 0;
        let mut text = String::new();
        while let Some(c) = digit(at + length) {
            text.push(c);
            length += 1;
        }
        if self.folded(at + length) == Some('.') && digit(at + length + 1).is_some() {
            text.push('.');
            length += 1;
            while let Some(c) = digit(at + length) {
                text.push(c);
                length += 1;
            }
        }
        (text.parse().ok().map(Kind::Number), length)
    }

    fn word(&self, at: usize) -> usize {
        let letter = |index: usize| self.folded(index).is_some_and(|c| c.is_alphabetic() && !is_han(c) || is_mark(c));
        let mut length = 1;
        loop {
            if letter(at + length) {
                length += 1;
            } else if self.folded(at + length) == Some('\'') && letter(at + length + 1) {
                length += 2;
            } else {
                return length;
            }
        }
    }

    fn sign(&self, at: usize, c: char) -> Option<Kind> {
        let between_digits = |at: usize| {
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            at > 0 && digit(self.folded(at - 1)) && digit(self.folded(at + 1))
        };
        match c {
            '.' if between_digits(at) => None,
            // Within a name such as `clip.mp4` or `dr.dre` a full stop ends nothing.
            '.' if self.folded(at + 1).is_some_and(char::is_alphanumeric) => None,
            '.' | '!' | '?' | ';' | '\n' | '。' => Some(Kind::Stop),
            ',' | '、' | '(' | ')' | '—' | '–' if !between_digits(at) => Some(Kind::Pause),
            '-' | '–' if between_digits(at) => Some(Kind::Sign),
            '-' if self.folded(at + 1).is_some_and(|c| c.is_ascii_digit())
                && !self.folded(at.wrapping_sub(1)).is_some_and(char::is_alphanumeric) =>
            {
                Some(Kind::Sign)
            }
            '-' if self.folded(at + 1) == Some(' ') && self.folded(at.wrapping_sub(1)) == Some(' ') => {
                Some(Kind::Pause)
            }
            ':' | '/' | '%' | '#' | '♯' | '♭' | '+' | '&' | '~' | '@' | '$' => Some(Kind::Sign),
            _ => None,
        }
    }

    /// The length of a quotation that starts here, marks included; an apostrophe within a word opens none.
    fn quote(&self, at: usize) -> Option<usize> {
        let open = self.char(at)?;
        let which = QUOTES.iter().position(|(mark, _)| *mark == open)?;
        let (_, close) = QUOTES.get(which)?;
        let closers = self.closers.get(which)?;
        let single = matches!(close, '\'' | '’');
        let letter = |index: Option<usize>| {
            index.and_then(|index| self.char(index)).is_some_and(|c| c.is_alphanumeric() && !is_han(c))
        };
        if single && letter(at.checked_sub(1)) {
            return None;
        }
        let longest = if single { LONGEST_SINGLE } else { LONGEST_QUOTE };
        let ahead = closers.get(closers.partition_point(|place| *place <= at)..)?;
        let length = ahead
            .iter()
            .map(|place| place - at)
            .take_while(|length| *length < longest)
            .find(|length| !(single && letter(Some(at + length + 1))))?;
        (length > 1).then_some(length + 1)
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// "clip's" is a clip; "it's" and "don't" stay what they are.
fn own_form(word: &str) -> Option<&str> {
    let bare = word.strip_suffix("'s")?;
    (!matches!(
        bare,
        "it" | "that"
            | "let"
            | "what"
            | "here"
            | "there"
            | "how"
            | "who"
            | "where"
            | "he"
            | "she"
            | "valentine"
            | "children"
            | "new year"
    ))
    .then_some(bare)
}

fn fold(c: char) -> char {
    let half = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{2018}' | '\u{2019}' => '\'',
        _ => c,
    };
    half.to_lowercase().next().unwrap_or(half)
}
