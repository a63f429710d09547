//! A sentence or number of a log, as `diagnose` reads it.

use super::Article;
use crate::diagnose::stream::Stream;
use crate::diagnose::{Aid, Diagnosis, Event, EventKind};

/// What stands before a sentence in logs of programs that are read.
const LEADS: [&str; 4] = [
    "",
    "Nov 30 12:00:00 gw charon-systemd[1]: 05[IKE] ",
    "Nov 30 12:00:00 gw pluto[1]: \"c\"[1] 192.0.2.1 #1: ",
    "The error code returned on failure is ",
];

/// The article of a sentence that decides something, or of a number of an error.
pub(super) fn find(topic: &str) -> Option<Article> {
    if topic.len() < 3 || topic.contains('\n') {
        return None;
    }
    let is_number = topic.chars().all(|c| c.is_ascii_digit());
    let leads = LEADS
        .iter()
        .filter(|lead| !is_number || lead.ends_with("is "));
    let read = leads.filter_map(|lead| read(lead, topic));
    // What decides something goes before what is known only.
    let mut articles: Vec<(bool, Article)> = read.collect();
    articles.sort_by_key(|(decides, _)| !decides);
    articles.into_iter().next().map(|(_, article)| article)
}

/// What a log of this one line says, and whether it decides something.
fn read(lead: &str, topic: &str) -> Option<(bool, Article)> {
    let events = events(lead, topic);
    // A program's lines are known as its lines whatever they say.
    let of_any = self::events(lead, "zzz zzz");
    let is_known = |event: &Event| of_any.iter().all(|other| !says_the_same(event, other));
    if !events.iter().any(is_known) {
        return None;
    }
    let mut diagnosis = Diagnosis::new(Aid::default());
    events.iter().for_each(|event| diagnosis.take(event));
    let report = diagnosis.finish();
    let title = topic.to_owned();
    let Some(finding) = report.findings().first() else {
        let mut paragraphs = vec![
            "A line of a log that `ikecompat diagnose` knows. Alone it decides nothing: what stands before and after it \
             does."
                .to_owned(),
        ];
        paragraphs.extend(report.notes().iter().map(|note| note.text.clone()));
        let article = Article {
            title,
            paragraphs,
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
                "`ikecompat diagnose` takes a log of this one line for {cause}, {}; the whole log may say more. \
                 `ikecompat explain {cause}` has the background.",
                finding.confidence
            ),
        ],
        table: vec![("phase".to_owned(), finding.phase.to_string())],
    };
    Some((true, article))
}

/// What is said in a log of one line.
fn events(lead: &str, sentence: &str) -> Vec<Event> {
    let line = format!("{lead}{sentence}.\n");
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
