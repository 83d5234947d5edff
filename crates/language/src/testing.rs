//! For tests alone: a text in traditional characters, as other rooms' corpora are read in them too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::characters::pairs;

/// Every way to write a simplified character in traditional ones, itself included where it is one of them.
static FORMS: LazyLock<BTreeMap<char, BTreeSet<char>>> = LazyLock::new(|| {
    let mut forms: BTreeMap<char, BTreeSet<char>> = BTreeMap::new();
    for (traditional, simplified) in pairs() {
        forms.entry(simplified).or_default().insert(traditional);
    }
    forms
});

/// A text in traditional characters. Where one character stands for several, `pick` is given how many and says which.
pub fn in_traditional(text: &str, mut pick: impl FnMut(usize) -> usize) -> String {
    let form = |c: char| {
        let forms = FORMS.get(&c).map_or(0, BTreeSet::len);
        FORMS.get(&c).and_then(|all| all.iter().nth(if forms > 1 { pick(forms) } else { 0 })).copied().unwrap_or(c)
    };
    text.chars().map(form).collect()
}

/// A few such texts: with the first of all forms, with the last, and with them in turn.
pub fn traditional_forms(text: &str) -> [String; 3] {
    let mut turn = 0;
    let in_turn = |forms: usize| {
        turn += 1;
        turn % forms
    };
    [in_traditional(text, |_| 0), in_traditional(text, |forms| forms - 1), in_traditional(text, in_turn)]
}
