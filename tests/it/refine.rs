//! Refinements through the studio's API: what was not named stays note for note, what was named is heard, and every take
//! can be had back.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::service::{Account, Studio, events};
use crate::harness::stdio::Home;

/// A session that is spoken with.
struct Talk<'a> {
    account: Account<'a>,
    session: String,
}

impl<'a> Talk<'a> {
    async fn open(studio: &'a Studio) -> Self {
        let account = studio.account("client").await;
        let session = account.open_session().await;
        Self { account, session }
    }

    /// Says something and gives the answer.
    async fn say(&self, words: &str) -> String {
        let heard = events(self.account.run(&self.session, words).await).await;
        heard.iter().filter_map(|event| event["content"]["parts"][0]["text"].as_str()).collect()
    }

    async fn made(&self) -> Vec<Value> {
        self.account.state(&self.session).await["generated_media"].as_array().cloned().unwrap_or_default()
    }

    /// The piece on the timeline.
    async fn current(&self) -> String {
        let state = self.account.state(&self.session).await;
        let tracks = state["draft"]["t"].as_array().cloned().unwrap_or_default();
        let music = tracks.iter().find(|track| track["tt"] == 1).unwrap();
        music["sg"][0]["m"]["asset"].as_str().unwrap().to_owned()
    }

    async fn file(&self, medium: &Value, which: &str) -> Vec<u8> {
        let url = if which == "wav" { medium["url"].as_str() } else { medium["m"][which].as_str() };
        let answer = self.account.request(Method::GET, url.unwrap()).send().await.unwrap();
        answer.bytes().await.unwrap().to_vec()
    }

    async fn score(&self, medium: &Value) -> Value {
        serde_json::from_slice(&self.file(medium, "score").await).unwrap()
    }

    /// Samples of a piece from one second to another, both channels added.
    async fn samples(&self, medium: &Value, from: f64, to: f64) -> Vec<f64> {
        let wav = self.file(medium, "wav").await;
        let data = wav.windows(4).position(|word| word == b"data").unwrap() + 8;
        let frames = wav[data..].chunks_exact(6).map(|frame| {
            let sample = |b: &[u8]| f64::from(i32::from_le_bytes([0, b[0], b[1], b[2]]) >> 8) / 8_388_608.0;
            sample(&frame[..3]) + sample(&frame[3..])
        });
        let rate = f64::from(u32::from_le_bytes([wav[24], wav[25], wav[26], wav[27]]));
        frames.skip((from * rate) as usize).take(((to - from) * rate) as usize).collect()
    }
}

fn notes(score: &Value, keep: impl Fn(&Value) -> bool) -> Vec<(Value, Value)> {
    let parts = score["parts"].as_array().unwrap();
    parts.iter().filter(|part| keep(part)).map(|part| (part["instrument"].clone(), part["notes"].clone())).collect()
}

fn power(samples: &[f64]) -> f64 {
    samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len() as f64
}

/// The share of what changes fast: grows with the spectral centroid.
fn brightness(samples: &[f64]) -> f64 {
    let fast: Vec<f64> = samples.windows(2).map(|pair| pair[1] - pair[0]).collect();
    power(&fast) / power(samples)
}

#[tokio::test]
async fn no_drums_leaves_every_other_note_and_undo_redo_and_takes_bring_all_back() {
    let home = Home::new();
    let studio = Studio::start(&home);
    let talk = Talk::open(&studio).await;
    talk.say("pop, 12 seconds, seed 5").await;
    let answer = talk.say("no drums").await;
    assert!(answer.contains("without drums"), "{answer}");
    let made = talk.made().await;
    let (before, after) = (talk.score(&made[0]).await, talk.score(&made[1]).await);
    assert!(!notes(&before, |part| part["stem"] == "drums").is_empty());
    assert!(notes(&after, |part| part["stem"] == "drums").is_empty());
    for part in notes(&before, |part| part["stem"] != "drums") {
        assert!(notes(&after, |_| true).contains(&part), "{}", part.0);
    }
    let ids: Vec<String> = made.iter().map(|medium| medium["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(talk.current().await, ids[1]);
    talk.say("undo").await;
    assert_eq!(talk.current().await, ids[0]);
    let answer = talk.say("redo").await;
    assert!(answer.contains("put back"), "{answer}");
    assert_eq!(talk.current().await, ids[1]);
    let answer = talk.say("which takes are there?").await;
    assert!(answer.contains("2 takes") && answer.contains("Take 2 (on the timeline)"), "{answer}");
    let answer = talk.say("go back to the first take").await;
    assert!(answer.contains("Take 1 lies on the timeline"), "{answer}");
    assert_eq!(talk.current().await, ids[0]);
    assert_eq!(talk.made().await.len(), 2);
}

#[tokio::test]
async fn darker_brighter_and_quieter_are_heard() {
    let studio = Studio::start(&Home::new());
    let talk = Talk::open(&studio).await;
    talk.say("pop, 12 seconds, seed 5").await;
    talk.say("brighter").await;
    talk.say("undo").await;
    talk.say("darker").await;
    talk.say("undo").await;
    let answer = talk.say("quieter under 0:04-0:08").await;
    assert!(answer.contains("softer 0:04–0:08"), "{answer}");
    let made = talk.made().await;
    let mut bright = Vec::new();
    for medium in &made[..3] {
        bright.push(brightness(&talk.samples(medium, 0.0, 10.0).await));
    }
    assert!(bright[1] > bright[0] * 1.1 && bright[2] < bright[0] * 0.9, "{bright:?}");
    let (was, is) = (talk.samples(&made[0], 4.5, 7.5).await, talk.samples(&made[3], 4.5, 7.5).await);
    assert!(power(&is) < power(&was) * 0.5, "{} {}", power(&is), power(&was));
}

#[tokio::test]
async fn a_plan_a_melody_and_moments_are_followed_and_said() {
    let studio = Studio::start(&Home::new());
    let talk = Talk::open(&studio).await;
    let answer = talk.say("pop at 120 bpm with the melody C4 E4 G4 E4. Intro 2 bars, verse 4 bars, outro 2 bars").await;
    assert!(answer.contains("4 notes") && answer.contains("intro of 2 bars"), "{answer}");
    let score = talk.score(&talk.made().await[0]).await;
    let sections: Vec<&str> =
        score["sections"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(sections, ["intro", "a", "outro"]);
    assert_eq!(score["sections"][1]["start"], 4.0);
    let lead = notes(&score, |part| part["stem"] == "melody")
        .into_iter()
        .max_by_key(|(_, notes)| notes.as_array().unwrap().len());
    let keys: Vec<i64> = lead.unwrap().1.as_array().unwrap().iter().map(|note| note["key"].as_i64().unwrap()).collect();
    let steps: Vec<i64> = keys.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(steps.windows(3).any(|steps| steps == [4, 3, -3]), "{keys:?}");
    let answer = talk.say("end on the logo at 0:16 and drop at 0:40").await;
    assert!(answer.contains("0:40 lies beyond the piece"), "{answer}");
    let made = talk.made().await;
    let score = talk.score(made.last().unwrap()).await;
    let last = score["chords"].as_array().unwrap().last().unwrap()["start"].as_f64().unwrap();
    assert!((last - 16.0).abs() < 0.02, "{last}");
}

#[tokio::test]
async fn cut_downs_stand_beside_the_piece_and_a_sibling_shares_key_and_style() {
    let studio = Studio::start(&Home::new());
    let talk = Talk::open(&studio).await;
    talk.say("lo-fi, 20 seconds, seed 5").await;
    let first = talk.current().await;
    let answer = talk.say("make 6 and 10 second cut-downs").await;
    assert!(answer.contains("6 s version") && answer.contains("10 s version"), "{answer}");
    assert_eq!(talk.current().await, first);
    let made = talk.made().await;
    let lengths: Vec<i64> = made.iter().map(|medium| medium["d"].as_i64().unwrap()).collect();
    assert_eq!(lengths, [20_000, 6_000, 10_000]);
    talk.say("same style for the next video, 8 seconds").await;
    let made = talk.made().await;
    let (old, new) = (&made[0]["m"], &made[3]["m"]);
    assert_eq!((&old["key"], &made[0]["name"]), (&new["key"], &made[3]["name"]));
    assert_ne!(old["seed"], new["seed"]);
    let tempo = |m: &Value| m["bpm"].as_f64().unwrap();
    assert!((tempo(new) / tempo(old) - 1.0).abs() < 0.05, "{old} {new}");
    assert_eq!(json!(made[3]["d"]), 8000);
}
