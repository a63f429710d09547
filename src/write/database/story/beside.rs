//! What a profile says beside its offers: how to configure and enter it, oddities, sources.

use super::{Block, Story};
use crate::profile::shape::{ClientFile, ValueSet};
use crate::write::text;

/// What a profile says beside its offers.
pub(super) fn add(file: &ClientFile, story: &mut Story) {
    configurable(file, story);
    if let Some(selection) = &file.selection {
        story.section("how it chooses when the other side begins");
        story.line(1, &selection.text);
    }
    if let Some(authentication) = &file.authentication {
        story.paragraph(format!(
            "authentication: {}",
            authentication.methods.join(", ")
        ));
    }
    if let Some(group) = &file.server_authentication {
        let sources = group.sources.join(", ");
        story.line(
            0,
            format!("takes of a server: {} keys only ({sources})", group.key),
        );
        if let Some(note) = &group.note {
            story.line(1, note);
        }
    }
    reauthentication(file, story);
    if let Some(id) = &file.enter_like {
        story.section("to enter by hand");
        story.line(1, format!("as on {id}"));
    }
    by_hand(file, story);
    if !file.quirks.is_empty() {
        story.section("quirks");
        for quirk in &file.quirks {
            story.line(1, format!("{}: {}", quirk.id, quirk.text));
        }
    }
    for conflict in &file.conflicts {
        story.paragraph(format!(
            "sources disagree ({}): {}",
            conflict.sources.join(", "),
            conflict.text
        ));
    }
    if !file.errata.is_empty() {
        story.section("errata of the sources");
        for erratum in &file.errata {
            story.line(1, erratum);
        }
    }
    story.section("sources");
    for (key, source) in &file.sources {
        story.blocks.push(Block::Source {
            key: key.clone(),
            source: source.clone(),
        });
    }
}

/// What it can be made to offer.
fn configurable(file: &ClientFile, story: &mut Story) {
    if !file.configurable.is_empty() {
        story.section("can be made to offer something else");
        for method in &file.configurable {
            story.line(1, format!("{}: {}", method.by, method.how));
            if let Some(limits) = &method.limits {
                story.line(2, limits);
            }
            if let Some(since) = &method.additional_since {
                story.line(2, format!("additional key exchanges since {since}"));
            }
            if let Some(values) = &method.values {
                for (protocol, set) in [("IKE", &values.ike), ("ESP", &values.esp)] {
                    value_set(protocol, set, story);
                }
            }
        }
    }
}

/// What becomes of a connection when its IKE SA is authenticated again.
fn reauthentication(file: &ClientFile, story: &mut Story) {
    if let Some(group) = &file.reauthentication {
        story.line(
            0,
            format!("reauthentication ({})", group.sources.join(", ")),
        );
        for (state, yes, no) in [
            (
                group.begins,
                "the client asks for it",
                "the client does not ask for it",
            ),
            (
                group.follows,
                "the connection survives one that the server begins",
                "the connection is lost when the server begins one",
            ),
        ] {
            if let Some(state) = state {
                story.line(1, if state { yes } else { no });
            }
        }
        if let Some(note) = &group.note {
            story.line(1, note);
        }
    }
}

/// What to enter by hand.
fn by_hand(file: &ClientFile, story: &mut Story) {
    if let Some(enter) = &file.enter {
        story.section("to enter by hand");
        if let Some(open) = &enter.open {
            story.line(1, open);
        }
        for field in &enter.fields {
            let value = field
                .text
                .as_deref()
                .unwrap_or(&field.value)
                .replace('-', " ");
            story.line(
                1,
                format!("{}: {value}{}", field.field, only_with(&field.auth)),
            );
            if let Some(note) = &field.note {
                story.line(2, note);
            }
        }
        for import in &enter.import {
            let only = only_with(import.auth());
            story.line(1, format!("import: {}{only}", import.what()));
        }
        if !enter.trust.is_empty() {
            story.line(
                1,
                format!("mark as trusted: {}", text::and_list(&enter.trust)),
            );
        }
        if let Some(note) = &enter.note {
            story.line(1, note);
        }
    }
}

/// The algorithms that can be chosen, a line a transform type.
fn value_set(protocol: &str, set: &ValueSet, story: &mut Story) {
    for (what, list) in [
        ("encryption", &set.encryption),
        ("integrity", &set.integrity),
        ("PRF", &set.prf),
        ("key exchange", &set.key_exchange),
        ("additional key exchange", &set.additional_key_exchange),
    ] {
        if !list.is_empty() {
            story.line(2, format!("{protocol} {what}: {}", list.join(" ")));
        }
    }
}

/// With which authentication a part of a dialog is filled in.
fn only_with(auth: &[String]) -> String {
    match auth {
        [] => String::new(),
        auth => format!(" ({})", text::and_list(auth)),
    }
}
