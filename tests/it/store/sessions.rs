//! Sessions and the revisions of their state.

use bedtrack_store::StoreError;
use serde_json::json;

use super::{Place, furnished, on_every_database, session};

on_every_database! {
    a_session_starts_empty_at_revision_zero,
    a_state_made_from_an_old_revision_is_a_conflict,
    earlier_revisions_are_kept_for_undo_and_old_ones_go,
    sessions_are_listed_by_their_last_use,
}

async fn a_session_starts_empty_at_revision_zero(place: Place) {
    let store = furnished(&place).await;
    let sessions = store.studio_sessions();
    let found = sessions.get("s1").await.unwrap().unwrap();
    assert_eq!((found.task_id.as_str(), found.account.as_str(), found.language.as_str()), ("task-s1", "ann", "en"));
    let state = sessions.state("s1").await.unwrap();
    assert_eq!((state.rev, state.body), (0, json!({})));
    assert!(matches!(sessions.create(session("s1")).await, Err(StoreError::Conflict { what: "session", .. })));
    assert_eq!(sessions.get("s2").await.unwrap(), None);
    assert!(matches!(sessions.state("s2").await, Err(StoreError::NotFound { .. })));
    assert!(matches!(sessions.put_state("s2", 0, &json!({})).await, Err(StoreError::NotFound { .. })));
}

async fn a_state_made_from_an_old_revision_is_a_conflict(place: Place) {
    let store = furnished(&place).await;
    let sessions = store.studio_sessions();
    assert_eq!(sessions.put_state("s1", 0, &json!({"draft": 1})).await.unwrap(), 1);
    for stale in [0, 2, -1] {
        let put = sessions.put_state("s1", stale, &json!({"draft": 2})).await;
        assert!(matches!(put, Err(StoreError::Conflict { .. })), "{stale}");
    }
    assert_eq!(sessions.state("s1").await.unwrap().body, json!({"draft": 1}));
    assert_eq!(sessions.put_state("s1", 1, &json!({"draft": 2})).await.unwrap(), 2);
}

async fn earlier_revisions_are_kept_for_undo_and_old_ones_go(place: Place) {
    let store = furnished(&place).await;
    let sessions = store.studio_sessions();
    for rev in 0..100 {
        sessions.put_state("s1", rev, &json!({"draft": rev + 1})).await.unwrap();
    }
    for rev in 50..=100 {
        assert_eq!(sessions.revision("s1", rev).await.unwrap().unwrap().body, json!({"draft": rev}));
    }
    let before = sessions.newest_revision_before("s1", 100).await.unwrap().unwrap();
    assert_eq!((before.rev, before.body), (99, json!({"draft": 99})));
    assert_eq!(sessions.revision("s1", 1).await.unwrap(), None);
    assert_eq!(sessions.newest_revision_before("s1", 10).await.unwrap(), None);
}

async fn sessions_are_listed_by_their_last_use(place: Place) {
    let store = furnished(&place).await;
    let sessions = store.studio_sessions();
    sessions.create(session("s2")).await.unwrap();
    // Uses within one millisecond have no order; wait for the clock to move on.
    let mut rev = 0;
    while sessions.get("s1").await.unwrap().unwrap().used_at <= sessions.get("s2").await.unwrap().unwrap().used_at {
        rev = sessions.put_state("s1", rev, &json!({})).await.unwrap();
    }
    let ids: Vec<_> = sessions.list("ann", 10).await.unwrap().into_iter().map(|session| session.id).collect();
    assert_eq!(ids, ["s1", "s2"]);
    assert_eq!(sessions.list("ann", 1).await.unwrap().len(), 1);
    assert_eq!(sessions.list("bob", 10).await.unwrap(), []);
}
