//! Logs that show the newest line first, as some web pages do.

use std::time::Duration;

use super::head;
use crate::diagnose::Statement;
use crate::diagnose::event::{AttemptKey, Event, EventKind, Key, Witness};

/// So often the clock has to go back: once can be the log of another end behind the first one.
const OFTEN: usize = 2;

/// A larger step is midnight.
const HALF_A_DAY: Duration = Duration::from_secs(12 * 3600);

/// Whether the clock goes back from line to line. Numbers do not matter: lines without a time have no say.
pub(super) fn is_newest_first(lines: &[(u64, Vec<u8>)]) -> bool {
    let clocks = lines
        .iter()
        .filter_map(|(_, line)| head::clock(&String::from_utf8_lossy(line)));
    let (mut back, mut on) = (0_usize, 0_usize);
    let mut before: Option<Duration> = None;
    for clock in clocks {
        if let Some(before) = before.filter(|before| *before != clock) {
            let midnight = before.abs_diff(clock) > HALF_A_DAY;
            if (clock < before) == midnight {
                on += 1;
            } else {
                back += 1;
            }
        }
        before = Some(clock);
    }
    back >= OFTEN && back > 4 * on
}

/// Says that what follows is told in the order of time.
pub(super) fn turned() -> Event {
    Event {
        at: 0,
        time: None,
        text: String::new(),
        attempt_key: AttemptKey {
            witness: Witness::Unknown,
            stream: 0,
            key: Key::Open,
        },
        kind: EventKind::Statement(Statement::NewestFirst, None),
    }
}

#[cfg(test)]
mod tests {
    use super::is_newest_first;

    fn lines(clocks: &[&str]) -> Vec<(u64, Vec<u8>)> {
        let line = |clock: &&str| format!("Nov 29 {clock} gw charon: 05[IKE] x").into_bytes();
        (1..).zip(clocks.iter().map(line)).collect()
    }

    #[test]
    fn the_clock_says_in_which_order_lines_stand() {
        for (clocks, expected) in [
            (&["10:00:03", "10:00:02", "10:00:01"][..], true),
            (&["10:00:01", "10:00:01", "10:00:02"], false),
            // Another end's log behind the first one.
            (&["10:00:01", "10:00:05", "10:00:01", "10:00:05"], false),
            (&["10:00:05", "10:00:05", "10:00:04", "10:00:04"], false),
            // Midnight, in either direction.
            (&["23:59:58", "23:59:59", "00:00:01"], false),
            (&["00:00:02", "00:00:01", "23:59:59", "23:59:58"], true),
        ] {
            assert_eq!(is_newest_first(&lines(clocks)), expected, "{clocks:?}");
        }
    }
}
