//! The connection as a client lives through it.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::mcp::testing::Talk;

fn ping(id: i64) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "ping"})
}

/// What a client of 2026-07-28 sends along with every request.
fn modern() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {}
    })
}

#[tokio::test]
async fn every_old_version_is_agreed_to_and_a_strange_one_is_answered_with_ours() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let answer = Talk::start().initialize(version).await;
        assert_eq!(answer["result"]["protocolVersion"], version);
        assert_eq!(answer["result"]["serverInfo"]["name"], "bedtrack");
        assert_eq!(answer["result"]["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
    }
    for strange in ["1999-01-01", "2026-07-28"] {
        assert_eq!(Talk::start().initialize(strange).await["result"]["protocolVersion"], "2025-11-25", "{strange}");
    }
}

#[tokio::test]
async fn the_stateless_version_needs_no_handshake() {
    let mut talk = Talk::start();
    let discover = json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": modern()}});
    let answer = talk.ask(discover).await;
    assert!(answer["result"]["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28")), "{answer}");
    let params = json!({"_meta": modern(), "name": "credits", "arguments": {}});
    let answer = talk.ask(json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params})).await;
    assert_eq!(answer["result"]["resultType"], "complete", "{answer}");
    assert_eq!(answer["result"]["structuredContent"]["reply"], "credits for owner of Local");
}

#[tokio::test]
async fn rubbish_before_the_handshake_does_not_end_the_connection() {
    let mut talk = Talk::start();
    talk.send(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 9}})).await;
    talk.send(json!({"jsonrpc": "2.0", "id": 5, "result": {}})).await;
    talk.send_raw(b"\n\n{}\n").await;
    assert_eq!(talk.next().await["error"]["code"], -32600);
    assert!(talk.ask(json!({"jsonrpc": "2.0", "id": 3, "method": "tools/list"})).await["error"].is_object());
    assert_eq!(talk.initialize("2025-11-25").await["result"]["serverInfo"]["name"], "bedtrack");
}

#[tokio::test]
async fn broken_lines_are_answered_and_the_next_one_is_served() {
    let mut talk = Talk::opened().await;
    for broken in [&b"{\"jsonrpc\": \"2.0\", \"id\": 1, \"meth\n"[..], b"hello\n", b"\xff\xfe\x00\n", b"\"\\ud800\"\n"]
    {
        talk.send_raw(broken).await;
        assert_eq!(talk.next().await["error"]["code"], -32700);
    }
    for (wrong, id) in [("[]", Value::Null), ("5", Value::Null), (r#"{"id":7,"foo":1}"#, json!(7))] {
        talk.send_raw(format!("{wrong}\n").as_bytes()).await;
        let answer = talk.next().await;
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(-32600), &id), "{wrong}");
    }
    let deep = "[".repeat(100_000) + "\n";
    talk.send_raw(deep.as_bytes()).await;
    assert!(talk.next().await["error"].is_object());
    // What an editor says to its own servers is none of ours.
    talk.send(json!({"jsonrpc": "2.0", "method": "$/setTrace", "params": {"value": "off"}})).await;
    assert!(talk.ask(ping(2)).await["result"].is_object());
}

#[tokio::test]
async fn a_line_of_many_megabytes_is_refused_under_its_own_id() {
    let mut talk = Talk::opened().await;
    let huge = format!(
        "{{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"params\":{{\"x\":\"{}\"}},\"id\":8}}\n",
        "y".repeat(5 << 20)
    );
    talk.send_raw(huge.as_bytes()).await;
    let answer = talk.next().await;
    assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(8), &json!(-32600)));
    assert!(talk.ask(ping(9)).await["result"].is_object());
}

#[tokio::test]
async fn a_batch_is_served_message_by_message() {
    let mut talk = Talk::opened().await;
    talk.send(json!([ping(1), ping(2)])).await;
    let mut ids = [talk.next().await["id"].as_i64(), talk.next().await["id"].as_i64()];
    ids.sort_unstable();
    assert_eq!(ids, [Some(1), Some(2)]);
}

#[tokio::test]
async fn bad_arguments_are_tool_errors_and_bad_names_are_protocol_errors() {
    let mut talk = Talk::opened().await;
    for (tool, arguments, word) in [
        ("generate_music", json!({}), "`request` is required"),
        ("generate_music", json!({"request": "x", "tempo_bpm": "fast"}), "`tempo_bpm` must be a number"),
        ("credits", json!({"currency": "eur"}), "`currency` is not accepted"),
        ("upload", json!("clip.mp4"), "must be a JSON object"),
        ("upload", json!([1]), "must be a JSON object"),
    ] {
        let answer = talk.call(tool, arguments).await;
        let result = &answer["result"];
        assert_eq!(result["isError"], true, "{answer}");
        assert_eq!(result["structuredContent"]["error"]["code"], "invalid_input");
        assert!(result["content"][0]["text"].as_str().unwrap().contains(word), "{answer}");
    }
    assert_eq!(talk.call("make_coffee", json!({})).await["error"]["code"], -32602);
    let nameless = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {}});
    assert_eq!(talk.ask(nameless).await["error"]["code"], -32602);
    let strange = json!({"jsonrpc": "2.0", "id": 1, "method": "coffee/make"});
    assert_eq!(talk.ask(strange).await["error"]["code"], -32601);
}

#[tokio::test]
async fn a_defect_of_one_call_is_told_and_the_server_lives_on() {
    let mut talk = Talk::opened().await;
    assert_eq!(talk.call("generate_music", json!({"request": "panic"})).await["error"]["code"], -32603);
    assert_eq!(talk.call("credits", json!({})).await["result"]["isError"], false);
}

#[tokio::test]
async fn progress_grows_while_a_call_runs_and_goes_only_to_who_asked() {
    let mut talk = Talk::opened().await;
    let params = json!({"name": "generate_music", "arguments": {"request": "busy"}, "_meta": {"progressToken": "p"}});
    talk.send(json!({"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": params})).await;
    let mut last = 0.0;
    for turn in 0..20 {
        let told = talk.next().await;
        assert_eq!(
            (&told["method"], &told["params"]["progressToken"]),
            (&json!("notifications/progress"), &json!("p"))
        );
        let progress = told["params"]["progress"].as_f64().unwrap();
        assert!(progress > last && progress < 100.0, "{turn}: {told}");
        assert_eq!(told["params"]["total"], 100.0);
        last = progress;
        assert_eq!(told["params"]["message"], "Composing");
    }
}

#[tokio::test]
async fn a_cancelled_call_is_taken_back_and_the_next_is_served() {
    let mut talk = Talk::opened().await;
    let params = json!({"name": "generate_music", "arguments": {"request": "wait"}});
    talk.send(json!({"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": params})).await;
    talk.send(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 4}})).await;
    assert!(talk.ask(ping(5)).await["result"].is_object());
    while talk.script.taken_back.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_call_of_the_stateless_version_can_be_taken_back_as_well() {
    let mut talk = Talk::start();
    let params = json!({"_meta": modern(), "name": "generate_music", "arguments": {"request": "wait"}});
    talk.send(json!({"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": params})).await;
    while talk.script.waiting.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    talk.send(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 4}})).await;
    while talk.script.taken_back.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_client_that_leaves_takes_nothing_back() {
    let mut talk = Talk::opened().await;
    let params = json!({"name": "generate_music", "arguments": {"request": "wait"}});
    talk.send(json!({"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": params})).await;
    while talk.script.waiting.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let script = talk.script.clone();
    talk.close().await;
    assert_eq!(script.taken_back.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_was_asked_before_stdin_closed_is_still_answered() {
    let mut talk = Talk::opened().await;
    let params = json!({"name": "credits", "arguments": {}});
    let last = json!({"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": params});
    // Not even the last line end is needed.
    talk.send_raw(last.to_string().as_bytes()).await;
    let rest = talk.close().await;
    assert!(rest.len() == 1 && rest[0].contains("credits for owner"), "{rest:?}");
}

#[tokio::test]
async fn a_shutdown_ends_the_connection() {
    let talk = Talk::opened().await;
    talk.shutdown.cancel();
    talk.serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn prompts_are_named_after_the_skills_and_take_a_wish() {
    let mut talk = Talk::opened().await;
    let listed = talk.ask(json!({"jsonrpc": "2.0", "id": 1, "method": "prompts/list"})).await;
    let prompts = listed["result"]["prompts"].as_array().unwrap();
    assert_eq!(prompts.len(), 5);
    for prompt in prompts {
        assert_eq!(prompt["arguments"][0]["name"], "wish");
        assert!(prompt["title"].is_string() && prompt["description"].is_string());
        let params = json!({"name": prompt["name"], "arguments": {"wish": "calm lo-fi for my vlog"}});
        let got = talk.ask(json!({"jsonrpc": "2.0", "id": 2, "method": "prompts/get", "params": params})).await;
        let text = got["result"]["messages"][0]["content"]["text"].as_str().unwrap();
        assert!(text.contains("calm lo-fi for my vlog"), "{text}");
    }
    let unknown = json!({"jsonrpc": "2.0", "id": 2, "method": "prompts/get", "params": {"name": "none"}});
    assert_eq!(talk.ask(unknown).await["error"]["code"], -32602);
}

#[tokio::test]
async fn resources_are_what_answers_named() {
    let mut talk = Talk::opened().await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "resources/list"});
    assert_eq!(talk.ask(list.clone()).await["result"]["resources"], json!([]));
    talk.call("upload", json!({"files": ["/clip.mp4"]})).await;
    let listed = talk.ask(list).await;
    let uris: Vec<&str> =
        listed["result"]["resources"].as_array().unwrap().iter().map(|r| r["uri"].as_str().unwrap()).collect();
    assert_eq!(uris, ["bedtrack://session/s1/timeline", "bedtrack://session/s1/media/Lo-fi%201"]);
    for (uri, word) in uris.iter().zip(["Timeline (empty)", "\"kind\":\"music\""]) {
        let read = json!({"jsonrpc": "2.0", "id": 2, "method": "resources/read", "params": {"uri": uri}});
        let answer = talk.ask(read).await;
        assert!(answer["result"]["contents"][0]["text"].as_str().unwrap().contains(word), "{answer}");
    }
    for missing in ["bedtrack://session/other/timeline", "bedtrack://session/s1/media/none", "file:///etc/passwd"] {
        let read = json!({"jsonrpc": "2.0", "id": 2, "method": "resources/read", "params": {"uri": missing}});
        assert_eq!(talk.ask(read).await["error"]["code"], -32002, "{missing}");
    }
    let complete = json!({"ref": {"type": "ref/resource", "uri": "bedtrack://session/{id}/media/{name}"},
        "argument": {"name": "name", "value": "lo"}});
    let completed =
        talk.ask(json!({"jsonrpc": "2.0", "id": 3, "method": "completion/complete", "params": complete})).await;
    assert_eq!(completed["result"]["completion"]["values"], json!(["Lo-fi 1"]));
}
