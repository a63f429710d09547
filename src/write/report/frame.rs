//! The first and the last line of a report for people.

use std::io::{self, Write};

use crate::answer::words::Frame;
use crate::write::text::wrap;

/// Writes the first line, with marks of its tone; `subject` is the file that it is about, or nothing.
pub fn headline(frame: &Frame, subject: &str, width: u16, out: &mut impl Write) -> io::Result<()> {
    let subject = match subject {
        "" => String::new(),
        subject => format!("{subject}: "),
    };
    writeln!(
        out,
        "{}",
        wrap(&frame.tone.marked(&frame.headline), width, &subject, 2)
    )
}

/// Writes the last line, apart from what stands above it.
pub fn next(frame: &Frame, width: u16, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n{}", wrap(&frame.next, width, "next: ", 6))
}
