//! What can be wrong with a file.

/// Why a file is not read or written.
#[derive(Debug, thiserror::Error)]
pub enum Mp4Error {
    /// It holds what is not read here; others may know what to do with it.
    #[error("{0}")]
    Unusual(&'static str),
    /// Nobody can do anything with it.
    #[error("{0}")]
    Broken(&'static str),
    /// The file itself cannot be read or written.
    #[error(transparent)]
    File(#[from] std::io::Error),
}

impl Mp4Error {
    pub(crate) const TOO_LARGE: Self = Self::Unusual("it is too large");
    pub(crate) const NO_TABLE: Self = Self::Unusual("its index lacks a table");
    pub(crate) const CUT_OFF: Self = Self::Broken("its end is missing; copy or export it again");
}
