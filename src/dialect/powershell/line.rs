//! The command that makes Windows offer one suite of IKE and one of ESP.

use std::fmt::{self, Display, Formatter};

use strum::IntoEnumIterator as _;

use super::{Parameter, argument, suite_arguments};
use crate::dialect::Inexpressible;
use crate::ike::Suite;

/// The value that makes Windows offer AES-256 with group 14 and nothing else, on one line.
pub(crate) const REGISTRY_ENFORCE: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Services\RasMan\Parameters: DWORD NegotiateDH2048_AES256 = 2";

/// Why there is no command.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Refused {
    /// Windows has no values for the suites.
    Suite(Inexpressible),
    /// The connection's name is empty or has a control character, which fits on no line.
    Name,
}

impl Display for Refused {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Suite(why) => why.fmt(f),
            Self::Name => {
                f.write_str("the connection name is empty or contains a control character")
            }
        }
    }
}

impl std::error::Error for Refused {}

/// The command on one line, without line end.
pub(crate) fn line(connection: &str, ike: &Suite, esp: &Suite) -> Result<String, Refused> {
    let arguments = suite_arguments(ike, esp).map_err(Refused::Suite)?;
    let name = argument(connection).ok_or(Refused::Name)?;
    let mut line = format!("Set-VpnConnectionIPsecConfiguration -ConnectionName {name}");
    for parameter in Parameter::iter() {
        line.push_str(&format!(" -{parameter} {}", arguments.value(parameter)));
    }
    line.push_str(" -Force");
    Ok(line)
}
