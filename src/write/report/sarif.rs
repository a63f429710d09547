//! Findings in the Static Analysis Results Interchange Format, SARIF 2.1.0.
//!
//! Lines and columns count from 1, columns in characters (`unicodeCodePoints`). No line of a
//! configuration is quoted, since secrets stand in them.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::diag::{Allowance, Finding, Severity, Span};
use crate::explain;
use crate::lint;
use crate::write::report::lint::LintedFile;
use crate::write::text::address;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    invocations: [Invocation; 1],
    results: Vec<SarifResult<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<String>,
    semantic_version: &'static str,
    rules: Vec<ReportingDescriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportingDescriptor {
    id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    short_description: Text,
    full_description: Text,
    help: Text,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression<'a>>,
}

#[derive(Serialize)]
struct Suppression<'a> {
    kind: &'static str,
    justification: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

/// Writes the findings about `files`.
pub fn write(files: &[LintedFile], out: &mut impl Write) -> io::Result<()> {
    let all = || files.iter().flat_map(|file| &file.findings);
    let rules = lint::rules().into_iter();
    let mut names: Vec<&'static str> = rules.map(|rule| rule.name).collect();
    for name in all().map(|finding| finding.diagnostic.code) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let results = files.iter().flat_map(|file| {
        let results = file.findings.iter().map(|one| result(file, one, &names));
        results.collect::<Vec<_>>()
    });
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    information_uri: address("README.md"),
                    name: env!("CARGO_PKG_NAME"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: names.iter().map(|name| descriptor(name)).collect(),
                },
            },
            column_kind: "unicodeCodePoints",
            invocations: [Invocation {
                execution_successful: files.iter().all(|file| file.readable),
            }],
            results: results.collect(),
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn level(severity: Severity) -> &'static str {
    severity.into()
}

fn descriptor(name: &'static str) -> ReportingDescriptor {
    let rule = lint::rule(name);
    let article = explain::code(name);
    let paragraphs = article
        .map(|article| article.paragraphs)
        .unwrap_or_default();
    let (first, rest) = paragraphs
        .split_first()
        .map_or((name.to_owned(), String::new()), |(first, rest)| {
            (first.clone(), rest.join("\n\n"))
        });
    let help = if rest.is_empty() { first.clone() } else { rest };
    ReportingDescriptor {
        id: name,
        help_uri: address("docs/rules.md").map(|page| format!("{page}#{name}")),
        full_description: Text {
            text: paragraphs.join("\n\n"),
        },
        short_description: Text { text: first },
        help: Text { text: help },
        default_configuration: Configuration {
            level: level(rule.map_or(Severity::Error, |rule| rule.severity)),
        },
    }
}

fn result<'a>(
    file: &'a LintedFile,
    finding: &'a Finding,
    names: &[&'static str],
) -> SarifResult<'a> {
    let it = &finding.diagnostic;
    let mut text = it.message.clone();
    for note in &it.notes {
        let _ = write!(text, "\nnote: {note}");
    }
    if let Some(help) = &it.help {
        let _ = write!(text, "\nhelp: {help}");
    }
    let related = it
        .context
        .iter()
        .enumerate()
        .map(|(number, label)| Location {
            id: Some(number + 1),
            message: Some(Text {
                text: label.text.clone(),
            }),
            ..location(file, Some(label.span.file), Some(&label.span))
        });
    let suppressed = finding.suppressed.iter().map(|reason| Suppression {
        kind: match reason {
            Allowance::Question(_) => "external",
            Allowance::Comment(_) => "inSource",
        },
        justification: reason.reason(),
    });
    SarifResult {
        rule_id: it.code,
        rule_index: names.iter().position(|name| *name == it.code).unwrap_or(0),
        level: level(it.severity),
        message: Text { text },
        locations: [location(file, it.place.file(), it.place.span())],
        related_locations: related.collect(),
        suppressions: suppressed.collect(),
    }
}

fn location(file: &LintedFile, number: Option<usize>, span: Option<&Span>) -> Location {
    let name = number.map_or("", |number| file.sources.name(number));
    let name = if name.is_empty() { &file.name } else { name };
    let region = span.map(|span| {
        let (start, end) = (file.sources.start(span), file.sources.end(span));
        Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    });
    Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(name) },
            region,
        },
        message: None,
    }
}

/// A path as a URI reference (RFC 3986): relative to where the program was started, or absolute.
fn uri(path: &str) -> String {
    let mut uri = if path.starts_with('/') {
        "file://".to_owned()
    } else {
        String::new()
    };
    for octet in path.trim_start_matches("./").bytes() {
        let plain = octet.is_ascii_alphanumeric() || b"-._~/".contains(&octet);
        if plain {
            uri.push(char::from(octet));
        } else {
            let _ = write!(uri, "%{octet:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("./vpn/a b.conf"), "vpn/a%20b.conf");
        assert_eq!(
            uri("/etc/swanctl/ü.conf"),
            "file:///etc/swanctl/%C3%BC.conf"
        );
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
        assert_eq!(uri("a:b"), "a%3Ab");
    }
}
