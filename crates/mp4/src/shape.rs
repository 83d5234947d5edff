//! What kind of file is written.

/// What kind of file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Mp4,
    QuickTime,
}
