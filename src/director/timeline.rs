//! The draft as one line and as a list of tracks, and the names and times that both use.

use std::collections::HashMap;

use super::answer;
use bedtrack_wire::draft::{self, Draft, Placed, Segment, Track};
use bedtrack_wire::state::{Medium, State};
use bedtrack_wire::time::Ms;

/// Longest name and longest text of a title that is shown, in characters.
const LONGEST_NAME: usize = 120;
const LONGEST_TEXT: usize = 500;

/// Words in the metadata of sound that is not music.
const NOT_MUSIC: [&str; 16] = [
    "voice",
    "voiceover",
    "voice_over",
    "narration",
    "speech",
    "tts",
    "dub",
    "dubbing",
    "effect",
    "sfx",
    "sound_effect",
    "foley",
    "original",
    "original_sound",
    "source_audio",
    "clip_audio",
];

/// Keys under which metadata tells what kind of sound it is.
const KIND_KEYS: [&str; 7] = ["kind", "type", "role", "category", "audio_type", "material_type", "subtype"];

/// Endings that make a name a file's name.
const FILE_ENDINGS: [&str; 24] = [
    "mp4", "mov", "avi", "webm", "mkv", "m4v", "mpg", "mpeg", "jpg", "jpeg", "png", "gif", "webp", "heic", "bmp",
    "mp3", "wav", "m4a", "aac", "flac", "ogg", "opus", "mid", "midi",
];

/// What a track is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Picture.
    Video,
    /// Music.
    Bgm,
    /// Voice, effects, a clip's own sound.
    Audio,
    /// Text.
    Title,
    /// Anything else.
    Track,
}

impl Kind {
    /// As the timeline line says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Video => "Video",
            Self::Bgm => "BGM",
            Self::Audio => "Audio",
            Self::Title => "Title",
            Self::Track => "Track",
        }
    }
}

/// The timeline as one line:
/// `Timeline (2 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%)`. Tracks without segments show nothing, so
/// they are not counted.
pub fn summary(state: &State) -> String {
    line(&state.timeline(), &Names::new(state))
}

/// The line and the tracks behind it.
pub fn tracks(state: &State) -> answer::Timeline {
    let (draft, names) = (state.timeline(), Names::new(state));
    let tracks = draft.t.iter().filter(|track| !track.sg.is_empty()).map(|track| {
        let kind = names.kind(track);
        let segments = track.placed().map(|placed| answer::TimelineSegment {
            name: names.plain(kind, placed.segment),
            start: seconds(placed.start),
            end: seconds(placed.end()),
            volume_percent: sounding(kind).then(|| placed.segment.volume()).flatten().map(percent),
        });
        answer::TimelineTrack { kind: kind.name().to_owned(), segments: segments.collect() }
    });
    answer::Timeline { summary: line(&draft, &names), tracks: tracks.collect() }
}

fn line(draft: &Draft, names: &Names<'_>) -> String {
    let shown: Vec<&Track> = draft.t.iter().filter(|track| !track.sg.is_empty()).collect();
    if shown.is_empty() {
        return "Timeline (empty)".to_owned();
    }
    let plural = if shown.len() == 1 { "" } else { "s" };
    let mut line = format!("Timeline ({} track{plural}):", shown.len());
    for (index, track) in shown.into_iter().enumerate() {
        line.push_str(&format!(" {}. {}", index + 1, entry(track, names)));
    }
    line
}

/// One track of the line. The first segment in time gives the name.
fn entry(track: &Track, names: &Names<'_>) -> String {
    let kind = names.kind(track);
    let placed: Vec<Placed<'_>> = track.placed().collect();
    let Some(first) = placed.iter().min_by_key(|placed| placed.start) else { return kind.name().to_owned() };
    let end = placed.iter().map(Placed::end).max().unwrap_or(first.start);
    let more = match placed.len() {
        1 => String::new(),
        n => format!(" +{} more", n - 1),
    };
    let volume = sounding(kind).then(|| common_volume(&placed)).flatten();
    let volume = volume.map(|volume| format!(", {}", whole_percent(volume))).unwrap_or_default();
    format!("{}: {}{more} ({}{volume})", kind.name(), names.label(kind, first.segment), span(first.start, end))
}

/// The volume of all segments, where they agree on one: a single figure for several would be untrue.
fn common_volume(placed: &[Placed<'_>]) -> Option<f64> {
    let mut volumes = placed.iter().map(|placed| placed.segment.volume());
    let first = volumes.next()??;
    volumes.all(|volume| volume.is_some_and(|volume| whole_percent(volume) == whole_percent(first))).then_some(first)
}

fn sounding(kind: Kind) -> bool {
    matches!(kind, Kind::Bgm | Kind::Audio)
}

/// Names of segments, found in a state. Media are looked up by id and URL once, so that long drafts stay cheap.
pub(super) struct Names<'a> {
    media: HashMap<&'a str, Found<'a>>,
}

#[derive(Clone, Copy)]
struct Found<'a> {
    medium: &'a Medium,
    uploaded: bool,
}

impl<'a> Names<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        let mut media = HashMap::new();
        let uploaded = state.video_infos.iter().map(|medium| Found { medium, uploaded: true });
        let made = state.generated_media.iter().map(|medium| Found { medium, uploaded: false });
        for found in uploaded.chain(made) {
            for key in [&found.medium.id, &found.medium.url].into_iter().flatten() {
                media.entry(key.as_str()).or_insert(found);
            }
        }
        Self { media }
    }

    /// What a track is called.
    pub(super) fn kind(&self, track: &Track) -> Kind {
        match track.tt {
            draft::VIDEO => Kind::Video,
            draft::TEXT => Kind::Title,
            draft::AUDIO => {
                let first = track.sg.first();
                let own_words = first.map(|segment| &segment.m).into_iter().chain([&track.m]);
                let told = own_words.flat_map(|m| KIND_KEYS.iter().filter_map(|key| m.get(*key)?.as_str()));
                let of_clip = || {
                    first
                        .and_then(|segment| self.medium(segment))
                        .is_some_and(|found| found.medium.kind.as_deref() == Some("video"))
                };
                if told.into_iter().any(|word| NOT_MUSIC.contains(&word.trim().to_ascii_lowercase().as_str()))
                    || of_clip()
                {
                    Kind::Audio
                } else {
                    Kind::Bgm
                }
            }
            _ => Kind::Track,
        }
    }

    /// The medium of a segment.
    fn medium(&self, segment: &Segment) -> Option<Found<'a>> {
        segment.references().find_map(|reference| self.media.get(reference)).copied()
    }

    /// Whether a segment shows a still picture.
    pub(super) fn is_image(&self, segment: &Segment) -> bool {
        self.medium(segment).is_some_and(|found| found.medium.kind.as_deref() == Some("image"))
    }

    /// The name as it stands in a sentence: a title's words in quotes.
    pub(super) fn label(&self, kind: Kind, segment: &Segment) -> String {
        let plain = self.plain(kind, segment);
        if kind == Kind::Title { format!("\"{plain}\"") } else { plain }
    }

    /// The name, or the words of a title.
    pub(super) fn plain(&self, kind: Kind, segment: &Segment) -> String {
        if let (Kind::Title, Some(text)) = (kind, segment.text()) {
            return shown(text, LONGEST_TEXT);
        }
        let medium = self.medium(segment);
        let of_medium = medium.and_then(|found| found.medium.display_name());
        let raw = segment.name().or(of_medium).or(segment.text());
        let name = match raw {
            Some(raw) => {
                let of_upload = medium.is_some_and(|found| found.uploaded)
                    && of_medium.is_some_and(|file| raw == file || Some(raw) == file_stem(file));
                title_of(raw, of_upload)
            }
            None => String::new(),
        };
        if name.is_empty() { "untitled".to_owned() } else { name }
    }
}

/// The name of a medium for people.
pub(super) fn medium_name(medium: &Medium, uploaded: bool) -> String {
    let name = medium.display_name().map(|raw| title_of(raw, uploaded)).unwrap_or_default();
    if name.is_empty() { "untitled".to_owned() } else { name }
}

/// A name for people. A file's is its stem with `-` and `_` as spaces; any other stays as it is, so that `Lo-fi` keeps its hyphen.
fn title_of(raw: &str, of_upload: bool) -> String {
    let stem = file_stem(raw);
    if stem.is_none() && !of_upload {
        return shown(raw.trim(), LONGEST_NAME);
    }
    let spaced = stem.unwrap_or(raw).replace(['-', '_'], " ");
    shown(&spaced.split_whitespace().collect::<Vec<_>>().join(" "), LONGEST_NAME)
}

/// The stem of a file's name; none where it does not look like one.
fn file_stem(name: &str) -> Option<&str> {
    let file = name.trim().rsplit(['/', '\\']).next()?;
    let (stem, ending) = file.rsplit_once('.')?;
    let is_file = !stem.is_empty() && FILE_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    is_file.then_some(stem)
}

/// Fit for one line: no control characters and none that turn the writing direction, and not endless.
pub(super) fn shown(text: &str, longest: usize) -> String {
    let is_break = |c: char| matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}');
    let clean: String = text
        .replace("\r\n", " ")
        .chars()
        .map(|c| if is_break(c) { ' ' } else { c })
        .filter(|c| !c.is_control() && !matches!(*c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
        .collect();
    match clean.char_indices().nth(longest) {
        Some((at, _)) => format!("{}…", clean.get(..at).unwrap_or_default().trim_end()),
        None => clean,
    }
}

/// A span in seconds, such as `0-3.5s`.
pub(super) fn span(start_ms: i64, end_ms: i64) -> String {
    format!("{}-{}s", tenths(start_ms), tenths(end_ms))
}

/// Seconds rounded half up to one decimal, without a trailing zero.
pub(super) fn tenths(ms: i64) -> String {
    let tenths = ms.max(0).saturating_add(50) / 100;
    match tenths % 10 {
        0 => format!("{}", tenths / 10),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

/// A volume as a whole percent, rounded half up.
pub(super) fn whole_percent(volume: f64) -> String {
    format!("{}%", (percent(volume) + 0.5).floor())
}

fn seconds(ms: i64) -> f64 {
    Ms(ms.max(0)).seconds()
}

/// A factor as percent. Sixth decimals are noise of the binary form (0.29 * 100 = 28.999…).
fn percent(volume: f64) -> f64 {
    (volume.min(1e4) * 1e8).round() / 1e6
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn state(value: serde_json::Value) -> State {
        State::read(&json!({ "state": value }))
    }

    #[test]
    fn the_line_has_the_form_of_the_contract() {
        let state = state(json!({
            "draft": {"t": [
                {"tt": 0, "sg": [{"d": 10000, "m": {"asset": "v1"}}]},
                {"tt": 1, "sg": [{"d": 10000, "m": {"name": "Lo-fi", "volume": 0.35}}]},
                {"tt": 7, "sg": [{"d": 3000, "m": {"text": "Urban Dreams"}}]}]},
            "video_infos": [{"id": "v1", "name": "city-timelapse.mp4", "kind": "video"}]
        }));
        assert_eq!(
            summary(&state),
            "Timeline (3 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%) 3. Title: \"Urban Dreams\" (0-3s)"
        );
    }

    #[test]
    fn several_segments_show_the_first_and_the_span_of_all() {
        let state = state(json!({"draft": {"t": [{"tt": 1, "sg": [
            {"d": 1049, "m": {"name": "Lo-fi", "start": 2000, "volume": 0.285}},
            {"d": 500, "m": {"name": "Piano", "st": 250, "volume": 0.285}},
            {"d": 6050, "m": {"name": "Rain", "volume": 0.285}}]}]}}));
        assert_eq!(summary(&state), "Timeline (1 track): 1. BGM: Piano +2 more (0.3-6.8s, 29%)");
    }

    #[test]
    fn voice_effects_and_a_clips_own_sound_are_audio_and_other_tracks_are_tracks() {
        let state = state(json!({
            "draft": {"t": [
                {"tt": 1, "sg": [{"d": 1000, "m": {"name": "Intro", "type": "voice"}}]},
                {"tt": 1, "m": {"role": "sound_effect"}, "sg": [{"d": 1000, "m": {"name": "Whoosh"}}]},
                {"tt": 1, "sg": [{"d": 1000, "m": {"asset": "v"}}]},
                {"tt": 3, "sg": [{"d": 1000}]},
                {"tt": 0, "sg": []}]},
            "video_infos": [{"id": "v", "name": "my_trip.2026.MOV", "kind": "video"}]
        }));
        assert_eq!(
            summary(&state),
            "Timeline (4 tracks): 1. Audio: Intro (0-1s) 2. Audio: Whoosh (0-1s) 3. Audio: my trip.2026 (0-1s) 4. Track: untitled (0-1s)"
        );
    }

    #[test]
    fn a_title_is_quoted_as_it_is_on_one_line() {
        let state = state(
            json!({"draft": {"t": [{"tt": 7, "sg": [{"d": 900, "m": {"content": "Say \"hi\"\r\nto\u{1b}[31m _me_.mp4"}}]}]}}),
        );
        assert_eq!(summary(&state), "Timeline (1 track): 1. Title: \"Say \"hi\" to[31m _me_.mp4\" (0-0.9s)");
    }

    #[test]
    fn names_come_from_the_segment_then_the_medium() {
        for (segment, expected) in [
            (json!({"title": "Own"}), "Own"),
            (json!({"name": "  ", "url": "/m/1"}), "Warm piano"),
            (json!({"file_name": "/tmp/a_b-c.mp4"}), "a b c"),
            (json!({"name": "beach-day", "material_id": "u"}), "beach day"),
            (json!({"name": "Lo-fi", "material_id": "u"}), "Lo-fi"),
            (json!({"asset": "nowhere"}), "untitled"),
        ] {
            let state = state(json!({
                "draft": {"t": [{"tt": 0, "sg": [{"d": 1000, "m": segment}]}]},
                "video_infos": [{"id": "u", "name": "beach-day.mp4"}],
                "generated_media": [{"id": "g", "url": "/m/1", "name": "Warm piano"}]
            }));
            assert_eq!(summary(&state), format!("Timeline (1 track): 1. Video: {expected} (0-1s)"));
        }
    }

    #[test]
    fn no_segments_are_an_empty_timeline() {
        for value in [
            json!({}),
            json!({"draft": null}),
            json!({"draft": {"t": []}}),
            json!({"draft": {"t": [{"tt": 0, "sg": []}]}}),
        ] {
            assert_eq!(summary(&state(value)), "Timeline (empty)");
        }
    }

    #[test]
    fn times_round_half_up_without_a_trailing_zero() {
        for (ms, said) in
            [(0, "0"), (49, "0"), (50, "0.1"), (949, "0.9"), (950, "1"), (10_000, "10"), (61_250, "61.3"), (-5, "0")]
        {
            assert_eq!(tenths(ms), said);
        }
    }

    proptest! {
        #[test]
        fn any_draft_gives_one_line_and_as_many_tracks(
            draft in prop::collection::vec((0_i64..9, prop::collection::vec((any::<i64>(), ".{0,12}", any::<f64>()), 0..4)), 0..5)
        ) {
            let t: Vec<_> = draft.iter().map(|(tt, sg)| {
                let sg: Vec<_> = sg.iter().map(|(d, name, volume)| json!({"d": d, "m": {"name": name, "text": name, "start": d, "volume": volume}})).collect();
                json!({"tt": tt, "sg": sg})
            }).collect();
            let state = state(json!({"draft": {"t": t}}));
            let timeline = tracks(&state);
            prop_assert_eq!(timeline.tracks.len(), draft.iter().filter(|(_, sg)| !sg.is_empty()).count());
            prop_assert!(!timeline.summary.contains(char::is_control));
            prop_assert_eq!(&timeline.summary, &summary(&state));
        }
    }
}
