//! What happens half way: real processes, really killed, and statements that fail in the middle of a transaction. The
//! child is this test binary, told by the environment what to open.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use bedtrack_store::{JobOutcome, JobState, Store};
use serde_json::json;

use super::{LONG, OVER, Place, claim, credits, furnished, job, jobs_of, movements, stored};

const DATABASE: &str = "STORE_TEST_DATABASE";
const BLOBS: &str = "STORE_TEST_BLOBS";
const ROUND: &str = "STORE_TEST_ROUND";

/// Works through jobs without end and says on stdout what was committed.
#[tokio::test]
#[ignore = "the child of the test below"]
async fn child_works_until_it_is_killed() {
    let Ok(database) = std::env::var(DATABASE) else { return };
    let store = Store::open(&database, &std::env::var(BLOBS).unwrap()).await.unwrap();
    let round = std::env::var(ROUND).unwrap();
    let say = |line: String| {
        // Not println: the test harness would keep it.
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nSAID {line}").unwrap();
        out.flush().unwrap();
    };
    for number in 0.. {
        let id = format!("{round}-{number}");
        let mut free = job(&id);
        (free.cost, free.max_attempts) = (1, 100);
        store.jobs().enqueue(free).await.unwrap();
        say(format!("accepted {id}"));
        let claimed = claim(&store, OVER).await.unwrap();
        store.jobs().say(&claimed, &json!("working")).await.unwrap();
        let state = store.studio_sessions().state("s1").await.unwrap();
        store.studio_sessions().put_state_for(&claimed, "s1", state.rev, &json!({"by": claimed.id})).await.unwrap();
        assert!(store.jobs().finish(&claimed, JobOutcome::done(json!("child"))).await.unwrap());
        say(format!("done {}", claimed.id));
    }
}

#[tokio::test]
async fn a_killed_worker_loses_nothing_and_charges_nothing_twice() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let (mut accepted, mut done) = (Vec::new(), Vec::new());
    for (round, lines) in [1, 2, 5, 8, 13].into_iter().enumerate() {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::crash::child_works_until_it_is_killed", "--ignored", "--nocapture"])
            .env(DATABASE, &place.database_url)
            .env(BLOBS, &place.blob_url)
            .env(ROUND, round.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let Some(words) = line.strip_prefix("SAID ") else { continue };
            match words.split_once(' ').unwrap() {
                ("accepted", id) => accepted.push(id.to_owned()),
                (_, id) => done.push(id.to_owned()),
            }
            said += 1;
            if said == lines {
                // SIGKILL: no handler runs, no connection is closed. What it still says until then is read on.
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(said >= lines, "the child ended by itself");
    }
    // What was said to be done is done; what was accepted goes on here.
    for id in &done {
        assert_eq!(stored(&store, id).await.state, JobState::Done, "{id}");
    }
    while let Some(claimed) = claim(&store, LONG).await {
        assert!(store.jobs().finish(&claimed, JobOutcome::done(json!("heir"))).await.unwrap());
    }
    for id in &accepted {
        assert_eq!(stored(&store, id).await.state, JobState::Done, "{id}");
    }
    // Every job of the database, told or not, was held once and settled once.
    let jobs = jobs_of(&place.database_url, "s1").await;
    assert!(jobs.len() >= accepted.len());
    let mut expected: Vec<_> =
        jobs.iter().flat_map(|job| [format!("hold:{job} 1"), format!("settle:{job} 1")]).collect();
    let mut found = movements(&store).await;
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(credits(&store).await, (100 - i64::try_from(jobs.len()).unwrap(), 0));
}

/// Makes the database refuse ledger rows of one kind, as if the power went just before each.
async fn refuse(place: &Place, kind: &str) -> sqlx::AnyConnection {
    let mut connection = <sqlx::AnyConnection as sqlx::Connection>::connect(&place.database_url).await.unwrap();
    let trigger = format!(
        "CREATE TRIGGER refuse BEFORE INSERT ON ledger WHEN NEW.kind = '{kind}'
         BEGIN SELECT RAISE(ABORT, 'refused'); END"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(trigger)).execute(&mut connection).await.unwrap();
    connection
}

async fn allow(mut connection: sqlx::AnyConnection) {
    sqlx::raw_sql("DROP TRIGGER refuse").execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn a_job_without_its_hold_is_no_job() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let broken = refuse(&place, "hold").await;
    store.jobs().enqueue(job("a")).await.unwrap_err();
    assert_eq!((store.jobs().get("a").await.unwrap(), credits(&store).await), (None, (100, 0)));
    allow(broken).await;
    store.jobs().enqueue(job("a")).await.unwrap();
    assert_eq!(movements(&store).await, ["hold:a 10"]);
}

#[tokio::test]
async fn a_job_ends_with_its_settlement_or_not_at_all() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    store.jobs().enqueue(job("a")).await.unwrap();
    let claimed = claim(&store, LONG).await.unwrap();
    let broken = refuse(&place, "settle").await;
    store.jobs().finish(&claimed, JobOutcome::done(json!(1))).await.unwrap_err();
    assert_eq!((stored(&store, "a").await.state, credits(&store).await), (JobState::Running, (90, 10)));
    allow(broken).await;
    assert!(store.jobs().finish(&claimed, JobOutcome::done(json!(1))).await.unwrap());
    assert_eq!(movements(&store).await, ["hold:a 10", "settle:a 10"]);
}

#[tokio::test]
async fn a_job_is_cancelled_or_buried_with_its_release_or_not_at_all() {
    let place = Place::sqlite();
    let store = furnished(&place).await;
    let broken = refuse(&place, "release").await;
    store.jobs().enqueue(job("cancelled")).await.unwrap();
    store.jobs().cancel("cancelled").await.unwrap_err();
    let queued = stored(&store, "cancelled").await;
    assert_eq!((queued.state, queued.cancel, credits(&store).await), (JobState::Queued, false, (90, 10)));
    for _ in 0..3 {
        claim(&store, OVER).await.unwrap();
    }
    store.jobs().claim("worker", &["render"], LONG).await.unwrap_err();
    assert_eq!(stored(&store, "cancelled").await.state, JobState::Running);
    allow(broken).await;
    assert_eq!(claim(&store, LONG).await, None);
    assert_eq!((stored(&store, "cancelled").await.state, credits(&store).await), (JobState::Dead, (100, 0)));
}
