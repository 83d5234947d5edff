//! The things on a timeline, whatever tracks they are on, and changes that make tracks come and go.

use std::collections::BTreeMap;

use bedtrack_wire::draft::{AUDIO, TEXT, VIDEO};
use bedtrack_wire::time::Ms;

use crate::clip::Clip;
use crate::id::Id;
use crate::item::Item;
use crate::sound::Sound;
use crate::timeline::Timeline;
use crate::title::Title;
use crate::track::{Lane, Track};

impl Timeline {
    /// Its clips, track by track.
    pub fn clips(&self) -> impl Iterator<Item = &Clip> {
        self.tracks.iter().filter_map(Track::picture).flat_map(|lane| &lane.items)
    }

    /// The same, to be changed.
    pub fn clips_mut(&mut self) -> impl Iterator<Item = &mut Clip> {
        self.picture_lanes_mut().flat_map(|lane| &mut lane.items)
    }

    /// Its tracks of pictures, to be changed.
    pub fn picture_lanes_mut(&mut self) -> impl Iterator<Item = &mut Lane<Clip>> {
        self.tracks.iter_mut().filter_map(Track::picture_mut)
    }

    /// What sounds beside them, track by track.
    pub fn sounds(&self) -> impl Iterator<Item = &Sound> {
        self.tracks.iter().filter_map(Track::sound).flat_map(|lane| &lane.items)
    }

    /// The same, to be changed.
    pub fn sounds_mut(&mut self) -> impl Iterator<Item = &mut Sound> {
        self.sound_lanes_mut().flat_map(|lane| &mut lane.items)
    }

    /// Its tracks of sound, to be changed.
    pub fn sound_lanes_mut(&mut self) -> impl Iterator<Item = &mut Lane<Sound>> {
        self.tracks.iter_mut().filter_map(Track::sound_mut)
    }

    /// Its titles and captions, track by track.
    pub fn titles(&self) -> impl Iterator<Item = &Title> {
        self.tracks.iter().filter_map(Track::titles).flat_map(|lane| &lane.items)
    }

    /// The same, to be changed.
    pub fn titles_mut(&mut self) -> impl Iterator<Item = &mut Title> {
        self.title_lanes_mut().flat_map(|lane| &mut lane.items)
    }

    /// Its tracks of titles, to be changed.
    pub fn title_lanes_mut(&mut self) -> impl Iterator<Item = &mut Lane<Title>> {
        self.tracks.iter_mut().filter_map(Track::titles_mut)
    }

    /// Where the last thing on it ends.
    pub fn end(&self) -> Ms {
        self.tracks.iter().map(Track::end).max().unwrap_or_default()
    }

    /// Where the picture ends; 0 without one.
    pub fn picture_end(&self) -> Ms {
        self.clips().map(Item::end).max().unwrap_or_default()
    }

    /// Where the last sound beside the clips ends; none without any.
    pub fn sound_end(&self) -> Option<Ms> {
        self.sounds().map(Item::end).max()
    }

    /// Puts clips in place of all that is seen, on the first track of it; before all else where there was none.
    pub fn set_clips(&mut self, clips: Vec<Clip>) {
        let mut clips = Some(clips);
        for track in &mut self.tracks {
            if let Track::Picture(lane) = track {
                lane.items = clips.take().unwrap_or_default();
            }
        }
        if let Some(clips) = clips {
            self.tracks.insert(0, Track::Picture(Lane::new(VIDEO, clips)));
        }
        self.drop_empty(|track| matches!(track, Track::Picture(_)));
    }

    /// Puts sounds in place of all beside the clips': where the first track of them was, else right after the picture,
    /// so that tracks read picture, sound, titles.
    pub fn set_sounds(&mut self, sounds: Vec<Sound>) {
        let behind_picture = self.tracks.iter().rposition(|track| matches!(track, Track::Picture(_)));
        let is_sound = |track: &Track| matches!(track, Track::Sound(_));
        let at = self.tracks.iter().position(is_sound).unwrap_or(behind_picture.map_or(0, |at| at + 1));
        self.tracks.retain(|track| !is_sound(track));
        self.tracks.insert(at.min(self.tracks.len()), Track::Sound(Lane::new(AUDIO, sounds)));
    }

    /// Adds a title to the first track of titles where it overlaps none, or on one of its own.
    pub fn add_title(&mut self, title: Title) {
        let (from, to) = (title.start, title.start + title.length);
        let free = self.title_lanes_mut().find(|lane| !lane.overlaps(from, to));
        if let Some(lane) = free {
            lane.add(title);
            return;
        }
        self.add_titles(vec![title]);
    }

    /// Adds titles on a track of their own.
    pub fn add_titles(&mut self, titles: Vec<Title>) {
        self.tracks.push(Track::Titles(Lane::new(TEXT, titles)));
    }

    /// Takes titles off; none moves up for it.
    pub fn remove_titles(&mut self, ids: &[Id]) {
        for lane in self.title_lanes_mut() {
            lane.items.retain(|title| !ids.contains(&title.id));
        }
    }

    /// Ids of what came, went or changed since, clips first, then sounds, then titles.
    pub fn differing(&self, before: &Self) -> Vec<Id> {
        let mut ids = differing(self.clips(), before.clips());
        ids.extend(differing(self.sounds(), before.sounds()));
        ids.extend(differing(self.titles(), before.titles()));
        ids
    }

    fn drop_empty(&mut self, of_kind: impl Fn(&Track) -> bool) {
        self.tracks.retain(|track| !of_kind(track) || !track.is_empty());
    }
}

fn differing<'a, T: Item + 'a>(now: impl Iterator<Item = &'a T>, was: impl Iterator<Item = &'a T>) -> Vec<Id> {
    let mut gone: BTreeMap<Id, &T> = was.filter_map(|item| Some((item.id()?, item))).collect();
    let now = now.filter_map(|item| Some((item.id()?, item)));
    let mut ids: Vec<Id> = now.filter(|(id, item)| gone.remove(id) != Some(*item)).map(|(id, _)| id).collect();
    ids.extend(gone.into_keys());
    ids
}

impl Track {
    fn picture(&self) -> Option<&Lane<Clip>> {
        if let Self::Picture(lane) = self { Some(lane) } else { None }
    }

    fn picture_mut(&mut self) -> Option<&mut Lane<Clip>> {
        if let Self::Picture(lane) = self { Some(lane) } else { None }
    }

    fn sound(&self) -> Option<&Lane<Sound>> {
        if let Self::Sound(lane) = self { Some(lane) } else { None }
    }

    fn sound_mut(&mut self) -> Option<&mut Lane<Sound>> {
        if let Self::Sound(lane) = self { Some(lane) } else { None }
    }

    fn titles(&self) -> Option<&Lane<Title>> {
        if let Self::Titles(lane) = self { Some(lane) } else { None }
    }

    fn titles_mut(&mut self) -> Option<&mut Lane<Title>> {
        if let Self::Titles(lane) = self { Some(lane) } else { None }
    }
}
