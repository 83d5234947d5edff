//! Words without markup: `<i>`, `<font …>`, `<v Anna>`, `{\an8}`, `&amp;`. What only looks like markup stays: `<3`, `a < b`.

/// Names of tags that SubRip and WebVTT know.
const TAGS: [&str; 13] = ["i", "b", "u", "s", "font", "c", "v", "lang", "ruby", "rt", "em", "strong", "br"];
const ENTITIES: [(&str, &str); 8] = [
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&nbsp;", " "),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&lrm;", ""),
    ("&rlm;", ""),
];
/// Longest tag, in characters; bounds the search for its end.
const LONGEST_TAG: usize = 200;

/// The words of a cue, and whether its markup puts them at the top.
pub fn plain(marked: &str) -> (String, bool) {
    let mut words = String::with_capacity(marked.len());
    let mut top = false;
    let mut rest = marked;
    while let Some(c) = rest.chars().next() {
        let skipped = match c {
            '<' => tag(rest),
            '{' => over(rest).inspect(|length| {
                let inside = rest.get(..*length).unwrap_or_default();
                top |= ["\\an7", "\\an8", "\\an9", "\\a6"].iter().any(|code| inside.contains(code));
            }),
            '&' => ENTITIES.iter().find(|(name, _)| rest.starts_with(name)).map(|(name, sign)| {
                words.push_str(sign);
                name.len()
            }),
            // `\N` is a line break of other caption formats.
            '\\' if rest.starts_with("\\N") => {
                words.push('\n');
                Some(2)
            }
            _ => None,
        };
        match skipped {
            Some(length) => rest = rest.get(length..).unwrap_or_default(),
            None => {
                // A tab parts words; other controls mean nothing.
                match c {
                    '\t' => words.push(' '),
                    c if c.is_control() && c != '\n' => {}
                    c => words.push(c),
                }
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    (lines.join("\n"), top)
}

/// The length of a tag that begins here.
fn tag(rest: &str) -> Option<usize> {
    let end = rest.char_indices().take(LONGEST_TAG).find(|(_, c)| *c == '>').map(|(at, _)| at)?;
    let inside = rest.get(1..end)?;
    let bare = inside.strip_prefix('/').unwrap_or(inside);
    let name: String = bare.chars().take_while(char::is_ascii_alphabetic).collect();
    let ends =
        bare.get(name.len()..).and_then(|rest| rest.chars().next()).is_none_or(|c| matches!(c, ' ' | '.' | '/' | '\t'));
    let known = ends && TAGS.contains(&name.to_ascii_lowercase().as_str()) || inside == "/";
    // `<00:00:01.000>` times words within a cue.
    let time = !inside.is_empty()
        && inside.contains(':')
        && inside.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.'));
    (known || time).then_some(end + 1)
}

/// The length of an override such as `{\an8}` or `{y:i}` that begins here.
fn over(rest: &str) -> Option<usize> {
    let is_code = rest.starts_with("{\\") || ["{y:", "{Y:", "{c:", "{C:"].iter().any(|start| rest.starts_with(start));
    let end = rest.char_indices().take(LONGEST_TAG).find(|(_, c)| *c == '}').map(|(at, _)| at)?;
    is_code.then_some(end + 1)
}
