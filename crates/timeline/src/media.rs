//! The media of a timeline, and what its clips and sounds have of them.

use bedtrack_wire::state::Medium;

use crate::clip::Clip;
use crate::item::Plays;
use crate::timeline::Timeline;

impl Timeline {
    /// What was uploaded, in order.
    pub fn uploaded(&self) -> &[Medium] {
        &self.state.video_infos
    }

    /// What was made, in order.
    pub fn made(&self) -> &[Medium] {
        &self.state.generated_media
    }

    /// Lists what was uploaded.
    pub fn list_uploaded(&mut self, media: &[Medium]) {
        self.state.video_infos.extend_from_slice(media);
    }

    /// Lists what was made.
    pub fn list_made(&mut self, medium: Medium) {
        self.state.generated_media.push(medium);
    }

    /// What a clip shows or a sound plays.
    pub fn medium_of(&self, item: &impl Plays) -> Option<&Medium> {
        item.source().references().find_map(|reference| self.state.medium(reference))
    }

    /// Whether a clip has a sound of its own.
    pub fn has_sound(&self, clip: &Clip) -> bool {
        self.medium_of(clip).is_some_and(Medium::has_sound)
    }

    /// Whether the own sound of any clip is heard.
    pub fn clips_sound(&self) -> bool {
        self.clips().any(|clip| clip.is_heard() && self.has_sound(clip))
    }

    /// Whether something on the timeline plays a medium.
    pub fn plays(&self, medium: &Medium) -> bool {
        self.sounds().any(|sound| sound.source.is(medium))
    }
}
