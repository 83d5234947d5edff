//! What the rooms that read words share, in English and Chinese; it knows nothing of films or music.
//!
//! - [`characters`]: one form for each character (half width, lower case, simplified Chinese), with its place kept.
//! - [`quotations`]: what is quoted, however long, and so never an order.
//! - [`tokens`]: the pieces of a text, each with its bytes in the original.
//! - [`phrases`]: rows of words with alternatives, gaps and typed slots, and what they mean.
//! - [`numbers`] and [`times`]: `90`, `thirty`, `一百二十`, `1:30`, `一分半`.
//! - [`fillers`]: words that ask for nothing.
//! - [`endings`]: what the ending of a file's name says.
//! - [`template`]: sentences with gaps.
//! - [`guess`]: which language a text is in.
//! - [`captions`]: what a caption file says.

pub mod captions;
pub mod characters;
pub mod endings;
pub mod fillers;
pub mod guess;
pub mod numbers;
pub mod phrases;
pub mod quotations;
pub mod template;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod times;
pub mod tokens;

/// Reads a file that is built in, so that only a wrong commit can break it.
fn built_in<T: serde::de::DeserializeOwned>(file: &str) -> T {
    #[expect(clippy::expect_used, reason = "the file is built in and read by the tests")]
    toml::from_str(file).expect("a built-in file of words is valid TOML")
}
