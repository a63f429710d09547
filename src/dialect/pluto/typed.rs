//! The parts of a proposal that name their transform type, which came with libreswan 5.4:
//! `aes256-sha2_256-dh19;addke1=ml_kem_768+none`.

use std::ops::Range;

use crate::ike::TransformType;

/// A part that names its type.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Typed {
    /// The type, or `None` if there is no type of this name.
    pub(super) kind: Option<TransformType>,
    /// Octets of the name.
    pub(super) name: Range<usize>,
    /// Octets of the algorithms, joined by `+`.
    pub(super) list: Range<usize>,
}

/// Splits the parts that name their type from the end of a proposal.
pub(super) fn split(text: &str) -> (&str, Vec<Typed>) {
    let mut typed = Vec::new();
    let mut positional = text.len();
    let mut end = text.len();
    for (at, _) in text.rmatch_indices(';') {
        let part = text.get(at + 1..end).unwrap_or_default();
        let Some((name, _)) = part.split_once('=') else {
            break;
        };
        let start = at + 1;
        typed.push(Typed {
            kind: kind(name),
            name: start..start + name.len(),
            list: start + name.len() + 1..end,
        });
        positional = at;
        end = at;
    }
    typed.reverse();
    (text.get(..positional).unwrap_or_default(), typed)
}

fn kind(name: &str) -> Option<TransformType> {
    let name = name.to_ascii_lowercase();
    Some(match name.as_str() {
        "prf" => TransformType::PRF,
        "integ" => TransformType::INTEG,
        "ke" => TransformType::KE,
        _ => {
            let round = name.strip_prefix("addke")?;
            let digit = round.len() == 1;
            TransformType::additional(round.parse().ok().filter(|_| digit)?)?
        }
    })
}

/// The name of an additional key exchange before `=`.
pub(super) fn name(kind: TransformType) -> Option<String> {
    Some(format!("addke{}", kind.additional_round()?))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn parts_that_name_their_type_stand_behind_the_others() {
        let (head, typed) = split("aes256;dh19;addke1=ml_kem_768+none;ke=dh20");
        assert_eq!((head, typed.len()), ("aes256;dh19", 2));
        assert_eq!(typed[0].kind.unwrap().additional_round(), Some(1));
        assert_eq!(typed[0].list, 19..34);
        assert_eq!(split("aes256;dh19"), ("aes256;dh19", Vec::new()));
        let (_, typed) = split("aes;addke8=dh19");
        assert_eq!(typed[0].kind, None);
    }
}
