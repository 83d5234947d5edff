//! Clients and their bearer tokens: a line each, `NAME SHA256-OF-TOKEN-IN-HEX`, `#` for comments. Only digests are ever
//! stored, so the file gives nothing away that opens a door.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

/// Longest client name.
const LONGEST_NAME: usize = 64;

/// A client that has shown its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client(Arc<str>);

impl Client {
    /// Its name in the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// What is wrong with a line of the file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AuthFileError {
    /// Not a name and a digest.
    #[error("line {line} is not `NAME SHA256-OF-TOKEN-IN-HEX`; `bedtrack token NAME` prints such a line")]
    Form {
        /// Counted from 1.
        line: usize,
    },
    /// A name with other signs, or too long.
    #[error("line {line}: a client's name has 1 to 64 letters, digits, `-`, `_` or `.`")]
    Name {
        /// Counted from 1.
        line: usize,
    },
    /// A digest that two clients share.
    #[error("line {line} repeats the token of another client")]
    Repeated {
        /// Counted from 1.
        line: usize,
    },
    /// No line at all: nobody could ever call.
    #[error("it names no client; `bedtrack token NAME` prints a line for one")]
    Empty,
}

/// All clients. A name may stand on several lines, so that a token can be replaced without a gap.
#[derive(Debug)]
pub struct Clients {
    known: Vec<(Client, [u8; 32])>,
}

impl Clients {
    /// Reads the lines of the file.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, AuthFileError> {
        let mut known: Vec<(Client, [u8; 32])> = Vec::new();
        for (index, content) in text.lines().enumerate() {
            let line = index + 1;
            let content = content.split('#').next().unwrap_or_default();
            let mut words = content.split_whitespace();
            let (name, digest) = match (words.next(), words.next(), words.next()) {
                (None, ..) => continue,
                (Some(name), Some(digest), None) => (name, unhex(digest).ok_or(AuthFileError::Form { line })?),
                _ => return Err(AuthFileError::Form { line }),
            };
            if !is_name(name) {
                return Err(AuthFileError::Name { line });
            }
            if known.iter().any(|(client, other)| *other == digest && client.name() != name) {
                return Err(AuthFileError::Repeated { line });
            }
            known.push((Client(name.into()), digest));
        }
        if known.is_empty() { Err(AuthFileError::Empty) } else { Ok(Self { known }) }
    }

    /// The client whose token this is. Every digest is compared in full, so the time taken tells nothing.
    #[must_use]
    pub fn recognise(&self, token: &str) -> Option<&Client> {
        let shown: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let mut found = None;
        for (client, digest) in &self.known {
            if digest.ct_eq(&shown).into() {
                found = Some(client);
            }
        }
        found
    }
}

/// Whether a client can be called that.
pub fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).ok()?;
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, token: &str) -> String {
        format!("{name} {}", hex::encode(Sha256::digest(token)))
    }

    #[test]
    fn a_line_lets_its_token_in_and_no_other() {
        let (alice, bob) = (line("alice", "one"), line("bob", "two").to_uppercase().replace("BOB", "bob"));
        let clients = Clients::parse(&format!("# clients\n\n{alice}  # laptop\n{bob}\n")).unwrap();
        assert_eq!(clients.recognise("one").map(Client::name), Some("alice"));
        assert_eq!(clients.recognise("two").map(Client::name), Some("bob"));
        assert_eq!(clients.recognise("three"), None);
        assert_eq!(clients.recognise(""), None);
    }

    #[test]
    fn a_bad_line_is_named() {
        let line = line("alice", "one");
        let digest = line.split(' ').nth(1).unwrap().to_owned();
        let error = |text: &str| Clients::parse(text).unwrap_err();
        assert_eq!(error("# nobody\n"), AuthFileError::Empty);
        assert_eq!(error(&format!("{line}\nbob abc\n")), AuthFileError::Form { line: 2 });
        assert_eq!(error("bob"), AuthFileError::Form { line: 1 });
        assert_eq!(error(&format!("{line} more")), AuthFileError::Form { line: 1 });
        assert_eq!(error(&format!("b/ob {digest}")), AuthFileError::Name { line: 1 });
        assert_eq!(error(&format!("{line}\nbob {digest}")), AuthFileError::Repeated { line: 2 });
    }
}
