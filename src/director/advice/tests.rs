use super::*;
use crate::skills::{Catalogue, Skill};

fn every_fault() -> Vec<Fault> {
    let text = || "words".to_owned();
    vec![
        Fault::InvalidInput { reason: "duration_seconds is -4; accepted is 3 to 1200.".into() },
        Fault::UnsupportedFile { file: "clip.xyz".into(), reason: "it is text".into() },
        Fault::UnsupportedFile { file: String::new(), reason: String::new() },
        Fault::FileTooLarge { file: "big.mov".into(), bytes: Some(600 << 20) },
        Fault::FileTooLarge { file: String::new(), bytes: None },
        Fault::FileUnreadable { file: text(), reason: text() },
        Fault::PathRefused { path: "/etc".into(), reason: text() },
        Fault::UrlRefused { url: "http://10.0.0.1/".into(), reason: text() },
        Fault::NotFound { what: Thing::Session, id: text() },
        Fault::NotFound { what: Thing::Turn, id: text() },
        Fault::NotFound { what: Thing::Export, id: text() },
        Fault::NotFound { what: Thing::Skill, id: text() },
        Fault::NotFound { what: Thing::Medium, id: text() },
        Fault::SessionLost { media: vec!["a.mp4".into(), "b.mp4".into()] },
        Fault::SessionLost { media: Vec::new() },
        Fault::NothingToExport { has_media: true },
        Fault::NothingToExport { has_media: false },
        Fault::NoCredits { needed: Some(100), available: Some(3) },
        Fault::NoCredits { needed: None, available: None },
        Fault::PlanRequired,
        Fault::AuthExpired { token: Token::Anonymous },
        Fault::AuthExpired { token: Token::Given },
        Fault::ScopeMissing { scope: None },
        Fault::RateLimited { limit: Limit::Requests, after_seconds: Some(42) },
        Fault::RateLimited { limit: Limit::Requests, after_seconds: None },
        Fault::RateLimited { limit: Limit::AnonymousTokens, after_seconds: Some(400_000) },
        Fault::BackendDown { outage: Outage::Unreachable, sent: Sent::No },
        Fault::BackendDown { outage: Outage::Status(503), sent: Sent::Unclear },
        Fault::BackendDown { outage: Outage::Cut, sent: Sent::UnclearAndUnchanged },
        Fault::BackendDown { outage: Outage::TimedOut, sent: Sent::No },
        Fault::BackendError { reason: text(), code: Some(7), http: Some(200) },
        Fault::TurnFailed { reason: "model overloaded".into() },
        Fault::TurnStalled { quiet_seconds: 600 },
        Fault::RenderFailed { reason: text(), twice: false },
        Fault::RenderFailed { reason: String::new(), twice: true },
        Fault::DownloadFailed { reason: text() },
        Fault::OutputExists { path: "/a/b.mp4".into() },
        Fault::OutputUnwritable { path: "/a".into(), reason: text() },
        Fault::FfmpegMissing { hint: "Run apt install ffmpeg.".into() },
        Fault::DiskFull { path: "/data".into() },
        Fault::RequestIdReused { id: text() },
        Fault::Cancelled,
        Fault::Internal { reason: text() },
    ]
}

const CODES: [&str; 27] = [
    "invalid_input",
    "unsupported_file",
    "file_too_large",
    "file_unreadable",
    "path_refused",
    "url_refused",
    "not_found",
    "session_lost",
    "nothing_to_export",
    "no_credits",
    "plan_required",
    "auth_expired",
    "scope_missing",
    "rate_limited",
    "backend_down",
    "backend_error",
    "turn_failed",
    "turn_stalled",
    "render_failed",
    "download_failed",
    "output_exists",
    "output_unwritable",
    "ffmpeg_missing",
    "disk_full",
    "request_id_reused",
    "cancelled",
    "internal",
];

#[test]
fn every_code_of_the_contract_has_words_and_a_next_step_in_both_languages_for_every_skill_and_account() {
    let (catalogue, _) = Catalogue::load(None);
    let mut codes: Vec<&str> = every_fault().iter().map(Fault::code).collect();
    codes.dedup();
    assert_eq!(codes, CODES);
    for skill in catalogue.all() {
        for account in [
            Account::Registered,
            Account::Anonymous { register: None },
            Account::Anonymous { register: Some("https://w/register?bind=t") },
        ] {
            for (call, language) in [(Call::Generate, "en"), (Call::Export, "zh"), (Call::Upload, "fr")] {
                for fault in every_fault() {
                    let about = Context { account, language, ..registered(skill, call) };
                    let advice = advise(&fault, &about);
                    let all = format!("{} {}", advice.reply, advice.next.join(" "));
                    assert!((1..=3).contains(&advice.next.len()), "{fault:?}");
                    assert!(
                        advice.reply.chars().count() > 15 && !all.contains(['{', '}', '[', ']']),
                        "{fault:?}: {all}"
                    );
                    assert!(!all.contains("  ") && !all.contains("..") && !all.contains(" ."), "{fault:?}: {all}");
                }
            }
        }
    }
}

/// A call of this skill by a registered account, in English, of which nothing more is known.
fn registered(skill: &Skill, call: Call) -> Context<'_> {
    Context {
        skill,
        account: Account::Registered,
        call,
        charge: Charge::AsTheFaultSays,
        changed: false,
        language: "en",
        web: "https://nemovideo.com",
        is_local: false,
    }
}

fn said(fault: &Fault, skill: &str, change: impl FnOnce(&mut Context<'_>)) -> Advice {
    let (catalogue, _) = Catalogue::load(None);
    let skill = catalogue.get(skill).unwrap();
    let mut about = registered(skill, Call::Generate);
    change(&mut about);
    advise(fault, &about)
}

#[test]
fn a_blocked_export_never_speaks_of_credits_except_that_it_is_not_about_them() {
    let (catalogue, _) = Catalogue::load(None);
    for skill in catalogue.all() {
        for charge in [Charge::AsTheFaultSays, Charge::Spent(90)] {
            let about = Context { charge, ..registered(skill, Call::Export) };
            let advice = advise(&Fault::PlanRequired, &about);
            let all = format!("{} {}", advice.reply, advice.next.join(" ")).to_lowercase();
            assert!(!all.replace("not credits", "").contains("credit"), "{all}");
            assert!(all.contains(&skill.wording.plan_required.en.to_lowercase()));
        }
    }
}

#[test]
fn out_of_credits_registers_the_anonymous_and_tops_up_the_registered_in_the_skills_words() {
    let fault = Fault::NoCredits { needed: Some(100), available: Some(3) };
    let anonymous = said(&fault, "music-generator-ai", |about| {
        about.account = Account::Anonymous { register: Some("https://nemovideo.com/register?bind=b1") };
    });
    assert_eq!(
        anonymous.reply,
        "There are not enough credits for this (it needs 100, 3 are available). Nothing was charged. Your timeline is as it was. \
         Register to go on; this session comes with you: https://nemovideo.com/register?bind=b1"
    );
    let registered = said(&fault, "topmediai-ai-music-generator", |_| {});
    assert!(
        registered.reply.contains("nemovideo.ai") && !registered.reply.contains("register?"),
        "{}",
        registered.reply
    );
}

#[test]
fn the_limit_the_formats_the_scope_and_the_time_are_named() {
    let too_large = said(
        &Fault::FileTooLarge { file: "big.mov".into(), bytes: Some((200 << 20) + 1) },
        "music-generator-ai",
        |about| about.call = Call::Upload,
    );
    assert!(
        too_large.reply.starts_with("big.mov is too large (200.1 MB): the limit is 200 MB."),
        "{}",
        too_large.reply
    );
    let unsupported =
        said(&Fault::UnsupportedFile { file: "a.xyz".into(), reason: String::new() }, "topmediai-ai-music", |_| {});
    assert!(FORMATS.iter().all(|format| unsupported.reply.contains(format)));
    assert!(!unsupported.reply.contains("flac"), "the cloud takes no more");
    let fault = Fault::UnsupportedFile { file: "a.tiff".into(), reason: String::new() };
    let local = said(&fault, "topmediai-ai-music", |about| about.is_local = true);
    assert!(FORMATS.iter().chain(&LOCAL_FORMATS).all(|format| local.reply.contains(format)), "{}", local.reply);
    let scope = said(&Fault::ScopeMissing { scope: None }, "topmediai-ai-music", |about| about.call = Call::Upload);
    assert!(scope.reply.contains("`upload`"));
    let limited = said(
        &Fault::RateLimited { limit: Limit::AnonymousTokens, after_seconds: Some(3_000) },
        "topmediai-ai-music",
        |_| {},
    );
    assert!(limited.reply.contains("in 50 minutes"), "{}", limited.reply);
    assert_eq!(limited.error.retry_after_seconds, Some(3_000));
}

#[test]
fn what_it_cost_and_what_was_kept_follow_what_is_known() {
    let fault = Fault::TurnFailed { reason: "model \u{1b}[31moverloaded.\n".into() };
    let unclear = said(&fault, "topmediai-ai-music", |_| {});
    assert!(
        unclear.reply.starts_with(
            "The service could not finish this: model [31moverloaded. Whether it was charged is not known"
        ),
        "{}",
        unclear.reply
    );
    let known = said(&fault, "topmediai-ai-music", |about| {
        about.charge = Charge::Spent(40);
        about.changed = true;
    });
    assert!(known.reply.contains("40 credits were spent. Part of the work is on your timeline"), "{}", known.reply);
}

#[test]
fn refusals_find_their_row_of_the_table_by_code_before_status() {
    let row = |http: Option<u16>, code: Option<i64>, message: &str| {
        Fault::from_refusal(&Refusal { http, code, message: message.into(), ..Refusal::default() }, Token::Given).code()
    };
    for (http, code, expected) in [
        (Some(200), Some(1001), "auth_expired"),
        (Some(401), None, "auth_expired"),
        (Some(404), Some(1002), "session_lost"),
        (Some(400), Some(2001), "no_credits"),
        (Some(200), Some(4001), "unsupported_file"),
        (Some(413), None, "file_too_large"),
        (Some(402), None, "plan_required"),
        (Some(200), Some(402), "plan_required"),
        (Some(429), None, "rate_limited"),
        (Some(403), None, "scope_missing"),
        (Some(502), None, "backend_down"),
        (Some(200), Some(777), "backend_error"),
        (Some(400), Some(400), "backend_error"),
        (None, None, "backend_error"),
    ] {
        assert_eq!(row(http, code, ""), expected, "{http:?} {code:?}");
    }
    let refusal = Refusal { http: Some(403), message: "missing scope: media:write".into(), ..Refusal::default() };
    assert_eq!(Fault::from_refusal(&refusal, Token::Given), Fault::ScopeMissing { scope: Some("media:write".into()) });
}

#[test]
fn every_situation_has_two_or_three_steps_and_every_note_its_words() {
    let (catalogue, _) = Catalogue::load(None);
    let skill = catalogue.get("topmediai-ai-music").unwrap();
    for language in ["en", "zh"] {
        for situation in [
            Situation::MusicMade { picture: true },
            Situation::MusicMade { picture: false },
            Situation::Edited,
            Situation::Uploaded { picture: true },
            Situation::Uploaded { picture: false },
            Situation::Exported { picture: true },
            Situation::Exported { picture: false },
            Situation::Empty,
            Situation::Timeline,
            Situation::Credits { low: true, unlimited: false },
            Situation::Credits { low: false, unlimited: true },
            Situation::Credits { low: false, unlimited: false },
            Situation::Running,
            Situation::NeedsAnswer,
        ] {
            let steps = next(situation, skill, language);
            assert!((1..=3).contains(&steps.len()), "{situation:?}");
        }
        for remark in [
            Note::Connecting,
            Note::Ready,
            Note::StillWorking { seconds: 125 },
            Note::Incomplete,
            Note::Recovered,
            Note::Resumed,
            Note::DoneSilently,
            Note::Unchanged,
            Note::Capped,
            Note::SessionRenewed,
            Note::LowBalance { needed: 100, available: 5 },
            Note::SecondRender,
            Note::TwoStages,
            Note::Contradiction { field: "genre", used: "lo-fi", said: "metal" },
            Note::OfferExport,
        ] {
            let said = note(remark, language);
            assert!(!said.is_empty() && !said.contains('{'), "{remark:?}: {said}");
        }
    }
    assert_eq!(note(Note::StillWorking { seconds: 125 }, "en"), "⏳ Still working... (2 min 5 s so far)");
}
