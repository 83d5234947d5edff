//! The other roles of the binary: doctor, token, tools, studio; and settings that cannot be used.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::json;

use crate::harness::generated;
use crate::harness::patience::Patience;
use crate::harness::stdio::Home;

#[test]
fn doctor_finds_what_the_main_job_needs() {
    let output = Home::new().command(&["doctor"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    for what in ["backend", "ffmpeg", "data folder", "output folder", "skills"] {
        assert!(text.lines().any(|line| line.starts_with("ok") && line.contains(what)), "{what}: {text}");
    }
    assert!(text.contains(" fence"), "whether ffmpeg runs in one: {text}");
}

#[test]
fn doctor_names_what_is_missing_and_its_mend() {
    let home = Home::new();
    let skills = home.folder().join("skills/broken");
    std::fs::create_dir_all(&skills).unwrap();
    std::fs::write(skills.join("SKILL.md"), "no front matter").unwrap();
    let mut command = home.command(&["doctor"]);
    command.env("PATH", "/nowhere").env("BEDTRACK_OUTPUT", "/proc/nowhere");
    let output = command.env("BEDTRACK_SKILLS", home.folder().join("skills")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("missing  output folder") && text.contains("BEDTRACK_OUTPUT"), "{text}");
    assert!(text.contains("warning  skill") && text.contains("broken"), "{text}");
}

#[test]
fn a_bad_setting_is_named_with_what_is_accepted() {
    let output = Home::new().with("BEDTRACK_BACKEND", "nearby").command(&[]).output().unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("BEDTRACK_BACKEND=nearby") && said.contains("`local` or `cloud`"), "{said}");
}

#[test]
fn a_store_that_is_not_spoken_is_refused_at_the_start_with_what_is_accepted() {
    for (name, value, accepted) in [
        ("DATABASE_URL", "postgres://me:hunter2@host/db", "sqlite:PATH"),
        ("DATABASE_URL", "mysql://me:hunter2@host/db", "sqlite:PATH"),
        ("BLOB_URL", "s3://hunter2/x", "file:PATH"),
    ] {
        // Nothing is said to it: it is the start that fails.
        let output = Home::new().with(name, value).command(&[]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{name}={value}");
        assert!(said.contains(name) && said.contains(accepted) && !said.contains("hunter2"), "{said}");
    }
}

#[test]
fn the_settings_file_says_what_is_logged_and_a_bad_filter_is_named() {
    let home = Home::new();
    std::fs::create_dir(home.folder().join("home")).unwrap();
    let with = |log: &str| {
        std::fs::write(home.folder().join("home/config.toml"), format!("log = {log:?}\n")).unwrap();
        let output = home.command(&[]).stdin(Stdio::null()).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let (started, said) = with("trace");
    assert!(started && said.contains("DEBUG"), "{said}");
    let (started, said) = with("bedtrack=loud");
    assert!(!started && said.contains("BEDTRACK_LOG=bedtrack=loud"), "{said}");
}

/// What became of the jobs in a home's database: state and attempt of each.
async fn jobs(home: &Home) -> Vec<(String, i64)> {
    use sqlx::Connection as _;
    let database = home.folder().join("home/bedtrack.sqlite3");
    let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite:{}", database.display())).await.unwrap();
    sqlx::query_as("SELECT state, attempt FROM job").fetch_all(&mut connection).await.unwrap()
}

#[tokio::test]
async fn a_server_without_jobs_leaves_them_to_others_on_the_same_store() {
    let home = Home::new();
    let mut serving = crate::mcp_http::Serving::start_with(&home, &["--no-jobs"]);
    let asked = serving.call("generate_music", &json!({"request": "calm piano, 5 seconds", "wait_seconds": 2})).await;
    assert_eq!(asked["status"], "running", "{asked}");
    assert_eq!(jobs(&home).await, [("queued".to_owned(), 0)], "nobody has begun it");
    let _studio = crate::harness::service::Studio::start(&home);
    let patience = Patience::until("another process has done the work");
    let done = loop {
        patience.check();
        let seen = serving.call("state", &json!({"turn": asked["turn"], "wait_seconds": 50})).await;
        if seen["status"] != "running" {
            break seen;
        }
    };
    assert_eq!(done["status"], "done", "{done}");
}

#[test]
fn a_token_comes_with_the_line_that_lets_it_in() {
    let home = Home::new();
    let output = home.command(&["token", "laptop"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().last().unwrap();
    assert!(line.starts_with("laptop ") && line.len() == "laptop ".len() + 64, "{text}");
    assert!(!home.command(&["token", "a b"]).output().unwrap().status.success());
}

#[test]
fn listening_beyond_loopback_needs_tokens() {
    for role in ["serve", "studio"] {
        let output = Home::new().command(&[role, "--listen", "0.0.0.0:0"]).output().unwrap();
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains("bedtrack token"), "{role}");
    }
}

#[test]
fn the_studio_says_where_it_listens_and_ends_with_sigterm() {
    let home = Home::new();
    let mut command = home.command(&["studio", "--listen", "127.0.0.1:0"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let line = lines.find(|line| line.contains("listening on http://127.0.0.1:"));
    assert!(line.is_some());
    let id = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_readmes_table_of_tools_is_up_to_date() {
    let output = Home::new().command(&["tools"]).output().unwrap();
    assert!(output.status.success());
    generated::check_part("README.md", "tools", &bedtrack::mcp::contract::table());
}
