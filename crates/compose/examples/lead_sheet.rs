//! Composes a piece and prints it as a lead sheet: `cargo run -p bedtrack-compose --example lead_sheet -- jazz 30 7`.

use bedtrack_compose::{Brief, ComposeError, Score, compose};

fn main() -> Result<(), ComposeError> {
    let mut words = std::env::args().skip(1);
    let genre = words.next().unwrap_or_else(|| "lo-fi".to_owned());
    let seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or(30.0);
    let seed = words.next().and_then(|word| word.parse().ok()).unwrap_or(1);
    let score = compose(&Brief::new(&genre, seconds, seed))?.score;
    print(&score);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is what the example is for")]
fn print(score: &Score) {
    let (beats, unit) = score.metre;
    println!("{}, {} bpm, {beats}/{unit}, {}", score.style, score.bpm.round(), score.key.name());
    for section in &score.sections {
        println!("\n[{}]", section.name);
        for bar in score.bars.iter().filter(|bar| (section.start..section.end).contains(*bar)) {
            // The chord that sounds on the bar line, a moment later for what is struck a little late.
            let chord = score.chords.iter().rev().find(|chord| chord.start <= bar + 0.01);
            print!("| {:8}", chord.map_or("", |chord| chord.symbol.as_str()));
        }
        println!("|");
    }
    println!();
    for part in &score.parts {
        println!("{:16} {:4} notes", part.instrument, part.notes.len());
    }
}
