//! What a client over stdio sees before any music is made.

use serde_json::{Value, json};

use crate::harness::stdio::Home;

const TOOLS: [&str; 5] = ["generate_music", "upload", "credits", "state", "export"];

/// What a client of 2026-07-28 sends along with every request.
fn modern(mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "bedtrack-tests", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {}
    });
    params
}

#[test]
fn every_version_with_a_handshake_is_spoken() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut server = Home::new().start();
        let said = server.initialize(version);
        assert_eq!(said["protocolVersion"], version);
        assert_eq!(said["serverInfo"]["name"], "bedtrack");
        assert_eq!(said["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
        assert!(said["instructions"].as_str().is_some_and(|words| words.len() < 600));
        let answer = server.request("tools/list", &json!({}));
        assert!(answer["result"]["resultType"].is_null(), "{version} knows no resultType");
    }
}

#[test]
fn the_stateless_version_is_spoken_without_a_handshake() {
    let mut server = Home::new().start();
    let found = server.request("server/discover", &modern(json!({})));
    let versions = found["result"]["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")) && versions.contains(&json!("2024-11-05")), "{found}");
    let listed = server.request("tools/list", &modern(json!({})));
    assert_eq!(listed["result"]["resultType"], "complete");
    assert!(listed["result"]["ttlMs"].is_u64() && listed["result"]["cacheScope"].is_string(), "{listed}");
    let ping = server.request("ping", &modern(json!({})));
    assert_eq!(ping["error"]["code"], -32601, "there is no ping any more");
}

#[test]
fn there_are_exactly_five_tools_and_they_are_cheap_to_list() {
    let mut server = Home::new().initialized();
    let listed = server.request("tools/list", &json!({}));
    let tools = &listed["result"]["tools"];
    let names: Vec<&str> = tools.as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, TOOLS);
    assert!(tools.to_string().len() < 10_000);
}

#[test]
fn stdout_carries_protocol_only_whatever_comes_in() {
    let mut server = Home::new().start();
    // Every message read by the harness is checked to be JSON-RPC.
    server.send_raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n\xff\xfe\x00\n{\"jsonrpc\":\"2.0\",\n[]\nnull\n");
    server.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}));
    server.send(&json!({"jsonrpc": "2.0", "id": 5, "result": {}}));
    let mut huge = vec![b'x'; 6 << 20];
    huge.push(b'\n');
    server.send_raw(&huge);
    server.send(&json!({"jsonrpc": "2.0", "id": "open", "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}));
    let answered = std::iter::repeat_with(|| server.next_message()).find(|message| message["id"] == "open").unwrap();
    assert_eq!(answered["result"]["serverInfo"]["name"], "bedtrack");
    assert!(server.request("ping", &json!({}))["result"].is_object());
    assert!(server.close().status.success());
}

#[test]
fn closing_stdin_ends_the_server_cleanly() {
    let opened = Home::new().initialized().close();
    assert!(opened.status.success() && opened.rest.is_empty());
    assert!(Home::new().start().close().status.success(), "even before a handshake");
}

#[test]
fn a_question_asked_with_the_last_breath_is_answered() {
    let mut server = Home::new().initialized();
    let id = server.begin("tools/list", &json!({}));
    let rest = server.close().rest;
    assert!(rest.len() == 1 && rest[0]["id"] == id, "{rest:?}");
}

#[test]
fn bad_arguments_are_tool_errors_that_name_the_field() {
    let mut server = Home::new().initialized();
    for (tool, arguments, word) in [
        ("generate_music", json!({}), "`request`"),
        ("generate_music", json!({"request": {"text": "calm"}}), "`request`"),
        ("generate_music", json!({"request": "calm", "duration_seconds": "soon"}), "`duration_seconds`"),
        ("generate_music", json!({"request": "calm", "energy": "extreme"}), "`energy`"),
        ("upload", json!({"files": 5}), "`files`"),
        ("credits", json!({"verbose": true}), "`verbose`"),
        ("state", json!({"wait_seconds": []}), "`wait_seconds`"),
        ("export", json!({"format": "exe"}), "`format`"),
        ("export", json!({"overwrite": "perhaps"}), "`overwrite`"),
    ] {
        let result = server.call_tool(tool, &arguments);
        assert!(result.is_error, "{tool}");
        assert_eq!(result.code(), "invalid_input", "{tool}");
        assert_eq!(result.structured["status"], "failed");
        assert!(result.text.contains(word) && result.text.contains("invalid_input"), "{}", result.text);
    }
    let unknown = server.request("tools/call", &json!({"name": "make_coffee", "arguments": {}}));
    assert_eq!(unknown["error"]["code"], -32602);
}

#[test]
fn each_skill_is_a_prompt_that_takes_a_wish() {
    let mut server = Home::new().initialized();
    let listed = server.request("prompts/list", &json!({}));
    let prompts = listed["result"]["prompts"].as_array().unwrap().clone();
    let mut names: Vec<&str> = prompts.iter().map(|prompt| prompt["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "for-beginners-ai-music",
            "music-generator-ai",
            "music-video-generator",
            "topmediai-ai-music",
            "topmediai-ai-music-generator",
        ]
    );
    for name in names {
        let wish = "a calm lo-fi bed for my study vlog";
        let got = server.request("prompts/get", &json!({"name": name, "arguments": {"wish": wish}}));
        assert!(got["result"]["messages"][0]["content"]["text"].as_str().unwrap().contains(wish), "{got}");
        assert!(server.request("prompts/get", &json!({"name": name}))["result"]["messages"].is_array());
    }
}

#[test]
fn resources_are_offered_and_what_is_not_there_is_not_found() {
    let mut server = Home::new().initialized();
    let templates = server.request("resources/templates/list", &json!({}));
    let templates = templates["result"]["resourceTemplates"].as_array().unwrap().clone();
    let uris: Vec<&str> = templates.iter().map(|template| template["uriTemplate"].as_str().unwrap()).collect();
    assert_eq!(uris, ["bedtrack://session/{id}/timeline", "bedtrack://session/{id}/media/{name}"]);
    assert_eq!(server.request("resources/list", &json!({}))["result"]["resources"], json!([]));
    for uri in ["bedtrack://session/none/timeline", "file:///etc/passwd"] {
        assert_eq!(server.request("resources/read", &json!({"uri": uri}))["error"]["code"], -32002, "{uri}");
    }
}

#[test]
fn a_folder_of_skills_adds_prompts_and_a_broken_one_takes_none_away() {
    let home = Home::new();
    let skills = home.folder().join("skills");
    let model = include_str!("../../skills/music-generator-ai/SKILL.md");
    for (name, text) in [
        ("my-studio", model.replacen("name: music-generator-ai", "name: my-studio", 1)),
        ("broken", "---\nname: [\n---\n".to_owned()),
    ] {
        std::fs::create_dir_all(skills.join(name)).unwrap();
        std::fs::write(skills.join(name).join("SKILL.md"), text).unwrap();
    }
    let mut server = home.with("BEDTRACK_SKILLS", skills.to_str().unwrap()).initialized();
    let listed = server.request("prompts/list", &json!({}));
    let prompts = listed["result"]["prompts"].as_array().unwrap();
    assert_eq!(prompts.len(), 6);
    assert!(prompts.iter().any(|prompt| prompt["name"] == "my-studio"));
}

#[test]
fn a_killed_server_leaves_a_folder_that_the_next_one_starts_on() {
    let home = Home::new();
    home.initialized().kill();
    let mut next = home.initialized();
    assert!(next.request("ping", &json!({}))["result"].is_object());
}
