//! One client: each exchange with its verdict, evidence and sources, and what helps.

use maud::{Markup, html};

use super::server::ServerPage;
use super::{class, sentences, tag};
use crate::answer::Tone;
use crate::compat::report::{ClientReport, Overall};
use crate::compat::verdict::{Judged, Verdict};
use crate::peer::{Client, Known};
use crate::profile::shape::SourceShape;
use crate::write::escape::visible;
use crate::write::report::table::{explain, phase, reasons, rekeyings, short};
use crate::write::text;

/// Makes the part; its content has the id `anchor`.
pub(super) fn client(one: &ClientReport<'_>, subject: &ServerPage<'_>, anchor: &str) -> Markup {
    let (word, tone) = verdict(one.verdict);
    let lines = explain(one, subject.report, subject.policy);
    let sources = sources(one.client, subject);
    html! {
        details open[one.verdict != Overall::Connects] {
            summary {
                span .name { (visible(&one.client.id)) } " " (visible(&one.client.label))
                (tag(word, class(tone)))
            }
            div .inside id=(anchor) {
                @if one.verdict != Overall::Connects {
                    h4 { "Why, and what helps" }
                    (sentences(&lines[1..]))
                }
                h4 { "Exchanges" }
                (exchanges(one, subject))
                @if !sources.is_empty() {
                    h4 { "Sources" }
                    ul .plain .sources {
                        @for (source, facts) in &sources { (source_line(source, facts)) }
                    }
                }
            }
        }
    }
}

fn verdict(overall: Overall) -> (&'static str, Tone) {
    match overall {
        Overall::Connects => ("connects", Tone::Good),
        Overall::Unknown => ("unknown", Tone::Doubtful),
        Overall::RekeyFails => ("loses the tunnel", Tone::Bad),
        Overall::Refused => ("refused", Tone::Bad),
    }
}

fn exchanges(one: &ClientReport<'_>, subject: &ServerPage<'_>) -> Markup {
    let first = one.children.first();
    let mut rows = vec![("phase 1".to_owned(), &one.ike.ike_sa_init)];
    rows.extend(first.map(|child| ("phase 2".to_owned(), &child.verdicts.ike_auth)));
    let again = rekeyings(one).into_iter();
    rows.extend(again.map(|(name, judged)| (format!("rekeying of the {name}"), judged)));
    html! {
        div .scroll .fold tabindex="0" role="region" aria-label={ "Exchanges of " (visible(&one.client.id)) } {
            table {
                thead { tr {
                    th scope="col" { "exchange" } th scope="col" { "result" }
                    th scope="col" { "because" } th scope="col" { "evidence" }
                } }
                tbody {
                    @for (name, judged) in rows {
                        @let (text, tone) = phase(Some(judged));
                        @let grade = judged.evidence.map_or_else(|| "-".to_owned(), |it| it.to_string());
                        tr {
                            th scope="row" { (name) }
                            td data-label="result" { (tag(&text, class(tone))) }
                            td data-label="because" {
                                div { @for line in because(judged, subject) { div { (visible(&line)) } } }
                            }
                            td data-label="evidence" { (tag(&grade, "")) }
                        }
                    }
                }
            }
        }
    }
}

/// Why an exchange ends as it does.
fn because(judged: &Judged, subject: &ServerPage<'_>) -> Vec<String> {
    match &judged.verdict {
        Verdict::Agree(agreed) => {
            let mut lines = Vec::new();
            if let Some(pair) = agreed.pair {
                let (client, server) = (pair.client, pair.server);
                lines.push(format!(
                    "proposal {client} of the client, entry {server} of the server"
                ));
            }
            if let Some(rounds) = agreed.invalid_ke.as_deref().filter(|it| !it.is_empty()) {
                lines.push(text::invalid_ke(rounds));
            }
            let policy = subject.policy;
            let (tier, deciding) = (
                policy.rank(&agreed.suite).tier(),
                policy.deciding(&agreed.suite),
            );
            lines.push(format!("{tier}: {}", deciding.reason()));
            lines
        }
        Verdict::OneOf(suites) => {
            let suites: Vec<_> = suites.iter().map(short).collect();
            vec![format!(
                "the choice is not known: {}",
                text::or_list(&suites)
            )]
        }
        Verdict::Refuse(refusal) => reasons(refusal),
        Verdict::Unknown(what) => vec![what.clone()],
        Verdict::NotUsed(why) => vec![(*why).to_owned()],
    }
}

/// The sources of a client's profile that its facts cite, each with the facts.
fn sources(client: &Client, subject: &ServerPage<'_>) -> Vec<(SourceShape, Vec<&'static str>)> {
    fn cited<T>(fact: &Known<T>) -> &[String] {
        fact.stated().map_or(&[], |fact| fact.sources.as_slice())
    }
    let facts = [
        ("phase 1", cited(&client.ike_sa_init)),
        ("phase 2", cited(&client.ike_auth)),
        (
            "child rekeying by the client",
            cited(&client.child_rekey_by_client),
        ),
        (
            "child rekeying by the server",
            cited(&client.child_rekey_by_server),
        ),
        (
            "IKE rekeying by the client",
            cited(&client.ike_rekey_by_client),
        ),
        (
            "IKE rekeying by the server",
            cited(&client.ike_rekey_by_server),
        ),
    ];
    let id = client.id.split(':').next().unwrap_or_default();
    let Some(Ok(profile)) = subject.database.profile(id) else {
        return Vec::new();
    };
    let all = profile.file.sources.into_iter();
    let with_facts = all.map(|(key, source)| {
        let mine = facts.iter().filter(|(_, keys)| keys.contains(&key));
        (source, mine.map(|(name, _)| *name).collect::<Vec<_>>())
    });
    with_facts.filter(|(_, facts)| !facts.is_empty()).collect()
}

fn source_line(source: &SourceShape, facts: &[&str]) -> Markup {
    let link = ["https://", "http://"]
        .iter()
        .any(|scheme| source.url.starts_with(scheme));
    let aside = [source.locator.as_deref(), source.date.as_deref()];
    let aside: Vec<_> = aside.into_iter().flatten().map(visible).collect();
    html! {
        li {
            @if link { a href=(source.url) rel="noreferrer" { (visible(&source.title)) } }
            @else { (visible(&source.title)) " (" (visible(&source.url)) ")" }
            @if !aside.is_empty() { ", " (aside.join(", ")) }
            " – " span .soft { (source.grade) "; for " (text::and_list(facts)) }
        }
    }
}
