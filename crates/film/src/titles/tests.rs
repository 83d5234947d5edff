//! Titles as they are drawn.

use super::*;

fn card(text: &str) -> TitleCard {
    TitleCard {
        text: text.into(),
        start_ms: 0,
        duration_ms: 3000,
        position: Position::Center,
        style: Style::Title,
        look: TitleLook::default(),
    }
}

fn draw(text: &str, frame: (u32, u32)) -> Drawn {
    Pen::new().draw(&card(text), frame).unwrap().unwrap()
}

#[test]
fn latin_and_chinese_are_drawn_inside_the_safe_area() {
    for (text, frame) in
        [("Urban Dreams", (1920, 1080)), ("城市之梦 2026", (1080, 1920)), ("Ünïcödé Ελλάδα Привет", (640, 640))]
    {
        let drawn = draw(text, frame);
        assert!(drawn.missing.is_empty(), "{text}: {:?}", drawn.missing);
        assert!(drawn.x + drawn.width <= frame.0 && drawn.y + drawn.height <= frame.1, "{text}");
        let white = drawn.rgba.chunks_exact(4).filter(|pixel| pixel[3] == 255 && pixel[0] > 250).count();
        assert!(white > 200, "{text}: {white}");
        assert_eq!(drawn.rgba.len() as u32, drawn.width * drawn.height * 4);
    }
}

#[test]
fn a_missing_glyph_is_left_out_and_named() {
    let drawn = draw("Go ש now", (1280, 720));
    assert_eq!(drawn.missing.iter().collect::<String>(), "ש");
    let same = draw("Go  now", (1280, 720));
    assert_eq!(drawn.rgba, same.rgba);
    let nothing = draw("ש", (1280, 720));
    assert!(nothing.rgba.is_empty() && nothing.missing.len() == 1);
}

#[test]
fn long_words_and_long_texts_stay_in_the_frame() {
    for text in ["W".repeat(300), "many words ".repeat(200), "字".repeat(500), "\n".repeat(50) + "x\u{202e}y\u{7}"] {
        let drawn = draw(&text, (640, 360));
        assert!(drawn.x + drawn.width <= 640 && drawn.y + drawn.height <= 360, "{} {}", drawn.width, drawn.height);
    }
    assert_eq!(Pen::new().draw(&card(" \n "), (640, 360)).unwrap(), None);
}

#[test]
fn a_glyph_stands_at_its_place_with_an_edge_around_it() {
    let drawn = draw("I", (640, 360));
    let row = drawn.height / 2;
    let line: Vec<&[u8]> =
        drawn.rgba.chunks_exact(4).skip((row * drawn.width) as usize).take(drawn.width as usize).collect();
    let white = line.iter().position(|pixel| pixel[0] > 200).unwrap();
    assert!(line[white - 1][3] > 100 && line[white - 1][0] < 60, "{:?}", line);
    assert!(line[0][3] < 40);
}

/// The lines that words are set in, and the room they have.
fn lines(text: &str, style: Style, (width, height): (u32, u32)) -> (Vec<String>, f32, f32) {
    let settings = settings().unwrap();
    let (face, margins) = (settings.face(style), if height > width { &settings.tall } else { &settings.wide });
    let room = (width as f32 * (1.0 - 2.0 * margins.side), height as f32 * (1.0 - margins.top - margins.bottom));
    let full = width.min(height) as f32 * style.share();
    let mut pen = Pen::new();
    let (buffer, ..) = pen.fitted(text, (full, full * SMALLEST), Weight(face.weight), TitleLook::default(), room);
    let widest = extent(&buffer).0;
    let line = |run: cosmic_text::LayoutRun<'_>| {
        let (from, to) =
            run.glyphs.iter().fold((usize::MAX, 0), |(from, to), glyph| (from.min(glyph.start), to.max(glyph.end)));
        run.text.get(from..to).unwrap_or_default().trim().to_owned()
    };
    (buffer.layout_runs().map(line).collect(), widest, room.0)
}

const SHAPES: [(u32, u32); 5] = [(1920, 1080), (1080, 1920), (1080, 1080), (1080, 1350), (480, 270)];

#[test]
fn long_lines_are_wrapped_between_words_inside_the_safe_area_of_every_shape() {
    let text = "The quick brown fox jumps over the lazy dog while the band plays on until the morning light";
    for shape in SHAPES {
        for style in [Style::Title, Style::Subtitle, Style::Caption] {
            let (lines, widest, room) = lines(text, style, shape);
            assert!(lines.len() > 1 && widest <= room, "{shape:?}: {widest} in {room}");
            assert_eq!(lines.join(" "), text, "{shape:?}");
        }
    }
}

#[test]
fn chinese_lines_break_between_characters_and_never_before_a_full_stop() {
    let text = "城市的夜晚，灯光像河流一样流动；我们走过长长的街道，听见远处的音乐。每一步都是新的开始！";
    for shape in SHAPES {
        let (lines, widest, room) = lines(text, Style::Title, shape);
        assert!(lines.len() > 1 && widest <= room, "{shape:?}: {widest} in {room}");
        assert_eq!(lines.concat(), text, "{shape:?}");
        for line in &lines {
            assert!(!line.starts_with(['，', '。', '；', '！']), "{shape:?}: {lines:?}");
        }
    }
}

#[test]
fn lines_of_a_wrapped_title_are_of_about_one_length() {
    let (lines, ..) = lines("A rather long title that needs two lines", Style::Title, (1920, 1080));
    let lengths: Vec<usize> = lines.iter().map(|line| line.chars().count()).collect();
    assert!(lengths.len() == 2 && lengths[0].abs_diff(lengths[1]) < 12, "{lines:?}");
}

/// The box of what is drawn at all, on the frame.
fn bounds(drawn: &Drawn) -> [u32; 4] {
    let inked = drawn.rgba.chunks_exact(4).enumerate().filter(|(_, pixel)| pixel[3] > 200 && pixel[0] > 200);
    inked.fold([u32::MAX, u32::MAX, 0, 0], |[l, t, r, b], (at, _)| {
        let (x, y) = (drawn.x + at as u32 % drawn.width, drawn.y + at as u32 / drawn.width);
        [l.min(x), t.min(y), r.max(x), b.max(y)]
    })
}

#[test]
fn every_place_and_side_keeps_the_words_in_the_safe_area_at_every_size() {
    let mut pen = Pen::new();
    for shape in SHAPES {
        for position in [Position::Top, Position::Center, Position::Lower, Position::Bottom] {
            for align in [Align::Left, Align::Center, Align::Right] {
                for size in [48.0, 95.0, 400.0] {
                    let look = TitleLook { align, size: Some(size), ..TitleLook::default() };
                    let title = TitleCard { position, look, ..card("HELLO 你好 everyone") };
                    let drawn = pen.draw(&title, shape).unwrap().unwrap();
                    let [left, top, right, bottom] = bounds(&drawn);
                    let side = if shape.1 > shape.0 { 0.10 } else { 0.08 } * shape.0 as f32;
                    let told = format!("{shape:?} {position:?} {align:?} {size}: {left} {top} {right} {bottom}");
                    assert!(left as f32 >= side - 3.0 && right as f32 <= shape.0 as f32 - side + 3.0, "{told}");
                    assert!(top as f32 >= shape.1 as f32 * 0.07 && bottom as f32 <= shape.1 as f32 * 0.93, "{told}");
                    match align {
                        Align::Left => assert!(left as f32 <= side + size, "{told}"),
                        Align::Right => assert!(right as f32 >= shape.0 as f32 - side - size, "{told}"),
                        Align::Center => assert!((left + right).abs_diff(shape.0) <= 8, "{told}"),
                    }
                }
            }
        }
    }
}

#[test]
fn a_size_is_in_pixels_of_a_frame_of_1080_lines() {
    let tall = |size: f32, frame: (u32, u32)| {
        let look = TitleLook { size: Some(size), ..TitleLook::default() };
        let drawn = Pen::new().draw(&TitleCard { look, ..card("H") }, frame).unwrap().unwrap();
        let [_, top, _, bottom] = bounds(&drawn);
        f64::from(bottom - top + 1)
    };
    // Inter's capitals are 0.727 of its size.
    assert!((tall(100.0, (1920, 1080)) - 72.7).abs() < 2.5);
    assert!((tall(200.0, (1920, 1080)) - 145.4).abs() < 2.5);
    assert!((tall(200.0, (640, 360)) - 48.5).abs() < 2.5);
    assert!((tall(100.0, (1080, 1920)) - 72.7).abs() < 2.5);
}

#[test]
fn pairs_of_letters_are_kerned() {
    let wide = |text: &str| {
        let [left, _, right, _] = bounds(&draw(text, (1920, 1080)));
        right - left
    };
    assert!(wide("AVAVAV") + 20 < wide("AAAVVV"), "{} {}", wide("AVAVAV"), wide("AAAVVV"));
}

#[test]
fn words_take_their_colour_and_what_is_behind_them_is_drawn() {
    let of = |look: TitleLook| Pen::new().draw(&TitleCard { look, ..card("HH") }, (1280, 720)).unwrap().unwrap();
    let count = |drawn: &Drawn, wanted: [u8; 4]| {
        drawn
            .rgba
            .chunks_exact(4)
            .filter(|pixel| pixel.iter().zip(wanted).all(|(is, wanted)| is.abs_diff(wanted) < 6))
            .count()
    };
    let (red, blue) = (Rgb([255, 0, 0]), Rgb([0, 0, 255]));
    let plain = of(TitleLook { colour: Some(red), behind: Behind::Plain, ..TitleLook::default() });
    assert!(count(&plain, [255, 0, 0, 255]) > 200);
    assert!(plain.rgba.chunks_exact(4).all(|pixel| pixel[3] == 0 || pixel[0] > 250), "nothing else is drawn");
    let outlined = of(TitleLook { colour: Some(red), behind: Behind::Outline(blue), ..TitleLook::default() });
    assert!(count(&outlined, [255, 0, 0, 255]) > 200 && count(&outlined, [0, 0, 255, 255]) > 200);
    let boxed = of(TitleLook { behind: Behind::Box { colour: blue, opacity: 0.5 }, ..TitleLook::default() });
    assert!(count(&boxed, [0, 0, 255, 128]) > 3_000);
    // Dark words get a light edge.
    let dark = of(TitleLook { colour: Some(Rgb::BLACK), ..TitleLook::default() });
    assert!(dark.rgba.chunks_exact(4).any(|pixel| pixel[0] > 240 && pixel[3] > 180));
}

#[test]
fn hidden_characters_leave_no_trace() {
    for hidden in ["H\u{200b}H", "H\u{200d}H", "\u{feff}HH", "H\u{2060}\u{ad}H", "H\u{202e}H\u{202c}", "H\u{e0041}H"] {
        assert_eq!(draw(hidden, (640, 360)), draw("HH", (640, 360)), "{hidden:?}");
    }
    assert_eq!(draw("👍🏽 ❤\u{fe0f}", (640, 360)), draw("👍 ❤", (640, 360)));
}

#[test]
fn a_text_beyond_what_the_frame_holds_says_that_it_was_cut() {
    assert!(draw(&"many words ".repeat(400), (640, 360)).cut);
    assert!(!draw("few words", (640, 360)).cut);
}

/// Everything the built-in fonts are here for must have a shape.
#[test]
fn no_glyph_of_the_supported_scripts_is_missing() {
    // Unicode gave up `ŉ` for two characters, and a soft hyphen has no shape.
    let latin: String = ('!'..='~').chain('¡'..='ſ').filter(|c| !matches!(c, '\u{ad}' | 'ŉ')).collect();
    let greek_and_cyrillic = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψωАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя";
    let chinese = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严，。！？；：“”‘’（）《》、…—·";
    let emoji = "😀😂🥰😎🤔😭👍👏🙌💪🔥✨🎉🎬🎵❤⭐🚀🏆💯✅❌⚡🌍☀🌙🌈🐶🍕☕⚽🎁📣💡📍🛒👀🥳🫶";
    for text in [latin.as_str(), greek_and_cyrillic, chinese, emoji] {
        for weight in [700, 500] {
            assert_eq!(Pen::new().missing_in(text, Weight(weight)), BTreeSet::new());
        }
    }
}

/// The words as they were drawn when they were last looked at, in grey: any glyph that is missing, another one, or elsewhere
/// shows.
#[test]
fn drawn_words_are_those_of_the_recorded_picture() {
    let mut pen = Pen::new();
    let (width, height) = (960_u32, 540_u32);
    let mut sheet = image::GrayImage::new(width, height);
    let cards = [
        ("AVATAR Toffee — “Quoted” fi", Position::Top, Style::Title),
        ("城市之梦，第一章", Position::Center, Style::Title),
        ("Ünïcödé Привет Ελλάδα 2026 & 你好！", Position::Bottom, Style::Caption),
    ];
    for (text, position, style) in cards {
        let drawn = pen.draw(&TitleCard { position, style, ..card(text) }, (width, height)).unwrap().unwrap();
        for (at, pixel) in drawn.rgba.chunks_exact(4).enumerate() {
            let (x, y) = (drawn.x + at as u32 % drawn.width, drawn.y + at as u32 / drawn.width);
            sheet.put_pixel(x, y, image::Luma([(u16::from(pixel[0]) * u16::from(pixel[3]) / 255) as u8]));
        }
    }
    let kept = image::load_from_memory(include_bytes!("reference.png")).unwrap().into_luma8();
    let off = |most: u8| sheet.pixels().zip(kept.pixels()).filter(|(a, b)| a.0[0].abs_diff(b.0[0]) > most).count();
    if kept.dimensions() != (width, height) || off(48) > 60 {
        let now = std::env::temp_dir().join("titles-now.png");
        sheet.save(&now).unwrap();
        panic!("{} pixels differ from the recorded picture; {} shows the words now", off(48), now.display());
    }
}
