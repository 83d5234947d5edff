//! The numbers behind the three qualities. Data: `quality.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::FilmError;
use super::plan::Quality;

/// The settings of one quality.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EncoderSettings {
    pub x264: X264,
    pub vp9: Vp9,
    /// Bit rates in bit/s.
    pub mp3: u32,
    pub opus: u32,
    /// ffmpeg's `-q:v`, 2 the best.
    pub jpeg: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct X264 {
    pub preset: String,
    pub crf: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Vp9 {
    pub speed: u32,
    pub crf: u32,
}

#[derive(Debug, Deserialize)]
struct Table {
    draft: EncoderSettings,
    standard: EncoderSettings,
    high: EncoderSettings,
}

static TABLE: LazyLock<Result<Table, String>> =
    LazyLock::new(|| toml::from_str(include_str!("quality.toml")).map_err(|fault| fault.to_string()));

impl Quality {
    /// Its numbers.
    pub(super) fn settings(self) -> Result<&'static EncoderSettings, FilmError> {
        let table = TABLE.as_ref().map_err(|fault| FilmError::BadPlan(format!("quality.toml: {fault}")))?;
        Ok(match self {
            Self::Draft => &table.draft,
            Self::Standard => &table.standard,
            Self::High => &table.high,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_costs_more() {
        let [draft, standard, high] =
            [Quality::Draft, Quality::Standard, Quality::High].map(|quality| quality.settings().unwrap());
        assert!(draft.x264.crf > standard.x264.crf && standard.x264.crf > high.x264.crf);
        assert!(draft.mp3 < standard.mp3 && standard.mp3 < high.mp3);
    }
}
