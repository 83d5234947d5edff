//! What differs between databases: three tokens. All other SQL is the same everywhere.

use std::borrow::Cow;

/// The words of one kind of database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    /// `{now}`: milliseconds since the epoch by the database's clock, so that all who share it share one clock.
    now: &'static str,
    /// `{skip_locked}`: ends the SELECT of a claim, so that claims at the same time look at different rows.
    skip_locked: &'static str,
    /// Begins a transaction that will write.
    pub(crate) begin_write: &'static str,
    /// Whether only one transaction can write at a time. Then ours queue up in the process, in order of arrival,
    /// instead of polling for the file's lock.
    pub(crate) one_writer: bool,
}

/// SQLite: BEGIN IMMEDIATE takes the write lock at once, so a transaction never fails half way for want of it.
pub(crate) const SQLITE: Dialect = Dialect {
    now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
    skip_locked: "",
    begin_write: "BEGIN IMMEDIATE",
    one_writer: true,
};

impl Dialect {
    /// A statement in this dialect's words.
    pub(crate) fn say(&self, sql: impl Into<Cow<'static, str>>) -> Cow<'static, str> {
        let sql = sql.into();
        if sql.contains('{') {
            sql.replace("{now}", self.now).replace("{skip_locked}", self.skip_locked).into()
        } else {
            sql
        }
    }
}
