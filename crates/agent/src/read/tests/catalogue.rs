//! The lexicon and the catalogues hang together.

use super::*;

#[test]
fn every_genre_mood_and_instrument_is_understood_by_its_name() {
    let vocabulary = &lexicon().vocabulary;
    for genre in &vocabulary.genres {
        let reading = read(&format!("music\n[bedtrack: genre={}]", genre.id), &context(""));
        assert!(
            reading
                .actions
                .iter()
                .any(|action| matches!(action, Action::MakeMusic(made) if made.brief.genre == genre.id)),
            "{}",
            genre.id
        );
        let reading = read(&format!("make a {} track", genre.name), &context(""));
        assert!(
            reading
                .actions
                .iter()
                .any(|action| matches!(action, Action::MakeMusic(made) if made.brief.genre == genre.id)),
            "{}: {reading:?}",
            genre.name
        );
    }
    for instrument in &vocabulary.instruments {
        let reading = read(&format!("lo-fi with {}", instrument.name.to_lowercase()), &context(""));
        let has = |action: &Action| matches!(action, Action::MakeMusic(made) if made.brief.instruments.contains(&instrument.id));
        assert!(reading.actions.iter().any(has), "{}: {reading:?}", instrument.name);
    }
    for mood in &vocabulary.moods {
        let reading = read(&format!("make it more {}", mood.id.replace('_', " ")), &context("music"));
        let has = |action: &Action| matches!(action, Action::MakeMusic(made) if made.brief.asked().moods.first() == Some(&mood.id));
        assert!(reading.actions.iter().any(has), "{}: {reading:?}", mood.id);
    }
}

#[test]
fn the_lexicon_points_at_genres_moods_and_instruments_that_exist() {
    let lexicon = lexicon();
    let mood = |id: &str| lexicon.vocabulary.moods.iter().any(|entry| entry.id == id);
    let instrument = |id: &str| lexicon.vocabulary.instruments.iter().any(|entry| entry.id == id);
    let bridges = &lexicon.bridges;
    for id in lexicon
        .more_moods
        .iter()
        .chain(bridges.by_mood.keys())
        .chain(bridges.opposite.keys())
        .chain(bridges.opposite.values())
    {
        assert!(mood(id), "{id}");
    }
    for id in bridges
        .instead_of
        .iter()
        .flat_map(|(id, out)| out.iter().chain([id]))
        .chain(lexicon.uses.iter().flat_map(|one| &one.moods))
    {
        assert!(mood(id), "{id}");
    }
    let stems = ["drums", "bass", "harmony", "melody", "texture"];
    for id in bridges
        .families
        .values()
        .flatten()
        .filter(|id| !stems.contains(&id.as_str()))
        .chain(bridges.by_instrument.keys())
    {
        assert!(instrument(id), "{id}");
    }
    // Lists may name genres to come, but must end in one that is there.
    let lists = lexicon
        .near
        .iter()
        .chain(&lexicon.artists)
        .chain(&lexicon.works)
        .chain(&lexicon.more_genres)
        .chain(lexicon.uses.iter().map(|one| &one.genres));
    for list in
        lists.chain(bridges.by_mood.values()).chain(bridges.by_instrument.values()).chain([&bridges.default_genres])
    {
        assert!(lexicon.first_known(list).is_some(), "{list:?}");
    }
}
