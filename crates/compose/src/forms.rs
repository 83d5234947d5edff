//! Forms: which sections follow one another, as `forms.toml` lists them.

use std::sync::LazyLock;

use serde::Deserialize;

use super::rng::Rng;

/// A way to lay out a piece, for every length.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// How genres name it.
    pub id: String,
    /// By growing length.
    pub plan: Vec<Layout>,
}

/// The sections of a piece of some length.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Least bars it is for, of four beats each.
    pub from_bars: usize,
    /// What opens.
    pub head: Vec<FormSection>,
    /// What comes round as often as there is room.
    #[serde(default)]
    pub cycle: Vec<FormSection>,
    /// What closes.
    #[serde(default)]
    pub tail: Vec<FormSection>,
}

/// A section to be.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormSection {
    /// What it is: `intro`, `a`, `b`, `break`, `build`, `drop`, `outro`. The same letter brings the same material.
    pub letter: String,
    /// Usual length in bars of four beats.
    pub bars: f64,
    /// 0 to 1.
    pub energy: f64,
}

/// All forms.
#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct FormTable {
    form: Vec<Form>,
    /// Why the table could not be read; none in a sound build.
    #[serde(skip)]
    pub problem: Option<String>,
}

impl FormTable {
    /// The one called `id`.
    pub fn get(&self, id: &str) -> Option<&Form> {
        self.form.iter().find(|f| f.id == id)
    }
}

impl Form {
    /// The sections of a piece of about `bars` bars. Of several plans for one length the dice take one.
    pub fn sections(&self, bars: usize, rng: &mut Rng) -> Vec<FormSection> {
        let reached = self.plan.iter().map(|p| p.from_bars).filter(|from| *from <= bars).max().unwrap_or(0);
        let plans: Vec<&Layout> = self.plan.iter().filter(|p| p.from_bars == reached).collect();
        let Some(plan) = rng.pick(&plans).copied().or(self.plan.first()) else {
            return Vec::new();
        };
        let length = |part: &[FormSection]| part.iter().map(|s| s.bars).sum::<f64>();
        let (fixed, round) = (length(&plan.head) + length(&plan.tail), length(&plan.cycle));
        let rounds = if round > 0.0 { ((bars as f64 - fixed) / round).round().max(1.0) as usize } else { 0 };
        let mut sections = plan.head.clone();
        for turn in 0..rounds {
            // Each round reaches a little higher, and the last the highest, so that a long piece still goes somewhere.
            let lift = if rounds > 1 { 0.12 * (turn as f64 / (rounds - 1) as f64 - 0.6) } else { 0.0 };
            sections.extend(plan.cycle.iter().map(|s| FormSection { energy: s.energy + lift, ..s.clone() }));
        }
        sections.extend(plan.tail.iter().cloned());
        sections
    }
}

/// The form table.
pub fn forms() -> &'static FormTable {
    static TABLE: LazyLock<FormTable> = LazyLock::new(|| {
        toml::from_str(include_str!("forms.toml"))
            .unwrap_or_else(|e| FormTable { problem: Some(e.to_string()), ..Default::default() })
    });
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::forms;
    use crate::rng::Rng;

    #[test]
    fn every_form_has_sections_for_every_length() {
        assert_eq!(forms().problem, None);
        for form in &forms().form {
            for bars in [1, 2, 4, 7, 13, 20, 33, 61, 150, 700] {
                for seed in 0..6 {
                    let sections = form.sections(bars, &mut Rng::new(seed, "form"));
                    let count = sections.len();
                    assert!((1..=bars).contains(&count), "{} at {bars}: {count}", form.id);
                    assert!(sections.iter().all(|s| s.bars > 0.0 && (0.0..=1.1).contains(&s.energy)), "{}", form.id);
                }
            }
            assert!(form.plan.is_sorted_by_key(|p| p.from_bars), "{}", form.id);
        }
    }
}
