//! The genres, read from `genres/*.toml` (one file each) and checked; and `common.toml`, which fills their gaps.

use std::sync::LazyLock;

use include_dir::{Dir, include_dir};

use super::check;
use super::forms::forms;
use super::genre::{Common, Genre};

static FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/src/genres");

/// All genres.
#[derive(Debug, Default)]
pub struct GenreCatalogue {
    genres: Vec<Genre>,
    common: Common,
    /// What is wrong with the files, each with its name; a genre named here is left out. Empty in a sound build.
    pub problems: Vec<String>,
}

impl GenreCatalogue {
    /// The one called `id`.
    pub fn get(&self, id: &str) -> Option<&Genre> {
        self.genres.iter().find(|g| g.id == id)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Genre> {
        self.genres.iter()
    }

    /// What fills the gaps of every genre.
    pub fn common(&self) -> &Common {
        &self.common
    }

    fn read() -> Self {
        let mut catalogue = Self::default();
        match toml::from_str::<Common>(include_str!("common.toml")) {
            Ok(common) => {
                catalogue.problems.extend(check::common(&common).into_iter().map(|p| format!("common.toml: {p}")));
                catalogue.common = common;
            }
            Err(e) => catalogue.problems.push(format!("common.toml: {e}")),
        }
        catalogue.problems.extend(forms().problem.iter().map(|p| format!("forms.toml: {p}")));
        for file in FILES.files() {
            let name = file.path().display();
            let genre = file
                .contents_utf8()
                .ok_or_else(|| "not UTF-8".to_owned())
                .and_then(|text| toml::from_str::<Genre>(text).map_err(|e| e.to_string()));
            let problems = match &genre {
                Ok(genre) if file.path().file_stem().is_none_or(|stem| stem != genre.id.as_str()) => {
                    vec![format!("its id is `{}`", genre.id)]
                }
                Ok(genre) => check::genre(genre),
                Err(e) => vec![e.clone()],
            };
            if let (Ok(genre), true) = (genre, problems.is_empty()) {
                catalogue.genres.push(genre);
            }
            catalogue.problems.extend(problems.into_iter().map(|p| format!("{name}: {p}")));
        }
        catalogue.genres.sort_by(|a, b| a.id.cmp(&b.id));
        catalogue
    }
}

/// The genre files.
pub fn genres() -> &'static GenreCatalogue {
    static CATALOGUE: LazyLock<GenreCatalogue> = LazyLock::new(GenreCatalogue::read);
    &CATALOGUE
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::genres;
    use crate::genre::Genre;

    #[test]
    fn every_file_is_sound_and_there_are_at_least_thirty_six() {
        assert_eq!(genres().problems, Vec::<String>::new());
        assert!(genres().iter().count() >= 36);
        for id in ["lo-fi", "cinematic", "piano", "edm", "house", "corporate", "acoustic", "hip-hop", "ambient"] {
            assert!(genres().get(id).is_some(), "{id}");
        }
    }

    #[test]
    fn no_word_means_two_genres() {
        let mut words = BTreeSet::new();
        for genre in genres().iter() {
            assert!(genre.en.iter().any(|w| w.chars().all(|c| !c.is_uppercase())), "{}", genre.id);
            for word in genre.en.iter().chain(&genre.zh) {
                assert!(words.insert(word.clone()), "{word} twice");
            }
        }
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        let file = super::FILES.get_file("lo-fi.toml").and_then(|f| f.contents_utf8()).unwrap();
        assert!(toml::from_str::<Genre>(file).is_ok());
        let error = toml::from_str::<Genre>(&format!("moood = 1\n{file}")).unwrap_err();
        assert!(error.to_string().contains("moood"), "{error}");
    }
}
