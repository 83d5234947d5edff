//! The balance, as an answer holds it and as a sentence.

use super::answer::Credits;
use super::wording::say;
use bedtrack_wire::credits::Balance;

/// A balance in an answer.
pub fn fill(credits: &mut Credits, balance: &Balance) {
    if balance.unlimited {
        credits.unlimited = Some(true);
        return;
    }
    credits.available = Some(balance.available);
    credits.frozen = Some(balance.frozen);
    credits.total = Some(balance.total);
}

/// A balance in a sentence.
pub fn words(balance: &Balance, language: &str) -> String {
    if balance.unlimited {
        return say("credits_unlimited", &[], language);
    }
    let frozen = if balance.frozen == 0 { String::new() } else { balance.frozen.to_string() };
    let (available, total) = (balance.available.to_string(), balance.total.to_string());
    say("credits", &[("available", &available), ("frozen", &frozen), ("total", &total)], language)
}
