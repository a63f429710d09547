//! What a word of an answer means for who reads it, whatever colour shows it.

/// Good, doubtful or bad. Every renderer shows it in its own way: an escape sequence, a class of
/// CSS, nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, strum::EnumIter)]
pub(crate) enum Tone {
    /// Neither: a name, or nothing to be judged.
    #[default]
    Neutral,
    /// It works, and nothing is to be done.
    Good,
    /// It is not known, or will not last.
    Doubtful,
    /// It fails, or should not be used.
    Bad,
}
