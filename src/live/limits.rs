//! How much is sent, and how fast.

use std::time::Duration;

/// The limits of a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The least time between two packets.
    pub interval: Duration,
    /// The most packets.
    pub packets: u32,
    /// The longest time.
    pub duration: Duration,
}

impl Limits {
    /// Ten packets a second, in every mode.
    pub(crate) const INTERVAL: Duration = Duration::from_millis(100);

    /// Packets, unless told otherwise.
    pub const PACKETS: u32 = 1000;

    /// Time, unless told otherwise.
    pub const DURATION: Duration = Duration::from_secs(300);
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            interval: Self::INTERVAL,
            packets: Self::PACKETS,
            duration: Self::DURATION,
        }
    }
}

/// How long an answer is waited for, try by try, as clients do.
pub(crate) const PATIENCE: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// After so many silences in a row a run ends.
pub(crate) const MOST_SILENCES: usize = 3;

/// How long a server keeps an IKE SA that was begun and left; charon's default.
pub(crate) const HALF_OPEN: Duration = Duration::from_secs(30);

/// So many SAs may be left before that time is waited for.
pub(crate) const MOST_LEFT: usize = 2;
