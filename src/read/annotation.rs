//! What a comment says of the daemon that a file is for: `# ikecompat: built-with(modp1024)`.

use crate::dialect::swan;
use crate::ike::Transform;

/// What begins such a comment, behind the sign of a comment.
const MARK: &str = "ikecompat: built-with(";

/// The algorithms that a comment names.
///
/// `None` if the comment names none, or one that is none.
pub(crate) fn algorithms(comment: &str) -> Option<Vec<Transform>> {
    let (_, rest) = comment.split_once(MARK)?;
    let (list, _) = rest.split_once(')')?;
    let words = list.split(',').map(str::trim);
    words.map(swan::keyword).collect()
}

/// The algorithms that the build of the daemon has although its version lacks them.
pub(crate) fn built_with(text: &str) -> impl Iterator<Item = Transform> + '_ {
    let comment = |line: &str| {
        let (before, _) = line.split_once(MARK)?;
        let is_comment = before.trim_end().ends_with(['#', ';', '-', '/']);
        is_comment.then(|| algorithms(line))?
    };
    text.lines().filter_map(comment).flatten()
}

#[cfg(test)]
mod tests {
    use super::built_with;

    #[test]
    fn only_comments_say_it() {
        for (text, expected) in [
            ("# ikecompat: built-with(modp1024)\nconn a\n", 1),
            ("conn a # ikecompat: built-with(modp1024, aes256)\n", 2),
            ("<!-- ikecompat: built-with(modp1024) -->", 1),
            ("conn ikecompat: built-with(modp1024)\n", 0),
            ("# ikecompat: built-with(modp)\n", 0),
            ("# ikecompat: built-with(\n", 0),
        ] {
            assert_eq!(built_with(text).count(), expected, "{text}");
        }
    }
}
