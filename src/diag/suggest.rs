//! Wording that every message shares: quoting what the user wrote, naming the nearest right word.

/// Longest word that is quoted in full; names and algorithm lists of real files are shorter.
const LONGEST: usize = 60;

/// The user's own word in backticks, shortened if it is a novel.
pub fn quoted(word: &str) -> String {
    match word.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &word[..end]),
        None => format!("`{word}`"),
    }
}

/// The user's own word in backticks if it is a slip of one of `known`, else `instead`.
///
/// A word that is nothing known may be a secret in the wrong place. Two letters may be wrong, but
/// not more than half of the word.
pub fn quoted_or<'k>(
    word: &str,
    known: impl IntoIterator<Item = &'k str>,
    instead: &str,
) -> String {
    if is_slip(word, known) {
        quoted(word)
    } else {
        instead.to_owned()
    }
}

/// Whether the word is one of `known` or within two letters of it, or too short for a secret.
pub fn is_slip<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> bool {
    const MOST: usize = 2;
    const SHORT: usize = 3;
    if word.len() > LONGEST {
        return false;
    }
    let letters: Vec<_> = word.chars().flat_map(char::to_lowercase).collect();
    letters.len() <= SHORT
        || known.into_iter().any(|candidate| {
            let length = candidate.chars().count();
            if length.abs_diff(letters.len()) > MOST {
                return false;
            }
            let known: Vec<_> = candidate.chars().flat_map(char::to_lowercase).collect();
            let slips = distance(&letters, &known);
            slips <= MOST && slips * 2 <= length
        })
}

/// The words in backticks, joined as in "`a`, `b` or `c`".
pub fn any_of<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words: Vec<_> = words.into_iter().map(quoted).collect();
    super::or_list(&words)
}

/// The one of `known` that `word` most probably was meant to be, or `None` if nothing is near.
///
/// Upper and lower case do not count. Near is one slip in every three letters: a missing, extra,
/// wrong or swapped letter. Of several equally near words the one whose first other number is the nearest wins,
/// such as `ios-26` for `ios-27`, then the first.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word: Vec<_> = word.chars().flat_map(char::to_lowercase).collect();
    // Nothing of this length is a slip of the finger, and the table below is quadratic.
    if word.len() > LONGEST {
        return None;
    }
    let near = |candidate: &'k str| {
        let letters: Vec<_> = candidate.chars().flat_map(char::to_lowercase).collect();
        let allowed = word.len().max(letters.len()).div_ceil(3);
        let slips = distance(&word, &letters);
        let apart = apart(&numbers(&word), &numbers(&letters));
        (slips <= allowed && slips < letters.len()).then_some(((slips, apart), candidate))
    };
    known
        .into_iter()
        .filter_map(near)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The numbers of a word, as of a version.
fn numbers(word: &[char]) -> Vec<u64> {
    let runs = word.split(|c| !c.is_ascii_digit());
    let runs = runs.filter(|run| !run.is_empty());
    runs.filter_map(|run| run.iter().collect::<String>().parse().ok())
        .collect()
}

/// How far the first numbers are apart that differ.
fn apart(a: &[u64], b: &[u64]) -> u64 {
    let mut pairs = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
    pairs.find(|apart| *apart > 0).unwrap_or(0)
}

/// Number of slips between two words (Damerau-Levenshtein in its restricted form: a swap of
/// neighbours is one slip, and no letter is touched twice).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(letter != other);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == b[j - 1] && a[i - 1] == *other {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// A word of a command line, in quotation marks where a shell needs them.
pub fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@%:,=".contains(c);
    match word.chars().all(is_plain) && !word.is_empty() {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The name of a file as an argument is typed.
pub fn shell_file(name: &str) -> String {
    match name {
        "<stdin>" => "-".to_owned(),
        // It would be an option.
        _ if name.starts_with('-') => shell_word(&format!("./{name}")),
        _ => shell_word(name),
    }
}

#[cfg(test)]
mod tests {
    use super::{any_of, distance, nearest, quoted};

    #[test]
    fn a_slip_is_a_letter_missing_extra_wrong_or_swapped() {
        let slips = |a: &str, b: &str| {
            let letters = |word: &str| word.chars().collect::<Vec<_>>();
            distance(&letters(a), &letters(b))
        };
        assert_eq!(slips("", "abc"), 3);
        assert_eq!(slips("aes265", "aes256"), 1);
        assert_eq!(slips("encrytion", "encryption"), 1);
        assert_eq!(slips("sha2566", "sha256"), 1);
        assert_eq!(slips("kitten", "sitting"), 3);
    }

    #[test]
    fn only_near_words_are_suggested() {
        let known = ["phase1", "phase2", "product", "address", "nat"];
        assert_eq!(nearest("phase-1", known), Some("phase1"));
        assert_eq!(nearest("PHASE2", known), Some("phase2"));
        assert_eq!(nearest("adress", known), Some("address"));
        assert_eq!(nearest("password", known), None);
        assert_eq!(nearest("psk", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"x".repeat(1 << 20), known), None);
    }

    #[test]
    fn words_are_joined_and_shortened() {
        assert_eq!(any_of(["yes"]), "`yes`");
        assert_eq!(any_of(["yes", "no", "unknown"]), "`yes`, `no` or `unknown`");
        assert_eq!(quoted(&"é".repeat(61)), format!("`{}…`", "é".repeat(60)));
    }
}
