//! What a profile says beside its offers: how to configure and enter it, oddities, sources.

use std::io::{self, Write};

use crate::profile::shape::{ClientFile, ValueSet};
use crate::write::text;

/// What a profile says beside its offers.
pub(crate) fn write(file: &ClientFile, out: &mut impl Write) -> io::Result<()> {
    if !file.configurable.is_empty() {
        writeln!(out, "\ncan be made to offer something else")?;
        for method in &file.configurable {
            writeln!(out, "  {}: {}", method.by, method.how)?;
            if let Some(limits) = &method.limits {
                writeln!(out, "    {limits}")?;
            }
            if let Some(values) = &method.values {
                for (protocol, set) in [("IKE", &values.ike), ("ESP", &values.esp)] {
                    value_set(protocol, set, out)?;
                }
            }
        }
    }
    if let Some(selection) = &file.selection {
        writeln!(out, "\nhow it chooses when the other side begins")?;
        writeln!(out, "  {}", selection.text)?;
    }
    if let Some(authentication) = &file.authentication {
        writeln!(
            out,
            "\nauthentication: {}",
            authentication.methods.join(", ")
        )?;
    }
    if let Some(group) = &file.server_authentication {
        let sources = group.sources.join(", ");
        writeln!(
            out,
            "takes of a server: {} keys only ({sources})",
            group.key
        )?;
        if let Some(note) = &group.note {
            writeln!(out, "  {note}")?;
        }
    }
    if let Some(group) = &file.reauthentication {
        writeln!(out, "reauthentication ({})", group.sources.join(", "))?;
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
                writeln!(out, "  {}", if state { yes } else { no })?;
            }
        }
        if let Some(note) = &group.note {
            writeln!(out, "  {note}")?;
        }
    }
    if let Some(enter) = &file.enter {
        writeln!(out, "\nto enter by hand")?;
        for field in &enter.fields {
            let value = field
                .text
                .as_deref()
                .unwrap_or(&field.value)
                .replace('-', " ");
            writeln!(out, "  {}: {value}", field.field)?;
            if let Some(note) = &field.note {
                writeln!(out, "    {note}")?;
            }
        }
        for (what, list) in [("import", &enter.import), ("mark as trusted", &enter.trust)] {
            if !list.is_empty() {
                writeln!(out, "  {what}: {}", text::and_list(list))?;
            }
        }
        if let Some(note) = &enter.note {
            writeln!(out, "  {note}")?;
        }
    }
    if !file.quirks.is_empty() {
        writeln!(out, "\nquirks")?;
        for quirk in &file.quirks {
            writeln!(out, "  {}: {}", quirk.id, quirk.text)?;
        }
    }
    for conflict in &file.conflicts {
        writeln!(
            out,
            "\nsources disagree ({}): {}",
            conflict.sources.join(", "),
            conflict.text
        )?;
    }
    if !file.errata.is_empty() {
        writeln!(out, "\nerrata of the sources")?;
        for erratum in &file.errata {
            writeln!(out, "  {erratum}")?;
        }
    }
    writeln!(out, "\nsources")?;
    for (key, source) in &file.sources {
        let date = source
            .date
            .as_deref()
            .map_or_else(String::new, |date| format!(", {date}"));
        writeln!(out, "  {key} ({}{date}): {}", source.grade, source.title)?;
        writeln!(out, "    {}", source.url)?;
        if let Some(locator) = &source.locator {
            writeln!(out, "    {locator}")?;
        }
        if let Some(says) = &source.says {
            writeln!(out, "    \"{says}\"")?;
        }
    }
    Ok(())
}

/// The algorithms that can be chosen, a line a transform type.
fn value_set(protocol: &str, set: &ValueSet, out: &mut impl Write) -> io::Result<()> {
    for (what, list) in [
        ("encryption", &set.encryption),
        ("integrity", &set.integrity),
        ("PRF", &set.prf),
        ("key exchange", &set.key_exchange),
    ] {
        if !list.is_empty() {
            writeln!(out, "    {protocol} {what}: {}", list.join(" "))?;
        }
    }
    Ok(())
}
