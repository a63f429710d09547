//! Sets of octets of a text.

use std::collections::BTreeMap;
use std::ops::Range;

/// Octets of a text, as ranges that neither meet nor overlap.
///
/// Adding a range costs the logarithm of their number, in whatever order they come.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranges {
    /// The end of each range by its start.
    ends: BTreeMap<usize, usize>,
}

impl Ranges {
    /// Adds the octets of `range`.
    pub(super) fn add(&mut self, range: Range<usize>) {
        let Range { mut start, mut end } = range;
        if start >= end {
            return;
        }
        if let Some((&before, &its_end)) = self.ends.range(..=start).next_back()
            && its_end >= start
        {
            start = before;
            end = end.max(its_end);
        }
        while let Some((&next, &its_end)) = self.ends.range(start..=end).next() {
            self.ends.remove(&next);
            end = end.max(its_end);
        }
        self.ends.insert(start, end);
    }

    /// Whether the octet at `place` is one of them.
    pub(super) fn contains(&self, place: usize) -> bool {
        let before = self.ends.range(..=place).next_back();
        before.is_some_and(|(_, end)| *end > place)
    }
}

#[cfg(test)]
mod tests {
    use super::Ranges;

    #[test]
    fn ranges_may_overlap_and_come_in_any_order() {
        let mut ranges = Ranges::default();
        for range in [5..6, 0..2, 1..3, 6..7, 0..1, 4..4, 10..12, 8..20] {
            ranges.add(range);
        }
        let inside: Vec<_> = (0..22).filter(|place| ranges.contains(*place)).collect();
        let expected: Vec<_> = (0..3).chain(5..7).chain(8..20).collect();
        assert_eq!(inside, expected);
        assert_eq!(ranges.ends.len(), 3);
    }
}
