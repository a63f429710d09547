//! The files that a settings file includes.

use super::Value;
use crate::diag::{Diagnostic, Sources};
use crate::read::context::NotOpened;
use crate::read::{ReadCode, ReadContext};

/// strongSwan follows no more includes inside each other (`parser_helper.c`).
pub(super) const MAX_LEVEL: usize = 10;

/// What all included files may hold together.
const MAX_OCTETS: usize = 64 << 20;

/// More files are not included.
const MAX_FILES: usize = 10_000;

/// More patterns are not followed; each costs a look into folders.
const MAX_PATTERNS: usize = 2_000;

/// What has been included so far.
#[derive(Default)]
pub(in crate::read) struct Included {
    bytes: usize,
    files: usize,
    patterns: usize,
    /// Numbers of the texts that are being read, outermost first.
    pub(in crate::read) open: Vec<usize>,
}

/// Files that packages include in what they install, and that hold nothing unless somebody asked the
/// package to: the last line of the `ipsec.conf` of Debian's and Ubuntu's strongswan-starter.
const STOCK: [&str; 1] = ["/var/lib/strongswan/ipsec.conf.inc"];

/// Opens the files that `pattern` names, and numbers their texts; what is wrong goes to `diagnostics`.
pub(in crate::read) fn open(
    pattern: &Value,
    sources: &mut Sources,
    context: &ReadContext<'_>,
    included: &mut Included,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<usize> {
    let file = pattern.span().file;
    let place = pattern.span();
    if pattern.is_empty() {
        let message = "`include` names no file";
        diagnostics.push(Diagnostic::warning(ReadCode::NotIncluded, place, message));
        return Vec::new();
    }
    included.patterns += 1;
    if included.patterns > MAX_PATTERNS {
        if included.patterns == MAX_PATTERNS + 1 {
            let message = format!("there are more than {MAX_PATTERNS} includes");
            diagnostics.push(Diagnostic::error(ReadCode::NotIncluded, place, message));
        }
        return Vec::new();
    }
    if included.open.len() >= MAX_LEVEL {
        let message = "this file is included in the tenth level";
        diagnostics.push(
            Diagnostic::warning(ReadCode::NotIncluded, place, message)
                .note(format!("includes below {MAX_LEVEL} levels are ignored"))
                .help("look for files that include each other"),
        );
        return Vec::new();
    }
    let opened = match context.files.open(sources.name(file), pattern) {
        Ok(opened) => opened,
        Err(why) => {
            if !STOCK.contains(&&**pattern) {
                diagnostics.push(refused(pattern, &why));
            }
            return Vec::new();
        }
    };
    let mut numbers = Vec::new();
    for one in opened {
        if included
            .open
            .iter()
            .any(|number| sources.name(*number) == one.name)
        {
            let message = "the file is included in itself";
            diagnostics.push(
                Diagnostic::warning(ReadCode::NotIncluded, place, message)
                    .help("remove this line, or narrow the pattern"),
            );
            continue;
        }
        included.bytes += one.bytes.len();
        included.files += 1;
        if included.bytes > MAX_OCTETS || included.files > MAX_FILES {
            let message = format!(
                "more than {MAX_FILES} files or {} MiB are included",
                MAX_OCTETS >> 20
            );
            diagnostics.push(Diagnostic::error(ReadCode::NotIncluded, place, message));
            break;
        }
        match sources.add_octets(one.name, &one.bytes) {
            Ok(number) => numbers.push(number),
            Err(unreadable) => diagnostics.extend(unreadable),
        }
    }
    numbers
}

/// Why the files of a pattern could not be had.
fn refused(pattern: &Value, why: &NotOpened) -> Diagnostic {
    // The name is not repeated: where quotation marks are missing, it may be anything.
    let place = pattern.span();
    match why {
        NotOpened::Outside => {
            let message = "an included file lies outside of the folder of the file that is read";
            Diagnostic::error(ReadCode::NotIncluded, place, message)
                .note("what it configures would be missing from the answer")
                .help("allow it with `--include-anywhere`")
        }
        NotOpened::Failed(reason) => {
            let message = format!("a file cannot be included: {reason}");
            Diagnostic::warning(ReadCode::NotIncluded, place, message)
                .note("the daemon goes on without it")
        }
        NotOpened::Nowhere => {
            let message = "nothing is included: standard input has no folder";
            Diagnostic::warning(ReadCode::NotIncluded, place, message)
                .help("name the file on the command line instead")
        }
    }
}
