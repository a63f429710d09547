//! What can be written where a server is configured: whether a suite has words there, and which a
//! proposal has.

use crate::dialect::{
    cisco, fortios, iked, keyword, opnsense, pfsense, pluto, powershell, routeros, swan, vyos,
};
use crate::ike::{Proposal, Protocol, Suite};
use crate::peer::surface::ConfigSurface;

/// Whether the place has words for the suite.
pub(crate) fn expresses(surface: ConfigSurface, suite: &Suite) -> bool {
    match surface {
        ConfigSurface::Cisco => cisco::expresses(suite),
        ConfigSurface::Fortigate => fortios::expresses(suite),
        ConfigSurface::Iked => iked::proposal(&suite.to_proposal()).is_ok(),
        ConfigSurface::Libreswan => pluto::expresses(suite),
        ConfigSurface::Mikrotik => routeros::expresses(suite),
        ConfigSurface::Opnsense => opnsense::expresses(suite),
        ConfigSurface::Pfsense => pfsense::expresses(suite),
        ConfigSurface::Rras => powershell::expresses(suite),
        ConfigSurface::Vyos => vyos::expresses(suite),
        ConfigSurface::IpsecConf
        | ConfigSurface::Nixos
        | ConfigSurface::Swanctl
        | ConfigSurface::Uci => swan::write(&suite.to_proposal()).is_some(),
    }
}

/// A proposal in the words of the place; in keywords where it has menus for each algorithm instead.
pub(crate) fn spelling(surface: ConfigSurface, proposal: &Proposal) -> String {
    let own = match surface {
        ConfigSurface::Libreswan => pluto::write(proposal),
        ConfigSurface::Iked => iked::proposal(proposal).ok(),
        ConfigSurface::Opnsense => opnsense::value(&only_suite(proposal)).ok(),
        ConfigSurface::Cisco
        | ConfigSurface::Fortigate
        | ConfigSurface::IpsecConf
        | ConfigSurface::Mikrotik
        | ConfigSurface::Nixos
        | ConfigSurface::Pfsense
        | ConfigSurface::Rras
        | ConfigSurface::Swanctl
        | ConfigSurface::Uci
        | ConfigSurface::Vyos => None,
    };
    own.unwrap_or_else(|| keyword::of_proposal(proposal))
}

/// The suite of a proposal that allows one, its groups apart.
pub(crate) fn only_suite(proposal: &Proposal) -> Suite {
    let protocol = proposal.protocol();
    let all = proposal.transforms().iter().copied();
    let kept = all.filter(|t| protocol == Protocol::Ike || !t.kind.is_key_exchange());
    Suite::of(protocol, kept)
}
