//! `bedtrack token NAME`: a bearer token for a client of `serve` or `studio`. Only its hash is written down, so a lost
//! token is replaced, never looked up.

use anyhow::bail;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::mcp::http::auth::is_name;

/// What to show: the token, and its line for `BEDTRACK_AUTH_FILE`.
pub fn make(name: &str) -> anyhow::Result<String> {
    if !is_name(name) {
        bail!("{name:?} cannot be a client's name: 1 to 64 letters, digits, `-`, `_` and `.` are accepted");
    }
    // Two version-4 UUIDs: 244 random bits from the system's generator.
    let token = format!("bedtrack_{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let hash = hex::encode(Sha256::digest(token.as_bytes()));
    Ok(format!(
        "Give this token to the client; it is shown this once:\n{token}\n\nAdd this line to the file that BEDTRACK_AUTH_FILE names:\n{name} {hash}\n"
    ))
}
