//! A project as one zip: the state as JSON, every medium that the timeline plays, and what the result looks like: a
//! thumbnail and its sound's waveform.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::archive::add_files;
use super::render_error::RenderError;
use super::workshop::Workshop;
use super::{picture, programme};
use bedtrack_film::{FilmError, FilmFormat, FilmPlan, Watch};
use bedtrack_sound::SoundError;
use bedtrack_timeline::Timeline;
use bedtrack_wire::state::State;
use bedtrack_wire::time::Ms;

/// Writes the project of a draft.
pub async fn write(
    workshop: &Workshop,
    session: &str,
    state: &State,
    timeline: &Timeline,
    folder: &Path,
    out: &Path,
    watch: &Watch,
) -> Result<(), RenderError> {
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    let shown = timeline.clips().filter_map(|clip| timeline.medium_of(clip));
    let heard = timeline.sounds().filter_map(|sound| timeline.medium_of(sound));
    for medium in shown.chain(heard) {
        for url in medium.url.as_deref().into_iter().chain(medium.companions()) {
            let name = url.rsplit('/').next().unwrap_or_default();
            files.insert(format!("media/{name}"), workshop.file_at(session, url).await?);
        }
    }
    let looks = looks(workshop, session, timeline, folder, watch).await?;
    files.extend(looks.into_iter().map(|(name, path)| (name.to_owned(), path)));
    let project = format!("{:#}\n", json!({"engine": concat!("bedtrack ", env!("CARGO_PKG_VERSION")), "state": state}));
    let out = out.to_owned();
    let written = tokio::task::spawn_blocking(move || {
        let mut zip = ZipWriter::new(File::create(out)?);
        zip.start_file("project.json", SimpleFileOptions::default()).map_err(std::io::Error::from)?;
        zip.write_all(project.as_bytes())?;
        add_files(&mut zip, files.iter().map(|(name, path)| (name.as_str(), path.as_path())))?;
        zip.finish().map_err(std::io::Error::from)?;
        Ok::<_, std::io::Error>(())
    });
    written.await.map_err(|_| RenderError::Stopped)??;
    Ok(())
}

/// A thumbnail and a waveform of the result. A project is whole without them: what cannot be drawn is left out.
async fn looks(
    workshop: &Workshop,
    session: &str,
    timeline: &Timeline,
    folder: &Path,
    watch: &Watch,
) -> Result<Vec<(&'static str, PathBuf)>, RenderError> {
    if timeline.end() <= Ms::ZERO {
        return Ok(Vec::new());
    }
    let mut made = Vec::new();
    let mixed = programme::mix(workshop, session, timeline, folder, &watch.part(0.0..0.6)).await;
    let sound = drawn("sound", mixed)?.flatten();
    if let Some(wav) = &sound {
        let path = folder.join("waveform.png");
        if drawn("waveform", workshop.film.draw_waveform(wav, &path).await.map_err(RenderError::from))?.is_some() {
            made.push(("waveform.png", path));
        }
    }
    let path = folder.join("thumbnail.jpg");
    let shown = async {
        let plan = FilmPlan { sound, ..picture::plan(workshop, session, timeline, FilmFormat::Jpg).await? };
        Ok::<_, RenderError>(workshop.film.render(&plan, folder, &path, &watch.part(0.6..1.0)).await?)
    };
    if drawn("thumbnail", shown.await)?.is_some() {
        made.push(("thumbnail.jpg", path));
    }
    Ok(made)
}

/// What came of drawing one of the looks; none where it cannot be drawn. Only the wish to end ends all.
fn drawn<T>(what: &str, outcome: Result<T, RenderError>) -> Result<Option<T>, RenderError> {
    match outcome {
        Ok(drawn) => Ok(Some(drawn)),
        Err(error @ (RenderError::Film(FilmError::Cancelled) | RenderError::Sound(SoundError::Stopped))) => Err(error),
        Err(error) => {
            tracing::info!("a project goes without its {what}: {error}");
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_drawn_is_left_out_of_a_project_and_the_wish_to_end_is_heard() {
        let failed = |error: RenderError| drawn::<()>("waveform", Err(error));
        assert!(matches!(failed(RenderError::Missing("a clip".into())), Ok(None)));
        assert!(matches!(failed(FilmError::NoSound("a.mp4".into()).into()), Ok(None)));
        for ended in [RenderError::from(FilmError::Cancelled), RenderError::from(SoundError::Stopped)] {
            assert!(failed(ended).is_err());
        }
    }
}
