//! Which IKEv2 clients reach which VPN servers, on which suite, and whether they keep the tunnel.
pub mod diag;
pub mod dialect;
pub mod ike;
pub mod peer;
pub mod yaml;
