//! The commonest job without ffmpeg: H.264 in MP4 or QuickTime gets a programme of ours. The picture's samples, their times,
//! its turn and its colours are carried over as they are; whatever is unusual steps aside for ffmpeg.

mod check;
mod render;

pub(super) use render::render;
