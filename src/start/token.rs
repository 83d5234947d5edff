//! `bedtrack token NAME`: a bearer token for a client of `serve` or `studio`. Only its hash is written down, so a lost
//! token is replaced, never looked up.

use anyhow::bail;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What to show: the token, and its line for `BEDTRACK_AUTH_FILE`.
pub fn make(name: &str) -> anyhow::Result<String> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !plain || !(1..=64).contains(&name.len()) {
        bail!("{name:?} cannot be a client's name: 1 to 64 letters, digits, `-`, `_` and `.` are accepted");
    }
    // Two version-4 UUIDs: 244 random bits from the system's generator.
    let token = format!("bedtrack_{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let hash: String = Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!(
        "Give this token to the client; it is shown this once:\n{token}\n\nAdd this line to the file that BEDTRACK_AUTH_FILE names:\n{name} {hash}\n"
    ))
}
