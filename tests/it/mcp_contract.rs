//! The written contract and the spoken one are the same.

use serde_json::json;

use crate::harness::stdio::Home;

#[test]
fn bedtrack_tools_prints_what_the_tools_say_of_themselves() {
    let home = Home::new();
    let printed = home.command(&["tools"]).output().unwrap();
    assert!(printed.status.success());
    let page = String::from_utf8(printed.stdout).unwrap();
    assert_eq!(page, bedtrack::mcp::contract::markdown());
    let listed = home.initialized().request("tools/list", &json!({}));
    for tool in listed["result"]["tools"].as_array().unwrap() {
        assert!(page.contains(&format!("### `{}`", tool["name"].as_str().unwrap())));
        for argument in tool["inputSchema"]["properties"].as_object().unwrap().keys() {
            assert!(page.contains(&format!("| `{argument}`")), "{argument}");
        }
    }
}
