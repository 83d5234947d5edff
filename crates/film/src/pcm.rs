//! Reading the finished programme: a WAV file of two channels, integer or float, frame by frame.

use std::path::Path;

use super::FilmError;

/// Calls `take` with each frame, and ends with its error if it has one. Returns how many frames there were.
pub(super) fn read(wav: &Path, take: &mut dyn FnMut(u64, [f32; 2]) -> Result<(), FilmError>) -> Result<u64, FilmError> {
    let mut reader = hound::WavReader::open(wav).map_err(|fault| broken(wav, fault))?;
    let spec = reader.spec();
    if spec.channels != 2 {
        return Err(FilmError::BadPlan("the programme is not stereo".to_owned()));
    }
    match spec.sample_format {
        hound::SampleFormat::Float => pairs(wav, reader.samples::<f32>(), 1.0, take),
        hound::SampleFormat::Int => {
            let full = 2_f32.powi(i32::from(spec.bits_per_sample) - 1);
            pairs(wav, reader.samples::<i32>().map(|sample| sample.map(|sample| sample as f32)), full, take)
        }
    }
}

fn pairs(
    wav: &Path,
    mut samples: impl Iterator<Item = Result<f32, hound::Error>>,
    full: f32,
    take: &mut dyn FnMut(u64, [f32; 2]) -> Result<(), FilmError>,
) -> Result<u64, FilmError> {
    let mut at = 0;
    while let (Some(left), Some(right)) = (samples.next(), samples.next()) {
        let (left, right) = (left.map_err(|fault| broken(wav, fault))?, right.map_err(|fault| broken(wav, fault))?);
        take(at, [left / full, right / full])?;
        at += 1;
    }
    Ok(at)
}

fn broken(wav: &Path, fault: hound::Error) -> FilmError {
    match fault {
        hound::Error::IoError(fault) => FilmError::reading(wav, &fault),
        fault => FilmError::BadPlan(format!("the programme is not a plain WAV file ({fault})")),
    }
}
