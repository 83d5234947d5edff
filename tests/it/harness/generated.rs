//! Files, or parts of files, that are generated: a test writes them when `UPDATE_DOCS` is set and compares otherwise.

use std::path::Path;

/// Compares a whole file with what it should hold, or writes it.
pub fn check_file(path: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{} is out of date; run `make docs`", path.display());
}

/// Compares what stands between two markers of a Markdown file, or writes it.
pub fn check_part(path: &str, marker: &str, expected: &str) {
    let whole = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let (begin, end) = (format!("<!-- {marker}:begin -->\n"), format!("<!-- {marker}:end -->"));
    let (head, rest) = whole.split_once(&begin).unwrap_or_else(|| panic!("{path} has no {begin}"));
    let (_, tail) = rest.split_once(&end).unwrap_or_else(|| panic!("{path} has no {end}"));
    check_file(path, &format!("{head}{begin}{expected}{end}{tail}"));
}
