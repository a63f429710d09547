//! A server as the command that configures RRAS on Windows Server.
//!
//! One value each: `Set-VpnServerConfiguration -CustomPolicy` has the value sets of its client
//! twin (see [`crate::dialect::powershell`]).

use std::io::Write;

use strum::IntoEnumIterator as _;

use crate::dialect::powershell::{Parameter, suite_arguments};
use crate::peer::Server;
use crate::write::config::powershell::{self, only_suites};
use crate::write::config::refusal::Failure;
use crate::write::config::setup::version_one;

const PRODUCT: &str = "Set-VpnServerConfiguration";
const LIMIT: &str = "RRAS has one custom policy, one suite of IKE and one of ESP for all clients";
/// Where the parameters are written.
pub(crate) const SOURCE: &str =
    "https://learn.microsoft.com/powershell/module/remoteaccess/set-vpnserverconfiguration";

/// Writes the commands. Returns what they could not carry.
pub fn write(server: &Server, out: &mut impl Write) -> Result<Vec<String>, Failure> {
    let loaded: Vec<_> = server
        .connections
        .iter()
        .filter(|connection| connection.serves_clients())
        .collect();
    let [connection] = loaded.as_slice() else {
        return Err(Failure::Impossible(format!(
            "RRAS has one policy for all clients, the configuration has {} connections ({SOURCE})",
            loaded.len()
        )));
    };
    let ike: Vec<_> = connection.ike.iter().map(|e| e.proposal.clone()).collect();
    let esp = connection.children.iter().flat_map(|child| &child.esp);
    let esp: Vec<_> = esp.map(|e| e.proposal.clone()).collect();
    let placed = |why: Failure| why.in_lists(connection);
    let (ike, esp) = only_suites(&ike, &esp, (PRODUCT, LIMIT, SOURCE)).map_err(placed)?;
    let arguments = suite_arguments(&ike, &esp)
        .map_err(|why| placed(powershell::refusal(&ike, &esp, why).into()))?;
    let mut line = format!("{PRODUCT} -TunnelType Ikev2 -CustomPolicy");
    for parameter in Parameter::iter() {
        line.push_str(&format!(" -{parameter} {}", arguments.value(parameter)));
    }
    let mut text = String::from(
        "# On the server, as administrator. Windows Server 2012 before R2 calls the command\n\
         # Set-VpnServerIPsecConfiguration and has no -TunnelType.\n",
    );
    for (parameter, time) in [
        ("-MMSALifeTimeSeconds", connection.rekey.ike),
        ("-SALifeTimeSeconds", connection.rekey.child),
    ] {
        if let Some(time) = time.filter(|time| time.as_secs() >= 300) {
            line.push_str(&format!(" {parameter} {}", time.as_secs()));
        }
    }
    text.push_str(&format!("{line}\nRestart-Service -Name RemoteAccess\n"));
    out.write_all(text.as_bytes())?;
    let never = [connection.rekey.ike, connection.rekey.child];
    let short = never.into_iter().flatten().any(|time| time.as_secs() < 300);
    let short = short.then(|| {
        "a rekey time under 300 seconds, or never: RRAS takes 300 seconds or more".to_owned()
    });
    Ok(version_one(connection).into_iter().chain(short).collect())
}
