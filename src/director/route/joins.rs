//! Clauses that belong together: a format said apart from its export, a second file, media named one after the other.

use bedtrack_language::tokens::Token;

use super::action::Action;
use super::clauses::{Asked, Clause, LONGEST_ACTION, after_fillers, covered, says_what_not};
use super::lexicon::{Lexicon, lexicon};
use super::wish::{self, ExportWish};

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
            && let Some(Clause { asked: Asked::For(Action::Export(wish)), span, tokens, is_named, .. }) =
                joined.last_mut()
        {
            // "Just the audio, as an mp3": a sound file of no kind yet.
            let names = lexicon.named.within(clause.tokens);
            if more.format.is_some() && !*is_named && !lexicon.named.within(tokens) && names {
                wish.format = None;
            }
            let other_shape = more.aspect.is_some() && wish.aspect.is_some() && more.aspect != wish.aspect;
            if (wish.format.is_none() || more.format.is_none()) && !other_shape {
                wish.fill_from(more);
                *is_named |= names;
                span.1 = clause.span.1;
                continue;
            }
            // A second format is a second file.
            let wish = ExportWish {
                format: more.format.or(wish.format.clone()),
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
        // "Export it, but first fade out the end".
        let first = clause.asked == Asked::Nothing
            && !clause.is_aside()
            && lexicon.but_first.end(clause.tokens, 0).is_some()
            && joined.last().is_some_and(|before| matches!(before.asked, Asked::For(Action::Export(_))));
        if let Some(export) = if first { joined.pop() } else { None } {
            clause.is_moved = true;
            joined.push(clause);
            joined.push(export);
            continue;
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
    let fetches = |words: &[Token]| verb(words).is_some();
    // "I need it as m4a, download please".
    let only_again = !lexicon.things.within(words) && wish::read(lexicon, words) == ExportWish::default();
    only_again && !(fetches(before.tokens) && verb(before.tokens) == verb(words))
        || says_how && !lexicon.named.within(before.tokens)
        || (back || !lexicon.things.within(before.tokens) && *wish == ExportWish::default())
            && (*wish == ExportWish::default() || wish::read(lexicon, words) == ExportWish::default())
            && (verb(before.tokens) != verb(words) || !fetches(words))
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
