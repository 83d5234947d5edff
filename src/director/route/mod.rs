//! The routing table: what a request asks for, decided before anything is sent. Intent counts, not the bare word: a
//! clause is an action only when nothing in it speaks of anything else. Pure; the words are data in `lexicon.toml`.

mod action;
mod clauses;
mod joins;
mod lexicon;
mod pasted;
mod slips;
mod wish;

#[cfg(test)]
mod tests;

use bedtrack_language::tokens::{with_marks, words};
use clauses::{Asked, Clause};

pub use action::{Action, Routed};
pub use wish::ExportWish;

/// The actions of a request in their order; a request of nothing but white space has none unless files come with it.
/// Where files come with the call an upload is always among them, before whatever does not say otherwise.
pub fn actions(request: &str, has_files: bool) -> Vec<Routed> {
    if let Some(at) = pasted::captions(request) {
        let part = |range: Option<&str>| range.unwrap_or_default().to_owned();
        let (before, behind) = (part(request.get(..at.start)), part(request.get(at.end..)));
        let captions = part(request.get(at));
        return pasted::join(spoken(&before, has_files), &captions, spoken(&behind, false));
    }
    spoken(request, has_files)
}

/// The same for a request of nothing but the user's own words.
fn spoken(request: &str, has_files: bool) -> Vec<Routed> {
    let lexicon = lexicon::lexicon();
    let mut tokens = words(request, &lexicon.chinese);
    tokens.iter_mut().for_each(|token| slips::mend(token, lexicon));
    let mut clauses = clauses::classify(&tokens, has_files);
    joins::join_fragments(&mut clauses);
    let mut routed = collect(request, &clauses);
    if has_files && !routed.iter().any(|part| part.action == Action::Upload) {
        routed.insert(0, Routed { action: Action::Upload, text: String::new() });
    }
    routed
}

/// Neighbouring message clauses become one message with its words as they were; pleasantries alone become none.
fn collect(request: &str, clauses: &[Clause<'_>]) -> Vec<Routed> {
    let slice =
        |first: &Clause<'_>, last: &Clause<'_>| with_marks(request, first.start(), last.end()).trim().to_owned();
    let acts = clauses.iter().any(|clause| clause.asked.is_action());
    let media = clauses.iter().find_map(Clause::medium);
    if !acts && media.is_none() {
        let text = request.trim();
        return if text.is_empty() {
            Vec::new()
        } else {
            vec![Routed { action: Action::Message, text: text.to_owned() }]
        };
    }
    let mut routed: Vec<Routed> = Vec::new();
    if let Some(medium) = media {
        let address = request.get(medium.start..medium.end).unwrap_or_default().to_owned();
        routed.push(Routed { action: Action::Upload, text: address });
    }
    for run in clauses.chunk_by(|a, b| !a.asked.is_action() && !b.asked.is_action() && !b.is_moved) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let text = slice(first, last);
        match &first.asked {
            Asked::Nothing if acts && run.iter().all(Clause::is_aside) => {}
            Asked::Nothing => routed.push(Routed { action: Action::Message, text }),
            Asked::MakeAndFetch(wish) => {
                routed.push(Routed { action: Action::Message, text: first.made(request) });
                routed.push(Routed { action: Action::Export(wish.clone()), text });
            }
            Asked::For(action) => {
                let again = routed.last().is_some_and(|before| before.action == *action);
                if !again {
                    routed.push(Routed { action: action.clone(), text });
                }
            }
        }
    }
    routed
}
