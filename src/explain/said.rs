//! Lines of a log, or a number of an error, as `diagnose` reads them.

use strum::EnumMessage as _;

use super::Article;
use crate::diagnose::event::{Direction, ProposalRole};
use crate::diagnose::stream::Stream;
use crate::diagnose::{Aid, Diagnosis, Event, EventKind, Statement};

/// What stands before a sentence in logs of programs that are read.
const LEADS: [&str; 4] = [
    "",
    "Nov 30 12:00:00 gw charon-systemd[1]: 05[IKE] ",
    "Nov 30 12:00:00 gw pluto[1]: \"c\"[1] 192.0.2.1 #1: ",
    "The error code returned on failure is ",
];

/// The longest text that is taken for lines of a log.
const LONGEST: usize = 4096;

/// The article of a sentence that decides something, of lines of a log, or of a number of an error.
pub(super) fn find(topic: &str) -> Option<Article> {
    if topic.len() < 3 || topic.len() > LONGEST {
        return None;
    }
    let is_number = topic.chars().all(|c| c.is_ascii_digit());
    let leads = LEADS.iter().filter(|lead| {
        let fits = !is_number || lead.ends_with("is ");
        fits && (lead.is_empty() || !topic.contains('\n'))
    });
    let read = leads.filter_map(|lead| read(lead, topic));
    // What decides something goes before what is known only.
    let mut articles: Vec<(bool, Article)> = read.collect();
    articles.sort_by_key(|(decides, _)| !decides);
    articles.into_iter().next().map(|(_, article)| article)
}

/// What a log of these words says, and whether it decides something.
fn read(lead: &str, topic: &str) -> Option<(bool, Article)> {
    let events = events(lead, topic);
    // A program's lines are known as its lines whatever they say.
    let of_any = self::events(lead, "zzz zzz");
    let is_known = |event: &&Event| {
        let is_of_any = of_any.iter().any(|other| says_the_same(event, other));
        // What is put behind words of the reader's own is not known to be a line of that program.
        !is_of_any && (lead.is_empty() || !is_vague(event))
    };
    let known: Vec<&Event> = events.iter().filter(is_known).collect();
    if known.is_empty() {
        return None;
    }
    let mut diagnosis = Diagnosis::new(Aid::default());
    events.iter().for_each(|event| diagnosis.take(event));
    let report = diagnosis.finish();
    let title = topic.to_owned();
    let Some(finding) = report.findings().first() else {
        // What is noted about a log as a whole is not true of a line that was taken out of one.
        let mut said: Vec<String> = known.iter().map(|event| meaning(event)).collect();
        said.dedup();
        let article = Article {
            title,
            paragraphs: vec![
                format!("What: {}", said.join(" ")),
                "Alone it decides nothing: `ikecompat diagnose FILE` reads it together with what stands before and \
                 after it."
                    .to_owned(),
            ],
            table: Vec::new(),
        };
        return Some((false, article));
    };
    let cause: &str = finding.cause.into();
    let article = Article {
        title,
        paragraphs: vec![
            format!("What: {}.", finding.message),
            format!("Fix: {}.", finding.fix),
            format!(
                "`ikecompat diagnose` takes a log of this alone for {cause}, {}; the whole log may say more. \
                 `ikecompat explain {cause}` has the background.",
                finding.confidence
            ),
        ],
        table: vec![("phase".to_owned(), finding.phase.to_string())],
    };
    Some((true, article))
}

/// Whether all that is known of a line is that it is one.
const fn is_vague(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::Statement(
            Statement::Complaint | Statement::NotRead | Statement::Other,
            _
        )
    )
}

/// What an event says. Of itself a program says *we*, of the other end *the peer*.
fn meaning(event: &Event) -> String {
    match &event.kind {
        EventKind::Statement(statement, _) => {
            let words = statement.get_documentation().unwrap_or_default();
            let ours = words.split_whitespace().collect::<Vec<_>>().join(" ");
            match ours.contains("We ") || ours.contains(" we ") || ours.contains(" us") {
                true => format!("{ours} (*We* is the program that wrote the line.)"),
                false => ours,
            }
        }
        EventKind::Message(message) => {
            let way = match message.direction {
                Direction::Sent => "was sent",
                Direction::Received => "was received",
                Direction::Seen => "went by",
            };
            let what = match (message.exchange, message.response) {
                (None, _) => "A packet".to_owned(),
                (Some(exchange), true) => format!("A response of {exchange}"),
                (Some(exchange), false) => format!("A request of {exchange}"),
            };
            format!("{what} {way}.")
        }
        EventKind::Proposals(ProposalRole::Received, _) => "What the initiator offers.".to_owned(),
        EventKind::Proposals(ProposalRole::Configured, _) => "What the responder has.".to_owned(),
        EventKind::Proposals(ProposalRole::Selected, _) => "What was chosen.".to_owned(),
        EventKind::Sighting(_) => "A packet went by that is no message of IKE.".to_owned(),
    }
}

/// What is said in a log of these words.
fn events(lead: &str, sentence: &str) -> Vec<Event> {
    let stop = if lead.is_empty() { "" } else { "." };
    let line = format!("{lead}{sentence}{stop}\n");
    let mut events = Vec::new();
    if let Ok(stream) = Stream::of(std::io::Cursor::new(line.into_bytes())) {
        // What cannot be read says nothing.
        let _ = stream.feed(&mut |event: &Event| events.push(event.clone()), &mut |_| {});
    }
    events
}

/// Whether two lines say the same, whatever names and numbers are in them.
fn says_the_same(one: &Event, other: &Event) -> bool {
    match (&one.kind, &other.kind) {
        (EventKind::Statement(one, _), EventKind::Statement(other, _)) => one == other,
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use strum::{EnumMessage as _, IntoEnumIterator as _};

    use super::find;
    use crate::diagnose::Statement;

    #[test]
    fn a_line_is_explained_and_nothing_is_said_of_a_log() {
        for line in [
            "sending packet: from 192.0.2.1[500] to 198.51.100.2[500] (36 bytes)",
            "giving up after 5 retransmits",
            "peer not responding, trying again (2/3)",
            "Nov 30 12:00:00 gw charon: 05[IKE] <c|1> initiating IKE_SA c[1] to 192.0.2.1",
        ] {
            let article = find(line).unwrap_or_else(|| panic!("{line}"));
            let text = article.paragraphs.join("\n");
            assert!(
                text.starts_with("What: ") && text.len() > 80,
                "{line}: {text}"
            );
            for of_a_log in ["charon-systemd[1]", "the log ends", "has no attempt", "zzz"] {
                assert!(!text.contains(of_a_log), "{line}: {text}");
            }
        }
        assert_eq!(find("The remote connection was not made"), None);
    }

    #[test]
    fn every_statement_is_told_in_words() {
        for statement in Statement::iter() {
            let words = statement.get_documentation().unwrap_or_default();
            assert!(
                words.ends_with('.') && words.contains(' '),
                "{statement:?}: {words}"
            );
        }
    }
}
