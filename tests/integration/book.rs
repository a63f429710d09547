//! The pages of docs/ are a book: the index names each of them, and no link leads nowhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::path;

/// The pages of docs/.
fn pages() -> Vec<PathBuf> {
    let entries = fs::read_dir(path("docs")).unwrap();
    let pages = entries.map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> = pages
        .filter(|page| page.extension().is_some_and(|ending| ending == "md"))
        .collect();
    pages.sort();
    pages
}

/// Lines outside of blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fence: Option<&str> = None;
    text.lines().filter(move |line| {
        let line = line.trim_start();
        match fence {
            Some(open) => {
                if line.starts_with(open) {
                    fence = None;
                }
                false
            }
            None => {
                let open = ["````", "```", "~~~"].into_iter();
                fence = open.into_iter().find(|open| line.starts_with(*open));
                fence.is_none()
            }
        }
    })
}

/// What links point at, without those in spans of code.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    for line in prose(text) {
        let outside: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for rest in outside.split("](").skip(1) {
            links.extend(rest.split(')').next().map(ToOwned::to_owned));
        }
    }
    links
}

/// The anchors of a page, as GitHub and mdBook make them of headings.
fn anchors(text: &str) -> Vec<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

/// What is wrong with a link that stands on a page.
fn wrong(page: &Path, link: &str) -> Option<String> {
    if link.starts_with("http") || link.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => page.to_owned(),
        file => page.parent()?.join(file),
    };
    let said = || format!("{}: {link}", page.display());
    if !target.exists() {
        return Some(said());
    }
    let there = || anchors(&fs::read_to_string(&target).unwrap());
    (!anchor.is_empty() && !there().iter().any(|one| one == anchor)).then(said)
}

#[test]
fn no_link_leads_nowhere() {
    let mut all = pages();
    all.extend(["README.md", "CHANGELOG.md", "SECURITY.md"].map(path));
    let mut count = 0;
    let mut broken = Vec::new();
    for page in all {
        for link in links(&fs::read_to_string(&page).unwrap()) {
            count += 1;
            broken.extend(wrong(&page, &link));
        }
    }
    assert!(count > 15, "{count}");
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_broken_link_is_found() {
    let page = path("docs/SUMMARY.md");
    assert_eq!(
        links("a [b](c.md) `[d](e.md)`\n```\n[f](g.md)\n```\n"),
        ["c.md"]
    );
    assert!(wrong(&page, "no-such-page.md").is_some());
    assert!(wrong(&page, "automation.md#no-such-heading").is_some());
    assert!(wrong(&page, "automation.md#what-is-stable").is_none());
}

#[test]
fn the_index_names_every_page_once() {
    let index = fs::read_to_string(path("docs/SUMMARY.md")).unwrap();
    let mut named = links(&index);
    named.sort();
    let there = pages().into_iter().filter_map(|page| {
        let name = page.file_name()?.to_str()?.to_owned();
        (name != "SUMMARY.md").then_some(name)
    });
    assert_eq!(named, there.collect::<Vec<_>>());
}

/// The scripts of a workflow.
fn scripts(value: &serde_yaml::Value) -> Vec<&str> {
    let below = value["jobs"].as_mapping().into_iter().flatten();
    let steps = below
        .filter_map(|(_, job)| job["steps"].as_sequence())
        .flatten();
    steps.filter_map(|step| step["run"].as_str()).collect()
}

#[test]
fn the_release_is_of_scripts_that_a_shell_reads() {
    // Packages of the sources do without.
    let Ok(text) = fs::read_to_string(path(".github/workflows/release.yml")) else {
        return;
    };
    let workflow: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    let scripts = scripts(&workflow);
    assert!(scripts.len() > 4);
    for script in scripts {
        assert!(
            !script.contains("${{"),
            "words of a tag are no part of a script: {script}"
        );
        let run = Command::new("bash").args(["-n", "-c", script]).status();
        assert!(run.unwrap().success(), "{script}");
    }
    for target in ["x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl"] {
        assert!(text.contains(target), "{target}");
    }
}

#[test]
fn what_a_package_holds_is_there() {
    let manifest = fs::read_to_string(path("Cargo.toml")).unwrap();
    let (_, assets) = manifest.split_once("assets = [\n").unwrap();
    let (assets, _) = assets.split_once("\n]").unwrap();
    let mut count = 0;
    for line in assets.lines() {
        let from = line
            .trim()
            .trim_start_matches("[\"")
            .split('"')
            .next()
            .unwrap();
        if from.starts_with("target/") {
            continue; // built, or written by packaging/generate
        }
        let found = glob::glob(path(from).to_str().unwrap()).unwrap();
        assert!(found.count() > 0, "{from}");
        count += 1;
    }
    assert!(count > 3);
}
