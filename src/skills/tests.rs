use std::fs;
use std::path::{Path, PathBuf};

use super::*;

fn built_in() -> Catalogue {
    let (catalogue, problems) = Catalogue::load(None);
    assert_eq!(problems, []);
    catalogue
}

fn write(root: &Path, name: &str, text: &str) {
    let folder = root.join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("SKILL.md"), text).unwrap();
}

fn plain(name: &str) -> String {
    format!("---\nname: {name}\ndescription: Something.\n---\nBody.\n")
}

#[test]
fn the_five_skills_are_built_in_with_their_facts() {
    let catalogue = built_in();
    assert_eq!(
        catalogue.names(),
        [
            "for-beginners-ai-music",
            "music-generator-ai",
            "music-video-generator",
            "topmediai-ai-music",
            "topmediai-ai-music-generator"
        ]
    );
    let limits: Vec<u64> = catalogue.all().iter().map(|skill| skill.size_limit_bytes >> 20).collect();
    assert_eq!(limits, [500, 200, 500, 500, 500]);
    let rules: Vec<Option<String>> =
        catalogue.all().iter().map(|skill| skill.language.tag("做一段音乐", None)).collect();
    let en = || Some("en".to_owned());
    assert_eq!(rules, [None, en(), en(), en(), Some("zh".to_owned())]);
    let links: Vec<bool> = catalogue.all().iter().map(|skill| skill.project_link).collect();
    assert_eq!(links, [false, false, false, false, true]);
    for skill in catalogue.all() {
        assert_eq!(
            (skill.version.as_str(), skill.try_it.len(), skill.workflows.len()),
            ("1.0.0", 3, 3),
            "{}",
            skill.name
        );
        assert!(!skill.greeting.zh.is_empty() && !skill.body.is_empty(), "{}", skill.name);
        let plan = skill.wording.plan_required.en.to_lowercase();
        assert!(!plan.replace("not credits", "").contains("credit"), "{plan}");
        assert!(!skill.wording.out_of_credits.is_empty() && !skill.wording.export.is_empty());
    }
    let openclaw = &catalogue.get("topmediai-ai-music").unwrap().metadata["openclaw"];
    assert_eq!(openclaw["primaryEnv"], "NEMO_TOKEN");
    assert_eq!(openclaw["variant"], "short_prompts");
}

#[test]
fn a_skill_is_a_folder_and_no_code() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), "mine", &plain("mine"));
    fs::create_dir(home.path().join("not-a-skill")).unwrap();
    let (catalogue, problems) = Catalogue::load(Some(home.path()));
    assert_eq!(problems, []);
    let mine = catalogue.get("mine").unwrap();
    assert_eq!(
        (mine.version.as_str(), mine.size_limit_bytes, mine.display_name.as_str()),
        ("1.0.0", 500 << 20, "mine")
    );
    assert_eq!(catalogue.all().len(), 6);
}

#[test]
fn a_broken_skill_is_named_and_the_others_are_there() {
    let home = tempfile::tempdir().unwrap();
    for (name, text, said) in [
        ("a-no-front", "# Just text\n", "front matter"),
        ("b-open", "---\nname: x\n", "front matter"),
        ("c-key", "---\nname: c-key\ndescription: d\ngreting: hi\n---\n", "greting"),
        ("d-name", "---\nname: Über Skill\ndescription: d\n---\n", "`name`"),
        ("e-header", "---\nname: e\nversion: \"1.0\\r\\nX-Evil: 1\"\ndescription: d\n---\n", "`version`"),
        ("f-type", "---\nname: f\ndescription: d\nsize_limit_bytes: lots\n---\n", "size_limit_bytes"),
        ("g-yaml", "---\nname: [\n---\n", "front matter"),
        ("h-words", "---\nname: h\ndescription: d\ngreeting:\n  fr: salut\n---\n", "fr"),
        ("i-lang", "---\nname: i\ndescription: d\nsession:\n  language: 7\n---\n", "language"),
        ("j-large", &format!("{}{}", plain("j"), "x".repeat(300_000)), "256 KB"),
    ] {
        write(home.path(), name, text);
        let (catalogue, problems) = Catalogue::load(Some(home.path()));
        let [problem] = problems.as_slice() else { panic!("{name}: {problems:?}") };
        assert_eq!(problem.severity, Severity::Skipped);
        assert!(problem.path.ends_with(Path::new(name).join("SKILL.md")), "{problem}");
        assert!(problem.what.contains(said) && !problem.what.contains('\n'), "{name}: {}", problem.what);
        assert_eq!(catalogue.all().len(), 5);
        fs::remove_dir_all(home.path().join(name)).unwrap();
    }
}

#[test]
fn a_skill_in_the_folder_takes_the_place_of_a_built_in_one_and_says_so() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), "a", &plain("topmediai-ai-music"));
    write(home.path(), "b", &plain("topmediai-ai-music"));
    let (catalogue, problems) = Catalogue::load(Some(home.path()));
    assert_eq!(catalogue.get("topmediai-ai-music").unwrap().description, "Something.");
    assert_eq!(catalogue.all().len(), 5);
    let severities: Vec<Severity> = problems.iter().map(|problem| problem.severity).collect();
    assert_eq!(severities, [Severity::Note, Severity::Skipped]);
}

#[test]
fn a_folder_that_is_not_there_is_a_problem_and_no_end() {
    let home = tempfile::tempdir().unwrap();
    let (catalogue, problems) = Catalogue::load(Some(&home.path().join("nowhere")));
    assert_eq!((catalogue.all().len(), problems.len()), (5, 1));
}

#[cfg(unix)]
#[test]
fn linked_skills_are_read_and_dangling_links_are_named() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), "real/one", &plain("one"));
    let extra = home.path().join("extra");
    fs::create_dir_all(extra.join("broken")).unwrap();
    std::os::unix::fs::symlink(home.path().join("real/one"), extra.join("one")).unwrap();
    std::os::unix::fs::symlink("/nonexistent/SKILL.md", extra.join("broken/SKILL.md")).unwrap();
    let (catalogue, problems) = Catalogue::load(Some(&extra));
    assert!(catalogue.get("one").is_some());
    assert_eq!(problems.len(), 1);
}

#[test]
fn the_platform_comes_from_the_setting_then_the_skills_folder_then_the_binary() {
    let mut skill = built_in().get("music-generator-ai").unwrap().clone();
    let platform =
        |skill: &Skill, set: Option<&str>, binary: &str| attribution(skill, set, Some(Path::new(binary))).platform;
    assert_eq!(platform(&skill, None, "/usr/bin/bedtrack"), "unknown");
    assert_eq!(platform(&skill, None, "/home/a/.cursor/skills/x/bedtrack"), "cursor");
    assert_eq!(platform(&skill, None, "/home/a/.cursor/bin/bedtrack"), "unknown");
    skill.folder = Some(PathBuf::from("/home/a/.clawhub/skills/music-generator-ai"));
    assert_eq!(platform(&skill, None, "/home/a/.cursor/skills/x/bedtrack"), "clawhub");
    assert_eq!(platform(&skill, Some("mine"), "/usr/bin/bedtrack"), "mine");
    assert_eq!(platform(&skill, Some("bad\r\nX: y"), "/usr/bin/bedtrack"), "clawhub");
    let sent = attribution(&skill, None, None);
    assert_eq!((sent.skill.as_str(), sent.version.as_str()), ("music-generator-ai", "1.0.0"));
}

#[test]
fn a_prompt_greets_offers_three_things_and_ends_with_the_wish() {
    let catalogue = built_in();
    let skill = catalogue.get("music-generator-ai").unwrap();
    let prompt = skill.prompt(Some("calm \u{1b}[31mlo-fi"));
    assert!(prompt.ends_with("calm [31mlo-fi"), "{prompt}");
    for part in [&skill.greeting.en, &skill.try_it[2].en, &skill.body, &"200 MB".to_owned(), &"quick edit".to_owned()] {
        assert!(prompt.contains(part.as_str()), "{part}");
    }
    assert!(skill.prompt(Some("给产品视频做一段音乐")).contains(&skill.greeting.zh));
    assert!(skill.prompt(Some("  ")).contains("has not said yet"));
}
