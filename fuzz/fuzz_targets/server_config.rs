//! Input as the configuration of a server, in the format that the first byte chooses or the content shows.
#![no_main]

use ikecompat::answer::{Question, ServerInput, ServerText, ask, words};
use ikecompat::diag::{Sources, Style};
use ikecompat::profile::Database;
use ikecompat::format::Format;
use libfuzzer_sys::fuzz_target;
use strum::IntoEnumIterator as _;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else {
        return;
    };
    let chosen = usize::from(*choice).checked_sub(1);
    let text = ServerText {
        format: chosen.and_then(|place| Format::iter().nth(place)),
        ..ServerText::new("input", bytes)
    };
    let database = Database::builtin();
    let policy = database.policy("rfc8247").expect("it is built in");
    let mut sources = Sources::new();
    let question = Question::new(ServerInput::Text(text), &policy);
    match ask(&question, &database, &mut sources) {
        Ok(answer) => {
            let _ = words::failures(&answer);
            for finding in answer.reading.iter().chain(&answer.findings) {
                let _ = sources.render(&finding.diagnostic, Style::Plain);
            }
        }
        Err(diagnostics) => {
            for diagnostic in &diagnostics {
                let _ = sources.render(diagnostic, Style::Plain);
            }
        }
    }
});
