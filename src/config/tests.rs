//! Settings as their three layers give them.

use super::*;

fn layers(pairs: &[(&str, &str)]) -> Layers {
    let home = std::env::temp_dir().join("bedtrack-config-tests-no-such-folder");
    let mut all = vec![("BEDTRACK_HOME".to_owned(), home.display().to_string())];
    all.extend(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    Layers::new([], all)
}

fn fault(pairs: &[(&str, &str)]) -> String {
    Settings::read(&layers(pairs)).unwrap_err().to_string()
}

#[test]
fn the_studio_is_local_until_the_cloud_is_named() {
    assert_eq!(Settings::read(&layers(&[])).unwrap().backend, Backend::Local);
    assert_eq!(Settings::read(&layers(&[("NEMO_TOKEN", "abc")])).unwrap().backend, Backend::Cloud);
    let both = [("NEMO_TOKEN", "abc"), ("BEDTRACK_BACKEND", "local")];
    assert_eq!(Settings::read(&layers(&both)).unwrap().backend, Backend::Local);
    assert_eq!(Settings::read(&layers(&[("NEMO_TOKEN", " ")])).unwrap().backend, Backend::Local);
}

#[test]
fn a_bad_value_names_the_variable_the_value_and_what_is_accepted() {
    assert_eq!(
        fault(&[("BEDTRACK_BACKEND", "nearby")]),
        "BEDTRACK_BACKEND=nearby cannot be used: `local` or `cloud` is accepted"
    );
    for (name, value) in [
        ("NEMO_API_URL", "http://example.com"),
        ("BEDTRACK_POLL_SECS", "-1"),
        ("BEDTRACK_RECOVER_SECS", "1,2,3"),
        ("BEDTRACK_FFMPEG", "/no/such/ffmpeg"),
        ("BEDTRACK_ROOTS", "relative"),
        ("BEDTRACK_ALLOW_HOSTS", "http://x"),
        ("BEDTRACK_LOG", "bedtrack=loud"),
        ("SKILL_SOURCE", "a b"),
    ] {
        let said = fault(&[(name, value)]);
        assert!(said.starts_with(name) && said.contains(value), "{said}");
    }
}

#[test]
fn a_bad_secret_is_refused_without_being_shown() {
    assert!(!fault(&[("NEMO_TOKEN", "sec ret")]).contains("sec"));
    let settings = Settings::read(&layers(&[("NEMO_TOKEN", "sentinel")])).unwrap();
    assert!(!format!("{settings:?}").contains("sentinel"));
}

#[test]
fn the_file_lies_below_the_environment_and_a_mistyped_key_is_found() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config.toml");
    std::fs::write(&path, "backend = \"cloud\"\npoll_secs = 0.5\n").unwrap();
    let of = |pairs: &[(&str, &str)]| {
        let mut all = vec![("BEDTRACK_HOME".to_owned(), home.path().display().to_string())];
        all.extend(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        Settings::read(&Layers::new([], all))
    };
    let settings = of(&[]).unwrap();
    assert_eq!((settings.backend, settings.timing.poll.as_millis()), (Backend::Cloud, 500));
    assert_eq!(of(&[("BEDTRACK_BACKEND", "local")]).unwrap().backend, Backend::Local);
    assert_eq!(of(&[]).unwrap().log, LOG);
    std::fs::write(&path, "log = \"debug\"\n").unwrap();
    assert_eq!(of(&[]).unwrap().log, "debug");
    std::fs::write(&path, "bakend = \"cloud\"\n").unwrap();
    assert!(of(&[]).unwrap_err().to_string().contains("bakend"));
}
