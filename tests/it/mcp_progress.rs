//! What a client that asked for progress hears while music is made.

use serde_json::json;

use crate::harness::stdio::Home;

#[test]
fn progress_of_a_turn_grows_and_ends_before_the_answer() {
    let mut server = Home::new().initialized();
    let brief = json!({"request": "calm solo piano, 20 seconds", "wait_seconds": 50});
    let (result, told) = server.call_tool_with_progress("generate_music", &brief);
    assert!(!result.is_error, "{}", result.text);
    assert_eq!(result.structured["status"], "done");
    assert!(!told.is_empty());
    let numbers: Vec<f64> = told.iter().map(|message| message["params"]["progress"].as_f64().unwrap()).collect();
    assert!(numbers.is_sorted_by(|earlier, later| earlier < later), "{numbers:?}");
    assert!(told.iter().all(|message| message["params"]["message"].is_string()));
    assert!(server.notifications.is_empty());
}
