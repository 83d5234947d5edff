//! Zip archives of files that are compressed already.

use std::fs::File;
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Adds files as they are; media do not shrink.
pub fn add_files<'a>(
    zip: &mut ZipWriter<File>,
    files: impl Iterator<Item = (&'a str, &'a Path)>,
) -> std::io::Result<()> {
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored).large_file(true);
    for (name, path) in files {
        zip.start_file(name, stored).map_err(std::io::Error::from)?;
        std::io::copy(&mut File::open(path)?, zip)?;
    }
    Ok(())
}
