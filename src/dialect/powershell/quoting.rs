//! The characters that mean something in PowerShell, and names as arguments.

/// The five characters that PowerShell takes for a single quotation mark.
pub(crate) const SINGLE_QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201A}', '\u{201B}'];

/// A name as one argument, or `None` if it cannot stand on one line.
///
/// A plain word stays as it is; anything else goes into single quotation marks, inside which only
/// quotation marks are special and are doubled, each of the five (about_Quoting_Rules).
pub(crate) fn argument(name: &str) -> Option<String> {
    if name.is_empty() || name.chars().any(char::is_control) {
        return None;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let starts_plain = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if starts_plain && name.chars().all(plain) {
        return Some(name.to_owned());
    }
    let mut quoted = String::from("'");
    for c in name.chars() {
        quoted.push(c);
        if SINGLE_QUOTES.contains(&c) {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    Some(quoted)
}

/// The four characters that PowerShell takes for a double quotation mark.
pub(crate) const DOUBLE_QUOTES: [char; 4] = ['"', '\u{201C}', '\u{201D}', '\u{201E}'];

/// The four characters that PowerShell takes for the dash before a parameter's name.
pub(crate) const DASHES: [char; 4] = ['-', '\u{2013}', '\u{2014}', '\u{2015}'];

#[cfg(test)]
mod tests {
    use super::argument;

    #[test]
    fn names_are_quoted_safely() {
        assert_eq!(argument("atom-vpn").as_deref(), Some("atom-vpn"));
        assert_eq!(argument("Work VPN").as_deref(), Some("'Work VPN'"));
        assert_eq!(
            argument("Bob\u{2019}s").as_deref(),
            Some("'Bob\u{2019}\u{2019}s'")
        );
        assert_eq!(argument("$(calc)`").as_deref(), Some("'$(calc)`'"));
        assert_eq!(argument("-Force").as_deref(), Some("'-Force'"));
        assert_eq!(argument("1e3").as_deref(), Some("'1e3'"));
        assert_eq!(argument("two\nlines"), None);
        assert_eq!(argument(""), None);
    }
}
