//! Sentences with gaps: the filling of every template in the wordings.

use std::str::Chars;

/// Fills `{names}`. A part in `[brackets]` disappears when one of its own names has no value, or an empty one; brackets
/// nest. Braces in a value stay as they are.
/// Where it began the sentence, what follows begins it now, with a capital letter.
pub fn fill<'v>(template: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    part(&mut template.chars(), &value).0
}

/// One bracket's inside, up to its end, and whether all of its names had values.
fn part<'v>(chars: &mut Chars<'_>, value: &impl Fn(&str) -> Option<&'v str>) -> (String, bool) {
    let (mut out, mut whole) = (String::new(), true);
    let mut begins_anew = false;
    while let Some(c) = chars.next() {
        match c {
            ']' => break,
            '[' => {
                let (inside, shown) = part(chars, value);
                if shown {
                    out.push_str(&inside);
                } else {
                    begins_anew |= out.is_empty();
                }
            }
            '{' => {
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                match value(&name).filter(|value| !value.is_empty()) {
                    Some(value) => out.push_str(value),
                    None => whole = false,
                }
            }
            other if begins_anew && out.is_empty() => out.extend(other.to_uppercase()),
            other => out.push(other),
        }
    }
    (out, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_in_brackets_goes_when_one_of_its_values_is_missing() {
        let filled = |template| {
            fill(template, |name| match name {
                "a" => Some("1"),
                "b" => Some(""),
                "d" => Some("{a}"),
                _ => None,
            })
        };
        assert_eq!(filled("x[ a={a}[ b={b}]][ c={c}]."), "x a=1.");
        assert_eq!(filled("[{c}: ]this. [{a} ]that"), "This. 1 that");
        assert_eq!(filled("unclosed [a {a}"), "unclosed a 1");
        assert_eq!(filled("{d} {c}"), "{a} ");
    }
}
