//! A small picture of a piece as SVG: outline and power over time with the sections, and the spectrum in third octaves.

use std::fmt::Write as _;

use bedtrack_compose::Score;

use crate::heard::{COLUMNS, Heard};

const HEIGHT: f32 = 90.0;
const LEFT: f32 = 480.0;
const GAP: f32 = 24.0;
const RIGHT: f32 = 216.0;
/// Decibels that the spectrum's plot is high.
const RANGE_DB: f64 = 48.0;

/// The picture of `heard`, which is a playing of `score`.
pub fn draw(score: &Score, heard: &Heard) -> String {
    let (width, height) = (LEFT + GAP + RIGHT, HEIGHT + 16.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         font-family=\"sans-serif\" font-size=\"9\" fill=\"#667\">\n<rect width=\"{width}\" height=\"{height}\" \
         fill=\"#fff\"/>\n"
    );
    let middle = HEIGHT / 2.0;
    let x = |column: usize| column as f32 * LEFT / COLUMNS as f32;
    let mut outline = String::from("M0 45");
    let mut lower = String::new();
    let mut power = String::from("M0 45");
    let mut power_lower = String::new();
    for (column, (low, high, mean)) in heard.columns.iter().enumerate() {
        let root = mean.sqrt();
        // Writing to a string cannot fail.
        let _ = write!(outline, "L{:.0} {:.0}", x(column), middle - high * middle);
        lower.insert_str(0, &format!("L{:.0} {:.0}", x(column), middle - low * middle));
        let _ = write!(power, "L{:.0} {:.0}", x(column), middle - root * middle);
        power_lower.insert_str(0, &format!("L{:.0} {:.0}", x(column), middle + root * middle));
    }
    let _ = writeln!(
        svg,
        "<path d=\"{outline}{lower}Z\" fill=\"#9bd\"/>\n<path d=\"{power}{power_lower}Z\" fill=\"#357\"/>"
    );
    for section in &score.sections {
        let at = (section.start / score.duration) as f32 * LEFT;
        let _ = writeln!(
            svg,
            "<path d=\"M{at:.0} 0V{height}\" stroke=\"#ccd\"/><text x=\"{:.0}\" y=\"{:.0}\">{}</text>",
            at + 2.0,
            HEIGHT + 12.0,
            section.name
        );
    }
    // Third octaves from 31.5 Hz to 16 kHz.
    let bands = 28;
    let wide = RIGHT / bands as f32;
    for band in 0..bands {
        let centre = 31.25 * (band as f32 / 3.0).exp2();
        let share = heard.share_db(centre * 0.8909, centre * 1.1225);
        let tall = (((share + RANGE_DB) / RANGE_DB).clamp(0.0, 1.0) as f32) * HEIGHT;
        let at = LEFT + GAP + band as f32 * wide;
        let _ = writeln!(
            svg,
            "<rect x=\"{at:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\" fill=\"#357\"/>",
            HEIGHT - tall,
            wide - 1.0
        );
        if let Some(name) = match band {
            5 => Some("100"),
            15 => Some("1k"),
            25 => Some("10k"),
            _ => None,
        } {
            let _ = writeln!(svg, "<text x=\"{at:.0}\" y=\"{:.0}\">{name}</text>", HEIGHT + 12.0);
        }
    }
    svg.push_str("</svg>\n");
    svg
}
