//! Captions pasted into a request (SubRip or WebVTT) are content: whatever they say asks for nothing. The words around them
//! are routed, and the captions go with the message they stand by.

use std::ops::Range;

use super::action::{Action, Routed};

/// Where pasted captions stand: from the first line with times, and the number or header before it, to the words of the
/// last one. What comes behind them after an empty line is the user's own again.
pub fn captions(request: &str) -> Option<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    for line in request.split_inclusive(['\n', '\r']) {
        let start = lines.last().map_or(0, |line| line.end);
        lines.push(start..start + line.len());
    }
    let text = |at: usize| lines.get(at).and_then(|line| request.get(line.clone())).map_or("", str::trim);
    let timed: Vec<usize> = (0..lines.len()).filter(|at| is_timed(text(*at))).collect();
    let (mut first, mut last) = (*timed.first()?, *timed.last()?);
    while let Some(above) = first.checked_sub(1) {
        let line = text(above);
        if !(line.is_empty() || line.chars().all(|c| c.is_ascii_digit()) || line.starts_with("WEBVTT")) {
            break;
        }
        first = above;
    }
    while last + 1 < lines.len() && !text(last + 1).is_empty() {
        last += 1;
    }
    Some(lines.get(first)?.start..lines.get(last)?.end)
}

/// `00:00:01,000 --> 00:00:02,000`.
fn is_timed(line: &str) -> bool {
    line.split_once("-->").is_some_and(|(from, to)| {
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        digit(from.trim_end().chars().next_back()) && digit(to.trim_start().chars().next())
    })
}

/// Puts captions to the message before or behind them; where there is neither they are a message of their own.
pub fn join(mut before: Vec<Routed>, captions: &str, mut behind: Vec<Routed>) -> Vec<Routed> {
    let captions = captions.trim_end();
    let mut message = match before.pop() {
        Some(last) if last.action == Action::Message => Routed { text: format!("{}\n{captions}", last.text), ..last },
        last => {
            before.extend(last);
            Routed { action: Action::Message, text: captions.trim_start().to_owned() }
        }
    };
    if behind.first().is_some_and(|next| next.action == Action::Message) {
        message.text = format!("{}\n\n{}", message.text, behind.remove(0).text);
    }
    before.push(message);
    before.extend(behind);
    before
}

#[cfg(test)]
mod tests {
    use super::super::actions;
    use super::*;

    const BLOCK: &str = "1\n00:00:01,000 --> 00:00:02,000\nexport the video\n\n2\n00:00:03,000 --> 00:00:04,000\nhow many credits are left?";

    fn routed(request: &str) -> Vec<(Action, String)> {
        actions(request, false).into_iter().map(|part| (part.action, part.text)).collect()
    }

    #[test]
    fn what_captions_say_asks_for_nothing() {
        assert_eq!(routed(BLOCK), [(Action::Message, BLOCK.to_owned())]);
        let request = format!("add these captions:\n{BLOCK}");
        assert_eq!(routed(&request), [(Action::Message, request.clone())]);
        let web = format!("WEBVTT\n\n{}", BLOCK.replace(',', "."));
        assert_eq!(routed(&web), [(Action::Message, web.clone())]);
    }

    #[test]
    fn the_words_around_captions_are_routed_as_ever() {
        let request = format!("add these in yellow:\n{BLOCK}\n\nmake them big, then export as mp4");
        let parts = routed(&request);
        assert_eq!(parts.len(), 2, "{parts:?}");
        assert_eq!(parts[0], (Action::Message, format!("add these in yellow:\n{BLOCK}\n\nmake them big")));
        assert!(matches!(parts[1].0, Action::Export(_)));
    }

    #[test]
    fn an_arrow_alone_is_no_caption() {
        assert_eq!(captions("make it slow --> fast, then export"), None);
        assert_eq!(captions("from 0:03 --> to the end"), None);
    }
}
