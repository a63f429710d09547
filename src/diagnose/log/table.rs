//! Phrases that programs write, and the statements they make.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::diagnose::Statement;

/// Where in a message a phrase has to stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum At {
    /// At its beginning.
    Start,
    /// Anywhere.
    Within,
}

/// What of the message is the name, address or number in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Detail {
    /// Nothing.
    None,
    /// The first text in quotation marks behind the phrase.
    Quoted,
    /// All that follows the phrase.
    Rest,
    /// The word that follows the phrase.
    Word,
    /// All that precedes the phrase.
    Before,
}

impl Detail {
    /// By its word in a table of phrases.
    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "-" => Self::None,
            "quoted" => Self::Quoted,
            "rest" => Self::Rest,
            "word" => Self::Word,
            "before" => Self::Before,
            _ => return None,
        })
    }
}

/// A phrase.
#[derive(Clone, Copy, Debug)]
struct Phrase {
    text: &'static str,
    at: At,
    statement: Statement,
    detail: Detail,
}

/// A phrase at the beginning of a message.
#[cfg(test)]
const fn starts(text: &'static str, statement: Statement, detail: Detail) -> Phrase {
    Phrase {
        text,
        at: At::Start,
        statement,
        detail,
    }
}

/// A phrase anywhere in a message.
#[cfg(test)]
const fn within(text: &'static str, statement: Statement, detail: Detail) -> Phrase {
    Phrase {
        text,
        at: At::Within,
        statement,
        detail,
    }
}

/// All phrases of one program.
#[derive(Debug)]
pub(super) struct Table {
    phrases: Vec<Phrase>,
    automaton: Option<AhoCorasick>,
}

impl Table {
    /// The table in a text of this form, a phrase a line: statement, detail, phrase in quotation marks,
    /// behind `^` if a message has to begin with it. Where several match at one place, the longest counts. What
    /// cannot be read is left out; a test reads all.
    pub(super) fn parse(text: &'static str) -> Self {
        Self::of(text.lines().filter_map(row).collect())
    }

    fn of(phrases: Vec<Phrase>) -> Self {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(phrases.iter().map(|phrase| phrase.text));
        Self {
            phrases,
            automaton: automaton.ok(), // never fails for lists of this size; a test builds them
        }
    }

    /// The statement of a message.
    pub(super) fn find<'m>(&self, message: &'m str) -> Option<(Statement, Option<&'m str>)> {
        let automaton = self.automaton.as_ref()?;
        automaton.find_iter(message).find_map(|found| {
            let phrase = &self.phrases[found.pattern().as_usize()];
            let stands = phrase.at == At::Within || found.start() == 0;
            let context = (&message[..found.start()], &message[found.end()..]);
            stands.then(|| (phrase.statement, detail(phrase.detail, context)))
        })
    }
}

/// A line of a table.
fn row(line: &'static str) -> Option<Phrase> {
    let (head, rest) = line.split_once('"')?;
    let text = rest.trim_end().strip_suffix('"')?;
    let mut words = head.split_whitespace();
    let statement = words.next()?.parse().ok()?;
    let detail = Detail::named(words.next()?)?;
    let at = match words.next() {
        Some("^") => At::Start,
        None => At::Within,
        Some(_) => return None,
    };
    Some(Phrase {
        text,
        at,
        statement,
        detail,
    })
}

fn detail<'m>(detail: Detail, (before, after): (&'m str, &'m str)) -> Option<&'m str> {
    let text = match detail {
        Detail::None => return None,
        Detail::Quoted => {
            let mark = after.find(['\'', '"'])?;
            let (quote, rest) = (after.as_bytes()[mark], &after[mark + 1..]);
            rest.split(char::from(quote)).next()?
        }
        Detail::Rest => after,
        Detail::Word => after.split_whitespace().next()?,
        Detail::Before => before,
    };
    let text = text.trim().trim_end_matches(['.', ',']);
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{Detail, Table, starts, within};
    use crate::diagnose::Statement;

    /// Lines that are no comment and no phrase would be left out in silence.
    #[test]
    fn tables_are_read_to_their_last_line() {
        for (program, text) in super::super::PHRASES {
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                assert!(
                    line.starts_with('#') || super::row(line).is_some(),
                    "{program}: {line}"
                );
            }
            let table = Table::parse(text);
            assert!(
                table.automaton.is_some() && !table.phrases.is_empty(),
                "{program}"
            );
        }
    }

    #[test]
    fn the_longest_phrase_at_its_place_counts() {
        let phrases = vec![
            starts("giving up", Statement::Other, Detail::None),
            starts("giving up after", Statement::GaveUp, Detail::Word),
            within("found for", Statement::NoSharedKey, Detail::Quoted),
            within("is initiating", Statement::PeerInitiating, Detail::Before),
        ];
        let table = Table::of(phrases);
        let found = |message| table.find(message);
        assert_eq!(
            found("giving up after 5 retransmits"),
            Some((Statement::GaveUp, Some("5")))
        );
        assert_eq!(found("not giving up after 5"), None);
        assert_eq!(
            found("no key found for 'a b' - 'c'"),
            Some((Statement::NoSharedKey, Some("a b")))
        );
        assert_eq!(
            found("192.0.2.1 is initiating an IKE_SA"),
            Some((Statement::PeerInitiating, Some("192.0.2.1")))
        );
    }
}
