//! When a server gives up an SA that nobody renews.

use std::time::Duration;

use super::{Child, Connection};

/// When a server gives up an SA that nobody renews.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum HardLifetime {
    /// So long after it was made.
    After(Duration),
    /// Never.
    Endless,
    /// Nobody said.
    #[default]
    Unknown,
}

/// The shortest hard lifetime at which an SA that is renewed after `interval` is not lost: a tenth
/// longer, in whole minutes.
pub(crate) fn outlasting(interval: Duration) -> Duration {
    let seconds = interval.as_secs();
    Duration::from_secs((seconds + seconds / 10).div_ceil(60) * 60)
}

/// When a server asks for a new authentication, and ends an IKE SA that got none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReauthenticationTimes {
    /// It asks so long after the last one at the earliest,
    pub earliest: Duration,
    /// at the latest,
    pub latest: Duration,
    /// and ends the IKE SA after so long at the latest.
    pub end: Duration,
}

/// The hard lifetimes of a product where its file does not say.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct DefaultLifetimes {
    /// Of child SAs, where nothing is written.
    pub child: Option<Duration>,
    /// Of the IKE SA, where nothing is written.
    pub ike: Option<Duration>,
    /// The hard lifetime in percent of the time at which the server asks for new keys, where only
    /// that is written.
    pub percent_of_rekey: Option<u32>,
    /// A server that never asks for new keys never gives an SA up either, whatever is written.
    pub none_without_rekey: bool,
}

impl DefaultLifetimes {
    /// When the server gives up a child SA.
    pub(crate) fn of_child(&self, connection: &Connection, child: &Child) -> HardLifetime {
        let rekey = child.rekey.as_ref().map(|written| written.value);
        let written = child.lifetime.as_ref().map(|written| written.value);
        self.hard(written, rekey.or(connection.rekey.child), self.child)
    }

    /// When the server gives up the IKE SA.
    pub(crate) fn of_ike(&self, connection: &Connection) -> HardLifetime {
        let written = connection.lifetime.as_ref().map(|written| written.value);
        self.hard(written, connection.rekey.ike, self.ike)
    }

    /// When the server asks for a new authentication, at the earliest and at the latest, and when
    /// it ends an IKE SA that got none, at the latest; `None` if it never asks.
    pub(crate) fn of_reauthentication(
        &self,
        connection: &Connection,
    ) -> Option<ReauthenticationTimes> {
        let latest = connection.reauthentication.as_ref()?.after;
        let written = connection.lifetime.as_ref().map(|written| written.value);
        let by_percent = self.percent_of_rekey.map(|percent| latest * percent / 100);
        let end = written.or(by_percent).or(self.ike)?;
        // What is subtracted at random is at most what is left behind it, by the defaults.
        let over = end.saturating_sub(latest);
        Some(ReauthenticationTimes {
            earliest: latest.saturating_sub(over),
            latest,
            end,
        })
    }

    fn hard(
        &self,
        written: Option<Duration>,
        rekey: Option<Duration>,
        default: Option<Duration>,
    ) -> HardLifetime {
        if self.none_without_rekey && rekey == Some(Duration::ZERO) {
            return HardLifetime::Endless;
        }
        let after = |time: Duration| match time {
            Duration::ZERO => HardLifetime::Endless,
            time => HardLifetime::After(time),
        };
        match (written, rekey, self.percent_of_rekey) {
            (Some(written), ..) => after(written),
            (None, Some(rekey), Some(percent)) => after(rekey.saturating_mul(percent) / 100),
            (None, _, _) => match (default, rekey) {
                // A lifetime that ends before new keys are asked for is not what anybody set.
                (Some(default), Some(rekey)) if rekey >= default => HardLifetime::Unknown,
                (Some(default), _) => HardLifetime::After(default),
                (None, _) => HardLifetime::Unknown,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{DefaultLifetimes, HardLifetime};

    const fn seconds(time: u64) -> Option<Duration> {
        Some(Duration::from_secs(time))
    }

    const fn after(time: u64) -> HardLifetime {
        HardLifetime::After(Duration::from_secs(time))
    }

    #[test]
    fn what_is_not_written_follows_from_the_product() {
        let swanctl = DefaultLifetimes {
            child: seconds(3960),
            percent_of_rekey: Some(110),
            ..DefaultLifetimes::default()
        };
        let pfsense = DefaultLifetimes {
            child: seconds(3600),
            ..DefaultLifetimes::default()
        };
        let starter = DefaultLifetimes {
            none_without_rekey: true,
            ..pfsense
        };
        for (product, written, rekey, expected) in [
            (swanctl, None, None, after(3960)),
            (swanctl, None, seconds(1000), after(1100)),
            (swanctl, None, seconds(0), HardLifetime::Endless),
            (swanctl, seconds(600), seconds(0), after(600)),
            (pfsense, None, seconds(0), after(3600)),
            (pfsense, None, seconds(3240), after(3600)),
            (pfsense, None, seconds(7200), HardLifetime::Unknown),
            (starter, seconds(600), seconds(0), HardLifetime::Endless),
            (
                DefaultLifetimes::default(),
                None,
                None,
                HardLifetime::Unknown,
            ),
        ] {
            assert_eq!(product.hard(written, rekey, product.child), expected);
        }
    }
}
