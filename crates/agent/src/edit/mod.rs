//! Changes to the timeline. Pure: each takes a timeline and changes it in place. What lies there keeps all that is not
//! touched, so drafts from elsewhere survive.

mod captions;
mod cutting;
mod music;
mod picture;
mod room;
mod show;
mod titles;

pub use captions::{Laid, add_captions};
pub use cutting::{bed, cut, made_for_picture, refit, trim};
pub use music::{fade_music, place_music, place_on, place_songs, play_songs, set_music_volume, trim_music};
pub use picture::{place_uploads, set_own_volume};
pub use room::{Which, end_with_picture, remove};
pub use show::{cuts, follow_score, follows_music, lay_on_beats, pictures, rest_camera, show_all};
pub use titles::{Changed, Looks, add_title, change_titles, remove_titles};

#[cfg(test)]
mod tests;
