//! `ikecompat lab`: a throw-away server that shows what a client does at rekeying.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use ikecompat::write::plan::lab::{LabOptions, RekeyBy, files};

use super::choice::choice;
use super::terminal::say;
use super::{Exit, folder, sockets};

/// Write a throw-away strongSwan server whose log shows what a client does at rekeying
///
/// `sh start.sh` in the folder makes a certificate and a random password and starts the server;
/// `learn` reads its log. docs/rekeying-lab.md is the recipe.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Folder for the files; it must not hold any of them
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Address or name of the machine that it will run on, as the client dials it [default: the first
    /// one of this machine in a private network]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    address: Option<String>,

    /// Who asks for new keys
    #[arg(long, value_name = "WHO", default_value = "server", value_parser = choice::<RekeyBy>())]
    rekey_by: RekeyBy,

    /// Seconds after which the server asks for new keys
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
}

/// A name or address, which goes into a script and into a certificate.
fn address(text: &str) -> Result<String, String> {
    let is_of_names = |c: char| c.is_ascii_alphanumeric() || "-.:".contains(c);
    let fits = !text.is_empty() && !text.starts_with('-') && text.chars().all(is_of_names);
    fits.then(|| text.to_owned())
        .ok_or_else(|| "expected a name or address".to_owned())
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Exit> {
    let own = || {
        let own = sockets::own_address().context(
            "no address of this machine is one of a private network: say --address ADDRESS",
        )?;
        say(&format!(
            "the server's address is {own}, this machine's; --address ADDRESS says another one"
        ));
        anyhow::Ok(own.to_string())
    };
    let address = args.address.clone().map_or_else(own, Ok)?;
    let options = LabOptions {
        address: &address,
        rekey_by: args.rekey_by,
        seconds: args.seconds,
    };
    folder::write(&args.folder, &files(&options), false)?;
    writeln!(
        out,
        "as root on {address}: sh {}/start.sh",
        args.folder.display()
    )?;
    Ok(Exit::Yes)
}
