//! Diagnostics as text: title, place, lines with carets, notes, help.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Label, Place, Severity, Sources, Span, Tone, is_steering};

/// Whether the text is for a terminal that shows colours.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Style {
    /// With escape sequences for colours.
    Coloured,
    /// Text alone.
    #[default]
    Plain,
}

/// Longer pieces of a text are not shown, as a line or as what lies between two places; the place is
/// named all the same.
const LONGEST: usize = 16 << 10;

/// A diagnostic about a word of the question: there is no line to show.
fn placeless(diagnostic: &Diagnostic) -> String {
    let Diagnostic {
        severity,
        message,
        notes,
        help,
        ..
    } = diagnostic;
    let mut text = format!("{severity}: {}\n", harmless(message));
    let notes = notes.iter().map(|note| ("note", note));
    for (what, line) in notes.chain(help.iter().map(|help| ("help", help))) {
        text.push_str(&format!("  = {what}: {}\n", harmless(line)));
    }
    text
}

/// The colours of tones; what has none is bold or plain, which can be read on any ground.
const fn coloured() -> Renderer {
    let plain = anstyle::Style::new();
    Renderer::styled()
        .error(Tone::Bad.style())
        .warning(Tone::Doubtful.style())
        .info(plain.bold())
        .note(plain.bold())
        .help(plain.bold())
        .line_num(plain)
        .context(plain.bold())
        .emphasis(plain.bold())
        .addition(Tone::Good.style())
        .removal(Tone::Bad.style())
        .none(plain)
}

impl Sources {
    /// Writes a diagnostic out, ending in a line break. The same diagnostic always gives the same
    /// text: the width of the terminal has no part in it.
    pub fn render(&self, diagnostic: &Diagnostic, style: Style) -> String {
        if diagnostic.place == Place::Nowhere {
            return placeless(diagnostic);
        }
        let renderer = match style {
            Style::Coloured => coloured(),
            Style::Plain => Renderer::plain(),
        };
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Note => Level::NOTE,
            Severity::Warning => Level::WARNING,
        };
        let title = level
            .primary_title(harmless(&diagnostic.message))
            .id(diagnostic.code);
        let mut group = Group::with_title(title).elements(self.place(diagnostic));
        for span in self.elsewhere(diagnostic) {
            group = group.element(self.lines(diagnostic, span));
        }
        for label in diagnostic
            .context
            .iter()
            .filter(|it| is_far(diagnostic, it))
        {
            let start = self.start(&label.span);
            let text = format!(
                "{}: line {}, column {}",
                label.text, start.line, start.column
            );
            group = group.element(Level::NOTE.message(harmless(&text)));
        }
        for note in &diagnostic.notes {
            group = group.element(Level::NOTE.message(harmless(note)));
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(harmless(help)));
        }
        let mut text = renderer.render(&[group]);
        text.push('\n');
        text
    }

    fn place(&self, diagnostic: &Diagnostic) -> Option<Element<'static>> {
        let name = |file: usize| harmless(self.name(file));
        Some(match &diagnostic.place {
            Place::Nowhere => return None,
            Place::File(file) => Origin::path(name(*file)).into(),
            Place::Position(span) => {
                let start = self.start(span);
                Origin::path(name(span.file))
                    .line(start.line)
                    .char_column(start.column)
                    .into()
            }
            Place::Text(span) => self.lines(diagnostic, span),
        })
    }

    /// The first of the second places in each text that is not the primary one's.
    fn elsewhere<'d>(&self, diagnostic: &'d Diagnostic) -> Vec<&'d Span> {
        let mut first: Vec<&Span> = Vec::new();
        for label in &diagnostic.context {
            let file = label.span.file;
            if Some(file) != diagnostic.place.file() && first.iter().all(|span| span.file != file) {
                first.push(&label.span);
            }
        }
        first
    }

    /// The lines of the text of `span` that have a part in the diagnostic.
    fn lines(&self, diagnostic: &Diagnostic, span: &Span) -> Element<'static> {
        let primary = diagnostic.place.span();
        let labels = diagnostic
            .context
            .iter()
            .filter(|label| !is_far(diagnostic, label))
            .map(|label| (AnnotationKind::Context, &label.span, Some(&label.text)));
        let all: Vec<_> = primary
            .map(|span| (AnnotationKind::Primary, span, diagnostic.label.as_ref()))
            .into_iter()
            .chain(labels)
            .filter(|(_, other, _)| other.file == span.file)
            .collect();
        let first = all.iter().map(|(_, span, _)| span.start).min();
        let last = all.iter().map(|(_, span, _)| span.start).max();
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        let Some(window) = self.window(span.file, first, last) else {
            return Origin::path(harmless(self.name(span.file))).into();
        };
        let is_short = window.len() <= LONGEST;
        // Of a line of which nothing is known its number says as much as a row of asterisks.
        let shown = if is_short {
            window.shown()
        } else {
            String::new()
        };
        if !shown.contains(char::is_alphanumeric) {
            let start = self.start(span);
            return Origin::path(harmless(self.name(span.file)))
                .line(start.line)
                .char_column(start.column)
                .into();
        }
        let mut snippet = Snippet::source(shown.clone())
            .path(harmless(self.name(span.file)))
            .line_start(window.line);
        for (kind, span, text) in all {
            let mut place = window.locate(span, &shown);
            // Of a place that spans lines the first is pointed at; the message names the thing.
            if let Some(end) = shown[place.clone()].find('\n') {
                place.end = place.start + shown[place.start..][..end].trim_end().len();
            }
            snippet = snippet.annotation(kind.span(place).label(text.map(|text| harmless(text))));
        }
        snippet.into()
    }
}

/// Octets between two places of a text beyond which the second is named instead of shown.
const FAR: usize = 4 << 10;

/// Whether a second place is so far from the first one that it is not shown with it.
fn is_far(diagnostic: &Diagnostic, label: &Label) -> bool {
    diagnostic.place.span().is_some_and(|first| {
        first.file == label.span.file && first.start.abs_diff(label.span.start) > FAR
    })
}

/// The text on one line and without characters that could steer the terminal.
fn harmless(text: &str) -> String {
    let replaced = |letter: char| match letter {
        '\n' => '␊',
        '\t' => ' ',
        letter if is_steering(letter) => char::REPLACEMENT_CHARACTER,
        letter => letter,
    };
    text.chars().map(replaced).collect()
}

#[cfg(test)]
mod tests {
    use snapbox::{assert_data_eq, str};

    use super::Style;
    use crate::diag::{Diagnostic, Place, Sources, Span};

    fn sources() -> Sources {
        let mut sources = Sources::new();
        sources.add(
            "server.yaml",
            "product: pfsense\r\nphase1:\r\n\t- aes265-sha256\r\npsk: hunter2 # x\r\n",
        );
        sources.add("client.ps1", "one\ntwo\n");
        for word in ["product", "pfsense", "phase1", "aes265-sha256"] {
            let start = sources.text(0).find(word).unwrap_or_default();
            sources.show_key(&Span::new(0, start..start + word.len()));
        }
        sources.show(&Span::new(1, 0..8));
        sources
    }

    fn span_of(word: &str) -> Span {
        let start = sources().text(0).find(word).unwrap();
        Span::new(0, start..start + word.len())
    }

    fn plain(diagnostic: &Diagnostic) -> String {
        sources().render(diagnostic, Style::Plain)
    }

    #[test]
    fn looks_like_the_compiler_of_rust() {
        let diagnostic = Diagnostic::error(
            "unknown-keyword",
            span_of("aes265"),
            "`aes265` is not an algorithm keyword",
        )
        .label("here")
        .context(span_of("phase1"), "in this list")
        .note("strongSwan knows 150 keywords")
        .help("did you mean `aes256`?");
        assert_data_eq!(
            plain(&diagnostic),
            str![[r#"
error[unknown-keyword]: `aes265` is not an algorithm keyword
 --> server.yaml:3:4
  |
2 | phase1:
  | ------ in this list
3 |     - aes265-sha256
  |       ^^^^^^ here
  |
  = note: strongSwan knows 150 keywords
  = help: did you mean `aes256`?

"#]]
        );
    }

    #[test]
    fn places_without_line_and_without_position_are_named() {
        let position = Place::Position(span_of("aes265"));
        let diagnostic = Diagnostic::warning("code", position, "cannot be read").help("do this");
        assert_data_eq!(
            plain(&diagnostic),
            str![[r#"
warning[code]: cannot be read
--> server.yaml:3:4
 = help: do this

"#]]
        );
        let diagnostic = Diagnostic::error("code", Place::File(0), "cannot be read");
        assert_data_eq!(
            plain(&diagnostic),
            str![[r#"
error[code]: cannot be read
--> server.yaml

"#]]
        );
    }

    #[test]
    fn a_second_file_is_shown_below_the_first() {
        let diagnostic = Diagnostic::error("code", span_of("pfsense"), "they differ")
            .context(Span::new(1, 4..7), "from this");
        assert_data_eq!(
            plain(&diagnostic),
            str![[r#"
error[code]: they differ
 --> server.yaml:1:10
  |
1 | product: pfsense
  |          ^^^^^^^
  |
 ::: client.ps1:2:1
  |
2 | two
  | --- from this

"#]]
        );
    }

    #[test]
    fn a_second_place_that_is_far_away_is_named() {
        let mut sources = Sources::new();
        let text = format!("first\n{}last\n", "x\n".repeat(10_000));
        let last = text.len() - 5;
        sources.add("f", &text);
        sources.show(&Span::new(0, 0..text.len()));
        let diagnostic = Diagnostic::error("code", Span::new(0, last..last + 4), "twice")
            .context(Span::new(0, 0..5), "the earlier one");
        let shown = sources.render(&diagnostic, Style::Plain);
        assert!(
            shown.contains("note: the earlier one: line 1, column 1"),
            "{shown}"
        );
        assert!(shown.lines().count() < 10, "{shown}");
    }

    #[test]
    fn secrets_and_escape_sequences_are_not_shown() {
        let mut sources = sources();
        sources.show_key(&span_of("psk"));
        let diagnostic = Diagnostic::error("code", span_of("psk"), "`\u{1b}[31m` is\nbad");
        assert_data_eq!(
            sources.render(&diagnostic, Style::Plain),
            str![[r#"
error[code]: `�[31m` is␊bad
 --> server.yaml:4:1
  |
4 | psk: ******* * *
  | ^^^

"#]]
        );
    }

    #[test]
    fn a_line_without_end_is_named_but_not_shown() {
        let mut sources = Sources::new();
        let text = format!("a\n{}aes265", "x".repeat(super::LONGEST));
        let file = sources.add("config.xml", &text);
        let span = Span::new(file, text.len() - 6..text.len());
        let rendered = sources.render(&Diagnostic::error("code", span, "bad"), Style::Plain);
        assert_data_eq!(
            rendered,
            str![[r#"
error[code]: bad
--> config.xml:2:16385

"#]]
        );
    }

    #[test]
    fn a_place_of_several_lines_is_pointed_at_by_its_first() {
        let diagnostic = Diagnostic::error("code", span_of("phase1:\r\n\t- aes"), "too long");
        assert_data_eq!(
            plain(&diagnostic),
            str![[r#"
error[code]: too long
 --> server.yaml:2:1
  |
2 | phase1:
  | ^^^^^^^

"#]]
        );
    }

    #[test]
    fn colours_are_escape_sequences_around_the_same_text() {
        let diagnostic = Diagnostic::error("code", span_of("pfsense"), "bad").help("do this");
        let coloured = sources().render(&diagnostic, Style::Coloured);
        assert!(coloured.contains("\u{1b}["));
        let mut stripped = String::new();
        for (place, part) in coloured.split('\u{1b}').enumerate() {
            let visible = part.split_once('m').filter(|_| place > 0);
            stripped.push_str(visible.map_or(part, |(_, visible)| visible));
        }
        assert_eq!(stripped, plain(&diagnostic));
    }
}
