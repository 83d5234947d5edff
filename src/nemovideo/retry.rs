//! What may be repeated, as data and one pure function. A message never is once its first byte may have left, but for
//! the refusals that came before any work began.

use std::time::Duration;

use super::error::{ApiError, Auth, Call};
use super::settings::ClientSettings;
use bedtrack_wire::codes;

/// Longest pause a 429 may ask for and be waited out; beyond it the caller is told when.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What was already done for a call.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tried {
    /// Repetitions of a read.
    pub reads: usize,
    /// A new token was fetched.
    pub renewed: bool,
    /// A 429 was waited out.
    pub waited: bool,
    /// A connection was tried again.
    pub reconnected: bool,
    /// The client's id was sent along.
    pub identified: bool,
}

/// What to do about a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Tell the caller.
    GiveUp,
    /// Fetch a new token, then repeat once.
    RenewToken,
    /// Send the client's id along, made where there is none, and repeat once.
    Identify,
    /// Repeat after a pause.
    Repeat(Duration),
}

/// Whether repeating does no harm: it reads, or what it makes twice is worth nothing.
fn is_harmless(call: Call) -> bool {
    match call {
        Call::AnonymousToken
        | Call::ClaimToken
        | Call::OpenSession
        | Call::CancelRun
        | Call::Balance
        | Call::State
        | Call::Render
        | Call::Download => true,
        Call::Run | Call::Upload | Call::SubmitRender => false,
    }
}

/// Decides; notes in `tried` what it decided.
pub fn decide(settings: &ClientSettings, call: Call, error: &ApiError, tried: &mut Tried) -> Next {
    match error {
        ApiError::Refused(refused) => match refused.number() {
            codes::BAD_TOKEN | 401 if call != Call::AnonymousToken => {
                if refused.auth == Auth::Given || tried.renewed {
                    return Next::GiveUp;
                }
                tried.renewed = true;
                Next::RenewToken
            }
            codes::BAD_REQUEST
                if call != Call::AnonymousToken && !tried.identified && asks_for_id(&refused.message) =>
            {
                tried.identified = true;
                Next::Identify
            }
            codes::RATE_LIMITED => {
                let pause = refused.retry_after.unwrap_or(settings.rate_limit);
                if tried.waited || pause > LONGEST_PAUSE.max(settings.rate_limit) {
                    return Next::GiveUp;
                }
                tried.waited = true;
                Next::Repeat(pause)
            }
            _ => Next::GiveUp,
        },
        ApiError::NotReady { .. } | ApiError::File { .. } => Next::GiveUp,
        _ if is_harmless(call) => {
            let pause = settings.read_pauses.get(tried.reads).copied();
            tried.reads += 1;
            pause.map_or(Next::GiveUp, Next::Repeat)
        }
        // No connection, no byte: one more attempt is safe.
        ApiError::NotSent { .. } if !tried.reconnected => {
            tried.reconnected = true;
            Next::Repeat(settings.read_pauses.first().copied().unwrap_or_default())
        }
        _ => Next::GiveUp,
    }
}

/// Whether a refusal complains about the client's id.
fn asks_for_id(message: &str) -> bool {
    let letters: String = message.chars().filter(|c| c.is_ascii_alphabetic()).collect();
    letters.to_ascii_lowercase().contains("clientid")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nemovideo::error::{Refused, Unclear};

    fn refused(number: i64, auth: Auth, retry_after: Option<u64>) -> ApiError {
        let retry_after = retry_after.map(Duration::from_secs);
        ApiError::Refused(Refused {
            call: Call::Run,
            http: 200,
            code: Some(number),
            message: String::new(),
            retry_after,
            auth,
        })
    }

    fn after(call: Call, error: &ApiError, times: usize) -> Vec<Next> {
        let (settings, mut tried) = (ClientSettings::default(), Tried::default());
        (0..times).map(|_| decide(&settings, call, error, &mut tried)).collect()
    }

    #[test]
    fn a_message_is_never_repeated_once_it_may_have_left() {
        for how in [Unclear::Status(502), Unclear::Cut, Unclear::TimedOut] {
            for call in [Call::Run, Call::Upload, Call::SubmitRender] {
                assert_eq!(after(call, &ApiError::Unclear { call, how }, 1), [Next::GiveUp]);
            }
        }
        let bad = ApiError::BadAnswer { call: Call::Run, what: "HTML".into() };
        assert_eq!(after(Call::Run, &bad, 1), [Next::GiveUp]);
    }

    #[test]
    fn a_message_that_found_no_connection_is_tried_once_more() {
        let error = ApiError::NotSent { call: Call::Run, reason: "connection refused".into() };
        assert_eq!(after(Call::Run, &error, 2), [Next::Repeat(Duration::from_millis(500)), Next::GiveUp]);
    }

    #[test]
    fn reads_are_repeated_with_growing_pauses_and_then_given_up() {
        let error = ApiError::Unclear { call: Call::State, how: Unclear::Status(503) };
        let pauses = [500, 1_500, 4_000].map(|ms| Next::Repeat(Duration::from_millis(ms)));
        assert_eq!(after(Call::State, &error, 4), [&pauses[..], &[Next::GiveUp]].concat());
    }

    #[test]
    fn a_bad_token_is_renewed_once_and_only_where_it_is_ours() {
        assert_eq!(after(Call::Run, &refused(1001, Auth::Anonymous, None), 2), [Next::RenewToken, Next::GiveUp]);
        assert_eq!(after(Call::Run, &refused(1001, Auth::Given, None), 1), [Next::GiveUp]);
    }

    #[test]
    fn a_request_without_its_client_id_is_repeated_once_and_any_other_bad_request_is_not() {
        let bad = |message: &str| {
            let mut error = refused(400, Auth::Given, None);
            if let ApiError::Refused(refused) = &mut error {
                refused.message = message.into();
            }
            error
        };
        for message in ["X-Client-Id missing", "missing header: x_client_id", "no client id"] {
            assert_eq!(after(Call::Run, &bad(message), 2), [Next::Identify, Next::GiveUp]);
        }
        assert_eq!(after(Call::Run, &bad("session_id missing"), 1), [Next::GiveUp]);
    }

    #[test]
    fn a_rate_limit_is_waited_out_once_and_only_where_it_is_short() {
        let limit = |after| refused(429, Auth::Given, after);
        assert_eq!(after(Call::Run, &limit(None), 2), [Next::Repeat(Duration::from_secs(30)), Next::GiveUp]);
        assert_eq!(after(Call::Run, &limit(Some(2)), 1), [Next::Repeat(Duration::from_secs(2))]);
        assert_eq!(after(Call::Run, &limit(Some(604_800)), 1), [Next::GiveUp]);
    }
}
