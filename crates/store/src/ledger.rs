//! Accounts and their credits. Every movement is a row of the ledger whose key is its kind and its job, so none can
//! happen twice; movements of a job happen inside the transaction that changes the job.

use serde::{Deserialize, Serialize};

use super::db::{Columns as _, Db, Write};
use super::error::StoreError;
use bedtrack_wire::credits::Balance;

/// What an account starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grant {
    /// Everything is free; nothing is held or written down.
    Unlimited,
    /// So many credits (negative counts as none).
    Credits(i64),
}

/// A movement of credits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// `hold:`, `settle:` or `release:` and the job; `grant:` and the account.
    pub id: String,
    /// The account.
    pub account: String,
    /// The job; empty for a grant.
    pub job: String,
    /// `grant`, `hold`, `settle` (what was charged; the rest of the hold went back) or `release`.
    pub kind: String,
    /// Credits, never negative.
    pub amount: i64,
    /// When, in ms since the epoch.
    pub at: i64,
}

/// Accounts, as one part of the store.
#[derive(Debug, Clone)]
pub struct Ledger {
    db: Db,
}

impl Ledger {
    pub(super) fn new(db: Db) -> Self {
        Self { db }
    }

    /// Opens an account. One that exists stays as it is: a grant is given once.
    pub async fn open_account(&self, id: &str, grant: Grant) -> Result<Balance, StoreError> {
        let (unlimited, credits) = match grant {
            Grant::Unlimited => (1, 0),
            Grant::Credits(credits) => (0, credits.max(0)),
        };
        let mut tx = self.db.write().await?;
        let opened = tx.query(
            "INSERT INTO account (id, unlimited, balance, held, created_at) VALUES ($1, $2, $3, 0, {now})
             ON CONFLICT (id) DO NOTHING",
        );
        if tx.run(opened.bind(id.to_owned()).bind(unlimited).bind(credits)).await? == 1 && credits > 0 {
            write_down(&mut tx, "grant", id, id, credits).await?;
        }
        tx.commit().await?;
        self.balance(id).await
    }

    /// What an account has.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where there is no such account.
    pub async fn balance(&self, id: &str) -> Result<Balance, StoreError> {
        let query = self.db.query("SELECT unlimited, balance, held FROM account WHERE id = $1").bind(id.to_owned());
        let row = self.db.one(query).await?.ok_or_else(|| StoreError::not_found("account", id))?;
        let (available, frozen) = (row.int("balance")?, row.int("held")?);
        Ok(Balance { available, frozen, total: available + frozen, unlimited: row.flag("unlimited")? })
    }

    /// An account's movements, oldest first.
    pub async fn entries(&self, account: &str) -> Result<Vec<LedgerEntry>, StoreError> {
        let query = self.db.query("SELECT * FROM ledger WHERE account = $1 ORDER BY at, id").bind(account.to_owned());
        let rows = self.db.all(query).await?;
        rows.iter()
            .map(|row| {
                Ok(LedgerEntry {
                    id: row.text("id")?,
                    account: row.text("account")?,
                    job: row.text("job")?,
                    kind: row.text("kind")?,
                    amount: row.int("amount")?,
                    at: row.int("at")?,
                })
            })
            .collect()
    }
}

/// Whether a hold was possible.
pub(super) enum Hold {
    /// So many credits are held now: the cost, or nothing on an unlimited account.
    Held(i64),
    /// Too few are available.
    Short { available: i64 },
}

/// Moves a job's cost from balance to held.
pub(super) async fn hold(tx: &mut Write, account: &str, job: &str, cost: i64) -> Result<Hold, StoreError> {
    let query = tx.query("SELECT unlimited FROM account WHERE id = $1").bind(account.to_owned());
    let row = tx.one(query).await?.ok_or_else(|| StoreError::not_found("account", account))?;
    if row.flag("unlimited")? || cost <= 0 {
        return Ok(Hold::Held(0));
    }
    let moved = tx.query("UPDATE account SET balance = balance - $2, held = held + $2 WHERE id = $1 AND balance >= $2");
    if tx.run(moved.bind(account.to_owned()).bind(cost)).await? == 0 {
        let query = tx.query("SELECT balance FROM account WHERE id = $1").bind(account.to_owned());
        let available = tx.one(query).await?.map_or(Ok(0), |row| row.int("balance"))?;
        return Ok(Hold::Short { available });
    }
    write_down(tx, "hold", job, account, cost).await?;
    Ok(Hold::Held(cost))
}

/// Ends a job's hold: `charged` credits are spent (none: a release), the rest goes back.
pub(super) async fn end_hold(
    tx: &mut Write,
    account: &str,
    job: &str,
    held: i64,
    charged: Option<i64>,
) -> Result<(), StoreError> {
    if held <= 0 {
        return Ok(());
    }
    let spent = charged.unwrap_or(0).clamp(0, held);
    let moved = tx.query("UPDATE account SET held = held - $2, balance = balance + $3 WHERE id = $1");
    tx.run(moved.bind(account.to_owned()).bind(held).bind(held - spent)).await?;
    match charged {
        Some(_) => write_down(tx, "settle", job, account, spent).await,
        None => write_down(tx, "release", job, account, held).await,
    }
}

async fn write_down(
    tx: &mut Write,
    kind: &'static str,
    about: &str,
    account: &str,
    amount: i64,
) -> Result<(), StoreError> {
    let job = if kind == "grant" { "" } else { about };
    let entry = tx.query("INSERT INTO ledger (id, account, job, kind, amount, at) VALUES ($1, $2, $3, $4, $5, {now})");
    tx.run(entry.bind(format!("{kind}:{about}")).bind(account.to_owned()).bind(job.to_owned()).bind(kind).bind(amount))
        .await?;
    Ok(())
}
