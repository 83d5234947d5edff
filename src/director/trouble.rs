//! Other rooms' errors and the system's as faults: the one place where they are told apart.

use std::io;
use std::path::Path;

use super::advice::{Fault, Limit, Outage, Refusal, Sent, Thing, Token};
use crate::nemovideo::{ApiError, Auth, Call, Refused, Unclear};
use bedtrack_store::StoreError;
use bedtrack_wire::codes;

/// A failed call as a fault. `file` names what was being uploaded, where that is what failed.
pub fn of_api(error: &ApiError, file: Option<&str>) -> Fault {
    match error {
        ApiError::NotSent { reason, .. } => {
            tracing::warn!(%reason, "the service cannot be reached");
            Fault::BackendDown { outage: Outage::Unreachable, sent: Sent::No }
        }
        ApiError::NotReady { reason } => {
            tracing::error!(%reason, "the studio could not be started");
            Fault::Internal { reason: reason.clone() }
        }
        ApiError::Refused(refused) => of_refusal(refused, file),
        ApiError::Unclear { call, how } => Fault::BackendDown {
            outage: match how {
                Unclear::Status(status) => Outage::Status(*status),
                Unclear::Cut => Outage::Cut,
                Unclear::TimedOut => Outage::TimedOut,
            },
            sent: if is_read(*call) { Sent::No } else { Sent::Unclear },
        },
        ApiError::BadAnswer { what, .. } => {
            Fault::BackendError { reason: format!("it answered with {what}"), code: None, http: None }
        }
        ApiError::File { path, source } => match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => unwritable(path, source),
            _ => Fault::FileUnreadable { file: path.display().to_string(), reason: source.to_string() },
        },
    }
}

/// A refusal as a fault.
pub fn of_refusal(refused: &Refused, file: Option<&str>) -> Fault {
    let token = match refused.auth {
        Auth::Anonymous => Token::Anonymous,
        Auth::Given => Token::Given,
    };
    if refused.call == Call::AnonymousToken && refused.number() == codes::RATE_LIMITED {
        let after_seconds = refused.retry_after.map(|after| after.as_secs());
        return Fault::RateLimited { limit: Limit::AnonymousTokens, after_seconds };
    }
    let refusal = Refusal {
        http: Some(refused.http),
        code: refused.code,
        message: refused.message.clone(),
        retry_after_seconds: refused.retry_after.map(|after| after.as_secs()),
        file: file.map(str::to_owned),
    };
    match Fault::from_refusal(&refusal, token) {
        // The studio says what is wrong with a file; so may the cloud. The file is named before it, so not again in it.
        Fault::UnsupportedFile { file, .. } => {
            let message = refused.message.trim();
            let reason = message.strip_prefix(file.as_str()).map(|rest| rest.trim_start_matches([':', '：', ' ']));
            Fault::UnsupportedFile { reason: reason.unwrap_or(message).to_owned(), file }
        }
        fault => fault,
    }
}

/// A fault the studio names by its stable word, in a render's error or elsewhere.
pub fn of_word(word: &str, message: &str) -> Option<Fault> {
    Some(match word {
        "ffmpeg_missing" => Fault::FfmpegMissing { hint: message.to_owned() },
        "disk_full" => Fault::DiskFull { path: String::new() },
        "unsupported_file" => Fault::UnsupportedFile { file: String::new(), reason: message.to_owned() },
        "file_unreadable" => Fault::FileUnreadable { file: String::new(), reason: message.to_owned() },
        "invalid_input" => Fault::InvalidInput { reason: message.to_owned() },
        "cancelled" => Fault::Cancelled,
        _ => return None,
    })
}

/// A failure of the store as a fault.
pub fn of_store(error: &StoreError) -> Fault {
    tracing::error!(%error, "the data folder failed");
    match error {
        StoreError::DiskFull { place } => Fault::DiskFull { path: place.clone() },
        other => Fault::Internal { reason: other.to_string() },
    }
}

/// A failed write as a fault.
pub fn unwritable(path: &Path, error: &io::Error) -> Fault {
    let path = path.display().to_string();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Fault::DiskFull { path },
        _ => Fault::OutputUnwritable { path, reason: plain(error) },
    }
}

/// An error of the system in plain words.
pub fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::NotADirectory => "a part of the path is not a folder".into(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".into(),
        io::ErrorKind::InvalidFilename => "the name is too long or not allowed".into(),
        _ => error.to_string(),
    }
}

/// A handle that means nothing here.
pub fn unknown(what: Thing, id: &str) -> Fault {
    Fault::NotFound { what, id: id.chars().take(80).collect() }
}

fn is_read(call: Call) -> bool {
    matches!(
        call,
        Call::AnonymousToken
            | Call::ClaimToken
            | Call::OpenSession
            | Call::Balance
            | Call::State
            | Call::Render
            | Call::Download
    )
}
