//! The version of IKE that is history.

use crate::diag::Severity;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::server::IkeVersions;
use crate::peer::surface::ConfigSurface;

/// What `ikecompat explain ikev1-only` says.
pub(super) const IKEV1_ONLY: Rule = Rule {
    name: "ikev1-only",
    severity: Severity::Warning,
    documentation: "A connection takes IKEv1 only.\n\n\
        IKEv1 is historic, and its registries are closed (RFC 9395). Nothing is said about its \
        proposals here.\n\n\
        Move to IKEv2.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[IKEV1_ONLY],
    check,
};

/// [`IKEV1_ONLY`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    for (number, connection) in subject.server.connections.iter().enumerate() {
        if connection.versions == IkeVersions::Ikev1 && connection.not_loaded.is_none() {
            let message = format!("`{}` takes IKEv1 only", connection.name);
            let mut finding = IKEV1_ONLY
                .finding(message)
                .about(number)
                .at(connection.span.as_ref())
                .note("RFC 9395: IKEv1 is historic")
                .help(format!("use IKEv2: {}", how(subject)));
            let engine = subject.server.engine;
            if !subject.database.answers_ikev1(engine) {
                finding = finding.note(format!("{engine} answers no IKEv1 by default"));
            }
            found.push_at(format!("`{}`", connection.name), finding, Vec::new());
        }
    }
}

/// How the server's product is told to take version 2.
fn how(subject: &LintSubject<'_>) -> &'static str {
    match subject.server.surface() {
        ConfigSurface::Cisco => {
            "`crypto ikev2 profile` and `set ikev2-profile`; on an ASA `set ikev2 ipsec-proposal`"
        }
        ConfigSurface::Fortigate => "`set ike-version 2`",
        ConfigSurface::Iked => "`ikev2`",
        ConfigSurface::IpsecConf => "`keyexchange=ikev2`",
        ConfigSurface::Libreswan => "`ikev2=insist`",
        ConfigSurface::Mikrotik => "`exchange-mode=ike2`",
        ConfigSurface::Nixos => "`version = 2;`",
        ConfigSurface::Opnsense => "Version IKEv2",
        ConfigSurface::Pfsense => "Key Exchange version IKEv2 in phase 1",
        ConfigSurface::Rras => "the tunnel type IKEv2",
        ConfigSurface::Swanctl => "`version = 2`",
        ConfigSurface::Uci => "`option keyexchange 'ikev2'`",
        ConfigSurface::Vyos => "`set vpn ipsec ike-group NAME key-exchange ikev2`",
    }
}
