//! Which entries a command is about: a name, a number, or what `[find …]` finds.

use super::script::Argument;
use super::{Item, Items};

/// What a command is about.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Selection {
    /// The entry that the router has by itself.
    Default,
    /// These entries, by their places.
    These(Vec<usize>),
    /// Nothing that is there.
    Nothing,
    /// Only the router knows.
    Unknown,
}

/// Menus in which a router has an entry by itself, which has the number 0.
const WITH_DEFAULT: &[&str] = &[
    "ip ipsec mode-config",
    "ip ipsec peer profile",
    "ip ipsec policy",
    "ip ipsec profile",
    "ip ipsec proposal",
];

impl Selection {
    /// What the first argument of a command selects of a menu; `raw` is how it is written.
    pub(super) fn of(menu: &str, items: &[Item], which: Option<&Argument>, raw: &str) -> Self {
        let Some(which) = which else {
            return Self::Nothing;
        };
        if let Some(inner) = raw.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            return Self::found(items, inner);
        }
        if which.is_computed {
            return Self::Unknown;
        }
        let mut all = Vec::new();
        for word in which.value.split(',') {
            match Self::of_word(menu, items, word) {
                Self::These(these) => all.extend(these),
                other => return other,
            }
        }
        // What is named twice is changed once.
        all.sort_unstable();
        all.dedup();
        Self::These(all)
    }

    fn of_word(menu: &str, items: &[Item], word: &str) -> Self {
        if let Some(place) = items.iter().position(|item| item.is_named(word)) {
            return Self::These(vec![place]);
        }
        let has_default = WITH_DEFAULT.contains(&menu);
        if word.starts_with('*') {
            return if has_default {
                Self::Default
            } else {
                Self::Unknown
            };
        }
        let Ok(number) = word.parse::<usize>() else {
            return match word {
                "default" if has_default => Self::Default,
                _ => Self::Nothing,
            };
        };
        let own = items
            .iter()
            .enumerate()
            .filter(|(_, item)| !item.is_default);
        let mut own = own.map(|(place, _)| place);
        let found = match (has_default, number) {
            (true, 0) => return Self::Default,
            (true, number) => own.nth(number - 1),
            (false, number) => own.nth(number),
        };
        found.map_or(Self::Nothing, |place| Self::These(vec![place]))
    }

    /// What `find` and its conditions find.
    fn found(items: &[Item], inner: &str) -> Self {
        let mut words = inner
            .split_whitespace()
            .skip_while(|it| it.starts_with('/') || *it != "find");
        if words.next() != Some("find") {
            return Self::Unknown;
        }
        let conditions: Vec<&str> = words.filter(|word| *word != "where").collect();
        let mut these: Vec<usize> = (0..items.len()).collect();
        let mut is_default = false;
        for condition in &conditions {
            let Some((key, value)) = condition.split_once('=') else {
                return Self::Unknown;
            };
            let value = value.trim_matches('"');
            let plain = |text: &str| {
                text.chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_./:".contains(c))
            };
            if !plain(key) || !plain(value) {
                return Self::Unknown;
            }
            let wanted = matches!(value, "yes" | "true");
            is_default |= key == "default" && wanted || key == "name" && value == "default";
            these.retain(|place| {
                items.get(*place).is_some_and(|item| match key {
                    "default" => item.is_default == wanted,
                    "dynamic" => !wanted,
                    "disabled" => item.is_disabled() == wanted,
                    "name" => item.is_named(value),
                    _ => item.value(key) == Some(value),
                })
            });
        }
        if these.is_empty() && is_default {
            return Self::Default;
        }
        Self::These(these)
    }
}

impl Items {
    /// The entry that the router has by itself, made where nothing was said of it yet.
    pub(super) fn default_of<'i>(
        items: &'i mut Vec<Item>,
        span: &crate::diag::Span,
    ) -> Option<&'i mut Item> {
        if !items.iter().any(|item| item.is_default) {
            items.push(Item {
                arguments: Vec::new(),
                span: span.clone(),
                is_default: true,
            });
        }
        items.iter_mut().find(|item| item.is_default)
    }
}

#[cfg(test)]
mod tests {
    use super::{Item, Selection};
    use crate::diag::Span;
    use crate::read::mikrotik::script::Argument;

    fn argument(key: &str, value: &str) -> Argument {
        let span = Span::new(0, 0..0);
        Argument {
            key: key.to_owned(),
            value: value.to_owned(),
            span: span.clone(),
            place: span,
            is_computed: value.is_empty(),
        }
    }

    #[test]
    fn entries_are_found_as_the_console_finds_them() {
        let item = |name: &str, is_default| Item {
            arguments: vec![argument("name", name), argument("dh-group", "ecp256")],
            span: Span::new(0, 0..0),
            is_default,
        };
        let items = [item("a", false), item("b", false)];
        let of = |menu: &str, raw: &str| {
            let value = if raw.starts_with('[') { "" } else { raw };
            Selection::of(menu, &items, Some(&argument("", value)), raw)
        };
        for (raw, expected) in [
            ("a", Selection::These(vec![0])),
            ("a,b", Selection::These(vec![0, 1])),
            ("b,a,b", Selection::These(vec![0, 1])),
            ("c", Selection::Nothing),
            ("0", Selection::Default),
            ("2", Selection::These(vec![1])),
            ("[find]", Selection::These(vec![0, 1])),
            ("[ find default=yes ]", Selection::Default),
            ("[find where name=\"b\"]", Selection::These(vec![1])),
            ("[find dh-group=ecp256 name=a]", Selection::These(vec![0])),
            ("[find name~\"a\"]", Selection::Unknown),
            ("[find where name=$x]", Selection::Unknown),
            ("[:pick $x 0]", Selection::Unknown),
        ] {
            assert_eq!(of("ip ipsec profile", raw), expected, "{raw}");
        }
        assert_eq!(of("ip ipsec peer", "0"), Selection::These(vec![0]));
        assert_eq!(of("ip ipsec peer", "*1"), Selection::Unknown);
    }
}
