//! Which IKEv2 clients reach which VPN servers, and how well.
