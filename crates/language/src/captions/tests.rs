//! Caption files as they come: well made, careless, hostile.

use proptest::prelude::*;

use super::*;

const GOOD: &str =
    "1\n00:00:01,000 --> 00:00:02,500\nHello there\nsecond line\n\n2\n00:00:03,000 --> 00:00:04,000\nWorld\n";

fn cue(start_ms: u64, end_ms: u64, text: &str) -> Cue {
    Cue { start_ms, end_ms, text: text.into(), top: false }
}

fn cues(text: &str) -> Vec<Cue> {
    read(text.as_bytes()).unwrap().cues
}

#[test]
fn subrip_is_read_with_every_line_end() {
    let wanted = [cue(1000, 2500, "Hello there\nsecond line"), cue(3000, 4000, "World")];
    for end in ["\n", "\r\n", "\r", "\u{2028}"] {
        assert_eq!(cues(&GOOD.replace('\n', end)), wanted, "{end:?}");
    }
    assert_eq!(cues(&GOOD.replace("\n\n", "\n")), wanted, "without empty lines");
    assert_eq!(cues(&GOOD.replace("\n\n", "\n \t\n\n\n")), wanted, "with more of them");
    assert_eq!(cues(&GOOD.replace(',', ".")), wanted);
}

#[test]
fn every_encoding_of_unicode_is_read_and_others_are_named() {
    let text = "1\n00:00:01,000 --> 00:00:02,000\n你好 😀\n";
    let wanted = [cue(1000, 2000, "你好 😀")];
    let low: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let high: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [
        text.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        [b"\xff\xfe", low.as_slice()].concat(),
        [b"\xfe\xff", high.as_slice()].concat(),
        low,
        high,
    ] {
        assert!(looks_like_captions(&bytes), "{bytes:?}");
        assert_eq!(read(&bytes).unwrap().cues, wanted, "{bytes:?}");
    }
    // "Grüße" in Latin-1, a cut UTF-16 unit, and a zero byte.
    for bad in [
        &b"1\n00:00:01,000 --> 00:00:02,000\nGr\xfc\xdfe\n"[..],
        b"\xff\xfe1",
        b"1\n00:00:01,000 --> 00:00:02,000\na\0b",
    ] {
        assert_eq!(read(bad), Err(Unfit::Encoding), "{bad:?}");
    }
}

#[test]
fn webvtt_is_read_without_its_notes_styles_and_names() {
    let text = "WEBVTT - a film\n\nSTYLE\n::cue { color: red }\n\nNOTE this is\na note\n\nintro\n00:01.000 --> 00:02.500 align:start line:10%\n\
                <v Anna>Hello &amp; <c.loud>welcome</c>\n\nNOTE another\n\nlast one\n01:00:03.000 --> 01:00:04.000\nWorld\n";
    let wanted = [Cue { top: true, ..cue(1000, 2500, "Hello & welcome") }, cue(3_603_000, 3_604_000, "World")];
    assert_eq!(cues(text), wanted);
}

#[test]
fn markup_goes_and_what_only_looks_like_it_stays() {
    for (marked, words) in [
        ("<i>soft</i> <b>hard</b>", "soft hard"),
        ("<font color=\"#ff0000\">red</font>", "red"),
        ("{\\an8}up here", "up here"),
        ("a < b and c > d, I <3 you", "a < b and c > d, I <3 you"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("tabs\tand\u{7} bells", "tabs and bells"),
        ("<00:00:01.500>word by word", "word by word"),
        ("one\\Ntwo", "one\ntwo"),
        ("{not a code}", "{not a code}"),
        ("&lt;b&gt;", "<b>"),
    ] {
        assert_eq!(cues(&format!("1\n00:00:01,000 --> 00:00:02,000\n{marked}\n"))[0].text, words, "{marked}");
    }
    assert!(cues("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}up here\n")[0].top);
}

#[test]
fn careless_times_are_read_and_senseless_ones_mended_or_counted() {
    let times = |timing: &str| {
        let read = read(format!("{timing}\nwords").as_bytes()).unwrap();
        (read.cues[0].start_ms, read.cues[0].end_ms, read.mended)
    };
    assert_eq!(times("0:01 --> 0:02"), (1000, 2000, 0));
    assert_eq!(times("1:2:3,5 -->1:2:4,25"), (3_723_500, 3_724_250, 0));
    assert_eq!(times("00:00:05,000 --> 00:00:02,000"), (5000, 6000, 1));
    assert_eq!(times("00:00:05,000 --> 00:00:05,000"), (5000, 6000, 1));
    assert_eq!(times("00:00:01.000 -> 00:00:02.000"), (1000, 2000, 0));
    let late = "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n99:00:00,000 --> 99:00:01,000\nb\n\n3\n00:00:03,000 --> 00:00:04,000\n\n";
    let read = read(late.as_bytes()).unwrap();
    assert_eq!((read.cues.len(), read.left_out), (1, 2));
}

#[test]
fn cues_out_of_order_are_sorted_and_overlaps_kept() {
    let text = "00:00:05,000 --> 00:00:08,000\nlater\n\n00:00:01,000 --> 00:00:06,000\nsooner\n";
    assert_eq!(cues(text), [cue(1000, 6000, "sooner"), cue(5000, 8000, "later")]);
}

#[test]
fn limits_hold() {
    let many = |count: usize| {
        (0..count)
            .map(|n| format!("{}\n00:00:{:02},000 --> 00:00:{:02},500\nline {n}\n\n", n + 1, n % 60, n % 60))
            .collect::<String>()
    };
    assert_eq!(read(many(MOST_CUES).as_bytes()).unwrap().cues.len(), MOST_CUES);
    assert_eq!(read(many(MOST_CUES + 1).as_bytes()), Err(Unfit::TooMany));
    assert_eq!(read(&vec![b'x'; MOST_BYTES as usize + 1]), Err(Unfit::TooLarge));
    let long = read(format!("00:01.0 --> 00:02.0\n{}", "字".repeat(5_000)).as_bytes()).unwrap();
    assert_eq!((long.cues[0].text.chars().count(), long.shortened), (LONGEST_CUE, 1));
    for nothing in ["", "hello", "1\n2\n3", "-->", "00:00:01,000 --> soon\nx", "00:00:01,000 --> 00:00:02,000\n \n"] {
        assert_eq!(read(nothing.as_bytes()), Err(Unfit::NoCues), "{nothing}");
    }
}

#[test]
fn only_what_begins_as_a_caption_file_looks_like_one() {
    for yes in [GOOD, "\u{feff}1\r\n00:00:01,000 --> 00:00:02,000\r\nx", "WEBVTT\n\n", "\n\n00:01.000 --> 00:02.000\nx"]
    {
        assert!(looks_like_captions(yes.as_bytes()), "{yes}");
    }
    for no in [
        "#EXTM3U\n00:00:01,000 --> 00:00:02,000\nfile:///etc/passwd",
        "ffconcat version 1.0\nfile x\n00:01.0 --> 00:02.0",
        "<?xml version=\"1.0\"?> 00:01.0 --> 00:02.0",
        "notes of the meeting, 00:01.0 --> 00:02.0",
        "hello there",
        "",
    ] {
        assert!(!looks_like_captions(no.as_bytes()), "{no}");
    }
}

#[test]
fn captions_within_a_message_are_found_and_the_words_around_them_kept() {
    let message = format!("Add these in yellow:\n{GOOD}\n\nand make them big");
    let (at, captions) = within(&message).unwrap();
    assert_eq!((&message[..at.start], &message[at.end..]), ("Add these in yellow:\n", "\n\n\nand make them big"));
    assert_eq!(captions.unwrap().cues.len(), 2);
    let one_line = "captions: 1 00:00:01,000 --> 00:00:02,000 Hello 2 00:00:03,000 --> 00:00:04,000 World";
    let (at, captions) = within(one_line).unwrap();
    assert_eq!(&one_line[..at.start], "captions: ");
    assert_eq!(captions.unwrap().cues, [cue(1000, 2000, "Hello"), cue(3000, 4000, "World")]);
    assert_eq!(within("add a title \"a --> b\" at 0:03"), None);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = looks_like_captions(&bytes);
        let _ = read(&bytes);
    }

    #[test]
    fn whatever_stands_between_times_every_cue_has_words_and_a_length(
        parts in prop::collection::vec(("[0-9]{0,3}", 0_u64..200_000, 0_u64..200_000, "[^\0]{0,40}"), 1..8),
        end in "\r\n|\n|\r",
    ) {
        let time = |ms: u64| format!("{:02}:{:02}:{:02},{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
        let text: String = parts.iter().map(|(n, from, to, words)| format!("{n}{end}{} --> {}{end}{words}{end}{end}", time(*from), time(*to))).collect();
        if let Ok(captions) = read(text.as_bytes()) {
            prop_assert!(captions.cues.len() <= text.matches("-->").count());
            prop_assert!(captions.cues.iter().all(|cue| cue.start_ms < cue.end_ms && !cue.text.trim().is_empty()));
            prop_assert!(captions.cues.windows(2).all(|pair| pair[0].start_ms <= pair[1].start_ms));
        }
        let message = format!("add these: {text}");
        if let Some((at, _)) = within(&message) {
            prop_assert!(message.get(at).is_some());
        }
    }

    #[test]
    fn what_is_written_is_read_back(cues_in in prop::collection::vec((0_u64..3_600_000, 1_u64..10_000, "[a-zA-Z\u{4e00}-\u{4e2d}][a-zA-Z ,!?\u{4e00}-\u{4e2d}]{0,30}"), 1..20)) {
        let time = |ms: u64| format!("{:02}:{:02}:{:02},{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
        let text: String = cues_in.iter().enumerate().map(|(n, (from, length, words))| format!("{}\n{} --> {}\n{words}\n\n", n + 1, time(*from), time(from + length))).collect();
        let mut wanted: Vec<Cue> = cues_in.iter().map(|(from, length, words)| cue(*from, from + length, words.trim())).collect();
        wanted.sort_by_key(|cue| cue.start_ms);
        prop_assert_eq!(read(text.as_bytes()).unwrap().cues, wanted);
    }
}
