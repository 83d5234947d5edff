//! The result codes of the API, as they stand in the `code` of an answer.

/// All went well.
pub const OK: i64 = 0;
/// The token is bad or has expired (also HTTP 401).
pub const BAD_TOKEN: i64 = 1001;
/// The session does not exist (also HTTP 404 on a session).
pub const NO_SESSION: i64 = 1002;
/// The account has no credits left for this.
pub const NO_CREDITS: i64 = 2001;
/// The file's type is not accepted.
pub const UNSUPPORTED_FILE: i64 = 4001;
/// The file is larger than accepted.
pub const FILE_TOO_LARGE: i64 = 4002;
/// A request lacked something, such as `X-Client-Id`.
pub const BAD_REQUEST: i64 = 400;
/// The export is blocked on this plan.
pub const PLAN_REQUIRED: i64 = 402;
/// The token lacks a scope.
pub const SCOPE_MISSING: i64 = 403;
/// Nothing of that id.
pub const NOT_FOUND: i64 = 404;
/// Too many requests.
pub const RATE_LIMITED: i64 = 429;
/// Ours: the studio needs ffmpeg for this and has none that can do it; nothing was done.
pub const TOOL_MISSING: i64 = 4801;
/// Ours: the studio's disk is full; nothing was kept.
pub const DISK_FULL: i64 = 4802;
/// Ours: the studio could not do its work.
pub const INTERNAL: i64 = 500;
