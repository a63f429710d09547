//! The commands that configure Windows, their parameters, and how PowerShell finds a parameter by
//! a part of its name.
//!
//! Parameters and positions: Microsoft's pages of the modules VpnClient and RemoteAccess for Windows
//! Server 2022 and 2025, and for `Set-VpnServerIPsecConfiguration` those of Windows Server 2012.

use strum::{Display, EnumIter, IntoEnumIterator as _};

/// A command.
#[derive(Clone, Copy, Debug, Display, EnumIter, Eq, Hash, PartialEq)]
pub(crate) enum Command {
    /// Makes a connection.
    #[strum(serialize = "Add-VpnConnection")]
    AddVpnConnection,
    /// Changes a connection.
    #[strum(serialize = "Set-VpnConnection")]
    SetVpnConnection,
    /// Gives a connection a policy of its own.
    #[strum(serialize = "Set-VpnConnectionIPsecConfiguration")]
    SetVpnConnectionIPsecConfiguration,
    /// Gives the server a policy, since Windows Server 2012 R2.
    #[strum(serialize = "Set-VpnServerConfiguration")]
    SetVpnServerConfiguration,
    /// Gives the server a policy; the older command.
    #[strum(serialize = "Set-VpnServerIPsecConfiguration")]
    SetVpnServerIPsecConfiguration,
}

/// Whether a parameter stands alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Takes {
    /// No parameter has to be given.
    Nothing,
    /// A value follows.
    Value,
}

/// A parameter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Named {
    /// Its name.
    pub name: &'static str,
    /// Its other names.
    pub aliases: &'static [&'static str],
    /// Whether a value follows.
    pub takes: Takes,
    /// The place of its value among those that are given without a name, from 1.
    pub position: Option<u8>,
}

/// Why a name is that of no parameter.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Unbound {
    /// Several names begin with it.
    Ambiguous(Vec<&'static str>),
    /// No parameter of this name exists.
    Unknown,
}

const fn value(name: &'static str) -> Named {
    Named {
        name,
        aliases: &[],
        takes: Takes::Value,
        position: None,
    }
}

const fn at(name: &'static str, position: u8) -> Named {
    Named {
        position: Some(position),
        ..value(name)
    }
}

const fn switch(name: &'static str) -> Named {
    Named {
        takes: Takes::Nothing,
        ..value(name)
    }
}

const fn also(named: Named, aliases: &'static [&'static str]) -> Named {
    Named { aliases, ..named }
}

/// What every command has, from about_CommonParameters and the CIM commands.
const COMMON: &[Named] = &[
    switch("AsJob"),
    also(value("CimSession"), &["Session"]),
    also(switch("Confirm"), &["cf"]),
    also(switch("Debug"), &["db"]),
    also(value("ErrorAction"), &["ea"]),
    also(value("ErrorVariable"), &["ev"]),
    also(value("InformationAction"), &["infa"]),
    also(value("InformationVariable"), &["iv"]),
    also(value("OutBuffer"), &["ob"]),
    also(value("OutVariable"), &["ov"]),
    switch("PassThru"),
    also(value("PipelineVariable"), &["pv"]),
    value("ThrottleLimit"),
    also(switch("Verbose"), &["vb"]),
    also(value("WarningAction"), &["wa"]),
    also(value("WarningVariable"), &["wv"]),
    also(switch("WhatIf"), &["wi"]),
];

const POLICY: &[Named] = &[
    also(at("ConnectionName", 1), &["Name"]),
    at("AuthenticationTransformConstants", 2),
    at("CipherTransformConstants", 3),
    at("DHGroup", 4),
    at("EncryptionMethod", 5),
    at("IntegrityCheckMethod", 6),
    at("PfsGroup", 7),
    switch("AllUserConnection"),
    switch("Force"),
    switch("RevertToDefault"),
];

const CONNECTION: &[Named] = &[
    also(at("Name", 1), &["ConnectionName"]),
    also(at("ServerAddress", 2), &["ServerName", "DefaultServer"]),
    at("TunnelType", 3),
    at("EncryptionLevel", 4),
    at("AuthenticationMethod", 5),
    switch("AllUserConnection"),
    value("CustomConfiguration"),
    value("DnsSuffix"),
    value("EapConfigXmlStream"),
    switch("Force"),
    value("IdleDisconnectSeconds"),
    value("L2tpPsk"),
    value("MachineCertificateEKUFilter"),
    value("MachineCertificateIssuerFilter"),
    value("PlugInApplicationID"),
    switch("RememberCredential"),
    value("ServerList"),
    switch("SplitTunneling"),
    switch("UseWinlogonCredential"),
];

/// As [`CONNECTION`], where three switches take a value and only the first two have a position
/// that is known.
const CHANGE: &[Named] = &[
    also(at("Name", 1), &["ConnectionName"]),
    also(at("ServerAddress", 2), &["ServerName", "DefaultServer"]),
    value("TunnelType"),
    value("EncryptionLevel"),
    value("AuthenticationMethod"),
    switch("AllUserConnection"),
    value("CustomConfiguration"),
    value("DnsSuffix"),
    value("EapConfigXmlStream"),
    switch("Force"),
    value("IdleDisconnectSeconds"),
    value("L2tpPsk"),
    value("MachineCertificateEKUFilter"),
    value("MachineCertificateIssuerFilter"),
    value("PlugInApplicationID"),
    value("RememberCredential"),
    value("ServerList"),
    value("SplitTunneling"),
    switch("ThirdPartyVpn"),
    value("UseWinlogonCredential"),
];

const SERVER: &[Named] = &[
    switch("CustomPolicy"),
    switch("RevertToDefault"),
    value("AuthenticationTransformConstants"),
    value("CipherTransformConstants"),
    value("DHGroup"),
    value("EncryptionMethod"),
    value("EncryptionType"),
    value("GrePorts"),
    value("IdleDisconnectSeconds"),
    value("Ikev2Ports"),
    value("IntegrityCheckMethod"),
    value("L2tpPorts"),
    value("MMSALifeTimeSeconds"),
    value("PfsGroup"),
    value("SADataSizeForRenegotiationKilobytes"),
    value("SALifeTimeSeconds"),
    value("SstpPorts"),
    value("TunnelType"),
];

impl Command {
    /// The command of a name, which may stand behind that of its module: `VpnClient\Add-VpnConnection`.
    pub(crate) fn named(text: &str) -> Option<Self> {
        let name = text.rsplit('\\').next().unwrap_or(text);
        Self::iter().find(|command| command.to_string().eq_ignore_ascii_case(name))
    }

    /// Whether it configures a server.
    pub(crate) const fn is_of_server(self) -> bool {
        matches!(
            self,
            Self::SetVpnServerConfiguration | Self::SetVpnServerIPsecConfiguration
        )
    }

    /// Its parameters.
    pub(crate) fn parameters(self) -> impl Iterator<Item = &'static Named> {
        let own = match self {
            Self::AddVpnConnection => CONNECTION,
            Self::SetVpnConnection => CHANGE,
            Self::SetVpnConnectionIPsecConfiguration => POLICY,
            Self::SetVpnServerConfiguration | Self::SetVpnServerIPsecConfiguration => SERVER,
        };
        own.iter().chain(COMMON)
    }

    /// The parameter that `text`, without its dash, means: the one of this name, else the only one
    /// whose name begins with it.
    pub(crate) fn parameter(self, text: &str) -> Result<&'static Named, Unbound> {
        let names =
            |named: &Named| std::iter::once(named.name).chain(named.aliases.iter().copied());
        let exact = |name: &str| name.eq_ignore_ascii_case(text);
        if let Some(named) = self.parameters().find(|named| names(named).any(exact)) {
            return Ok(named);
        }
        let begins = |name: &str| {
            let start = name.get(..text.len());
            !text.is_empty() && start.is_some_and(|start| start.eq_ignore_ascii_case(text))
        };
        let found: Vec<_> = self
            .parameters()
            .filter(|named| names(named).any(begins))
            .collect();
        match found.as_slice() {
            [one] => Ok(one),
            [] => Err(Unbound::Unknown),
            several => Err(Unbound::Ambiguous(
                several.iter().map(|named| named.name).collect(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::{Command, Unbound};
    use crate::dialect::powershell::Parameter;

    #[test]
    fn commands_and_parameters_are_found_by_name() {
        for command in Command::iter() {
            assert_eq!(
                Command::named(&command.to_string().to_uppercase()),
                Some(command)
            );
            for named in command.parameters() {
                assert_eq!(command.parameter(&named.name.to_lowercase()), Ok(named));
                for alias in named.aliases {
                    assert_eq!(command.parameter(alias), Ok(named), "{command} {alias}");
                }
            }
        }
        assert_eq!(
            Command::named("VpnClient\\add-vpnconnection"),
            Some(Command::AddVpnConnection)
        );
        assert_eq!(Command::named("Add-VpnConnectionRoute"), None);
    }

    #[test]
    fn a_part_of_a_name_must_be_of_one() {
        let policy = Command::SetVpnConnectionIPsecConfiguration;
        for (part, name) in [
            ("conn", "ConnectionName"),
            ("n", "ConnectionName"),
            ("auth", "AuthenticationTransformConstants"),
            ("cip", "CipherTransformConstants"),
            ("dh", "DHGroup"),
            ("enc", "EncryptionMethod"),
            ("int", "IntegrityCheckMethod"),
            ("pf", "PfsGroup"),
            ("f", "Force"),
        ] {
            let found = policy.parameter(part).map(|named| named.name);
            assert_eq!(found, Ok(name), "{part}");
        }
        assert_eq!(
            policy.parameter("p"),
            Err(Unbound::Ambiguous(vec![
                "PfsGroup",
                "PassThru",
                "PipelineVariable"
            ]))
        );
        assert_eq!(policy.parameter("hash"), Err(Unbound::Unknown));
        assert_eq!(policy.parameter(""), Err(Unbound::Unknown));
    }

    #[test]
    fn every_command_with_a_policy_has_the_six_parameters() {
        for command in Command::iter() {
            let all = Parameter::iter().all(|it| command.parameter(&it.to_string()).is_ok());
            let connection = matches!(
                command,
                Command::AddVpnConnection | Command::SetVpnConnection
            );
            assert_eq!(all, !connection, "{command}");
        }
    }
}
