//! The MCP side's memory.

use bedtrack_store::{FrontSession, Request, RequestKey, Store, StoreError, WORK_RUNNING, Work};
use serde_json::json;

use crate::harness::patience::Patience;

use super::{LONG, OVER, Place, on_every_database};

on_every_database! {
    a_session_belongs_to_its_client_alone,
    sessions_are_listed_by_their_last_use,
    a_session_change_is_written_as_one,
    work_is_changed_by_its_owner_alone_and_adopted_when_the_owner_is_gone,
    a_clean_stop_lets_go_of_work_at_once,
    the_same_call_is_found_while_it_runs,
    a_request_id_leads_to_the_first_work_again,
    a_request_that_did_nothing_can_be_tried_anew,
}

fn session(id: &str, client: &str, skill: &str) -> FrontSession {
    FrontSession {
        id: id.into(),
        client: client.into(),
        skill: skill.into(),
        backend: "local".into(),
        body: json!({"n": 0}),
        ..FrontSession::default()
    }
}

fn work(id: &str, owner: &str) -> Work {
    Work {
        id: id.into(),
        session: "f1".into(),
        client: "cli".into(),
        kind: "turn".into(),
        status: WORK_RUNNING.into(),
        digest: "d1".into(),
        body: json!({"asked": "calm piano"}),
        owner: owner.into(),
        ..Work::default()
    }
}

fn key(request_id: &str, digest: &str) -> RequestKey {
    RequestKey { client: "cli".into(), tool: "export".into(), request_id: request_id.into(), digest: digest.into() }
}

async fn used_later_than(store: &Store, id: &str, other: &str) {
    // Uses within one millisecond have no order; wait for the clock to move on.
    let patience = Patience::until("the clock moves on");
    loop {
        patience.check();
        store.front().update_session("cli", id, |_| {}).await.unwrap();
        let used = |found: Option<FrontSession>| found.unwrap().used_at;
        let (mine, others) = tokio::join!(store.front().session("cli", id), store.front().session("cli", other));
        if used(mine.unwrap()) > used(others.unwrap()) {
            return;
        }
    }
}

async fn a_session_belongs_to_its_client_alone(place: Place) {
    let store = place.open().await;
    let front = store.front();
    let opened = front.open_session(session("f1", "cli", "music")).await.unwrap();
    assert!(opened.created_at > 1_700_000_000_000 && opened.used_at == opened.created_at);
    assert_eq!(front.session("cli", "f1").await.unwrap(), Some(opened));
    assert_eq!(front.session("other", "f1").await.unwrap(), None);
    let change = front.update_session("other", "f1", |session| session.sid = "stolen".into()).await;
    assert!(matches!(change, Err(StoreError::NotFound { what: "session", .. })));
    assert!(matches!(front.open_session(session("f1", "cli", "music")).await, Err(StoreError::Conflict { .. })));
}

async fn sessions_are_listed_by_their_last_use(place: Place) {
    let store = place.open().await;
    let front = store.front();
    for (id, skill) in [("f1", "music"), ("f2", "music"), ("f3", "video")] {
        front.open_session(session(id, "cli", skill)).await.unwrap();
    }
    used_later_than(&store, "f1", "f2").await;
    used_later_than(&store, "f3", "f1").await;
    assert_eq!(front.recent_sessions("other", 2).await.unwrap(), []);
    let recent: Vec<_> = front.recent_sessions("cli", 2).await.unwrap().into_iter().map(|session| session.id).collect();
    assert_eq!(recent, ["f3", "f1"]);
}

async fn a_session_change_is_written_as_one(place: Place) {
    let store = place.open().await;
    store.front().open_session(session("f1", "cli", "music")).await.unwrap();
    let changes = (0..20).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let add = |session: &mut FrontSession| {
                session.body["n"] = json!(session.body["n"].as_i64().unwrap() + 1);
                (session.id, session.client) = ("f9".into(), "thief".into());
            };
            store.front().update_session("cli", "f1", add).await.unwrap();
        })
    });
    for change in changes.collect::<Vec<_>>() {
        change.await.unwrap();
    }
    let found = store.front().session("cli", "f1").await.unwrap().unwrap();
    assert_eq!(found.body, json!({"n": 20}));
}

async fn work_is_changed_by_its_owner_alone_and_adopted_when_the_owner_is_gone(place: Place) {
    let store = place.open().await;
    let front = store.front();
    front.open_work(work("w1", "first"), OVER).await.unwrap();
    front.open_work(work("w2", "first"), LONG).await.unwrap();
    assert!(matches!(front.open_work(work("w1", "first"), LONG).await, Err(StoreError::Conflict { .. })));
    let adopted = front.adopt_works("second", LONG).await.unwrap();
    assert_eq!(adopted.iter().map(|work| work.id.as_str()).collect::<Vec<_>>(), ["w1"]);
    assert_eq!(front.adopt_works("third", LONG).await.unwrap(), []);

    let end = |work: &mut Work| work.status = "done".into();
    assert_eq!(front.update_work("first", "w1", end).await.unwrap(), None);
    let ended = front.update_work("second", "w1", end).await.unwrap().unwrap();
    assert_eq!((ended.status.as_str(), &ended.body), ("done", &json!({"asked": "calm piano"})));
    assert_eq!(front.work("cli", "w1").await.unwrap().unwrap().status, "done");
    assert_eq!(front.work("other", "w1").await.unwrap(), None);
    assert_eq!(front.works("cli", "f1", 10).await.unwrap().len(), 2);
}

async fn a_clean_stop_lets_go_of_work_at_once(place: Place) {
    let store = place.open().await;
    let front = store.front();
    front.open_work(work("w1", "first"), OVER).await.unwrap();
    assert_eq!(front.keep_works("first", LONG).await.unwrap(), 1);
    assert_eq!(front.adopt_works("second", LONG).await.unwrap(), []);
    assert_eq!(front.let_go_of_works("first").await.unwrap(), 1);
    assert_eq!(front.adopt_works("second", LONG).await.unwrap().len(), 1);
}

async fn the_same_call_is_found_while_it_runs(place: Place) {
    let store = place.open().await;
    let front = store.front();
    front.open_work(work("w1", "me"), LONG).await.unwrap();
    let found = |session: &'static str, digest: &'static str, within| async move {
        front.running_like("cli", session, digest, within).await.unwrap().map(|work| work.id)
    };
    assert_eq!(found("f1", "d1", LONG).await.as_deref(), Some("w1"));
    assert_eq!(found("f2", "d1", LONG).await, None);
    assert_eq!(found("f1", "d2", LONG).await, None);
    front.update_work("me", "w1", |work| work.status = "failed".into()).await.unwrap();
    assert_eq!(found("f1", "d1", LONG).await, None);
}

async fn a_request_id_leads_to_the_first_work_again(place: Place) {
    let store = place.open().await;
    let front = store.front();
    assert_eq!(front.request(&key("r1", "d1"), "w1").await.unwrap(), Request::Claimed);
    assert_eq!(front.request(&key("r1", "d1"), "w2").await.unwrap(), Request::Running { work: "w1".into() });
    assert_eq!(front.request(&key("r1", "d2"), "w2").await.unwrap(), Request::Mismatch);
    let mut other_tool = key("r1", "d2");
    other_tool.tool = "generate_music".into();
    assert_eq!(front.request(&other_tool, "w3").await.unwrap(), Request::Claimed);
}

async fn a_request_that_did_nothing_can_be_tried_anew(place: Place) {
    let store = place.open().await;
    let front = store.front();
    front.request(&key("r1", "d1"), "w1").await.unwrap();
    front.forget_request(&key("r1", "d1")).await.unwrap();
    assert_eq!(front.request(&key("r1", "d2"), "w2").await.unwrap(), Request::Claimed);
}
