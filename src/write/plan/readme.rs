//! The README of a folder: what goes where, what to fill in, and in which order to change things
//! without locking anybody out.

use std::fmt::Write as _;

use crate::answer::manifest::FILE_NAME;
use crate::answer::plan::PlanContext;
use crate::answer::words::short;
use crate::peer::server::Product;
use crate::recommend::Plan;
use crate::write::config::format::Choices;
use crate::write::config::refusal::Failure;
use crate::write::config::setup::{FILL_IN, FillIn, NAME, POOL};
use crate::write::plan::alternatives::summary;
use crate::write::plan::folder::PlanFile;
use crate::write::text::and_list;

/// The whole text.
pub(crate) fn text(
    plan: &Plan,
    context: &PlanContext<'_>,
    choices: Choices,
    files: &[PlanFile],
) -> Result<String, Failure> {
    let mut text = String::new();
    write(&mut text, plan, context, choices, files)
        .map_err(|_| Failure::Impossible("a string takes no more text".to_owned()))?;
    Ok(text)
}

fn write(
    out: &mut String,
    plan: &Plan,
    context: &PlanContext<'_>,
    choices: Choices,
    files: &[PlanFile],
) -> std::fmt::Result {
    let ids: Vec<_> = context
        .clients
        .iter()
        .map(|client| client.id.as_str())
        .collect();
    writeln!(
        out,
        "# {} for {}\n",
        context.connection_name,
        and_list(&ids)
    )?;
    let list = |entries: &[crate::recommend::PlanEntry]| {
        let each: Vec<_> = entries.iter().map(|entry| short(&entry.suite)).collect();
        each.join(", ")
    };
    writeln!(
        out,
        "Phase 1: {}. Phase 2: {}.",
        list(&plan.ike),
        list(&plan.esp)
    )?;
    let pfs = match plan.pfs.group {
        Some(group) => format!("PFS with {}", crate::write::text::transform(group)),
        None => "no PFS".to_owned(),
    };
    writeln!(
        out,
        "Server: {}, {pfs}. Clients authenticate by {}.\n",
        plan.product, choices.auth
    )?;

    let [_, _, good] = summary(plan, context);
    writeln!(out, "{good}.\n")?;

    writeln!(out, "## What goes where\n")?;
    for file in files {
        writeln!(out, "* `{}`: {}", file.path, file.purpose)?;
    }

    writeln!(out, "\n## What to fill in\n")?;
    writeln!(
        out,
        "No file contains a secret or a private key, but for what your own file held if it is given back; certificates are in them as far as they were given. Search for `REPLACE` and `replace`, and for:\n"
    )?;
    let holds = |word: &str| {
        // pfSense's file has a network and its length apart.
        let word = word.split('/').next().unwrap_or(word);
        // RRAS takes the ends of a range apart.
        let apart = word.replace('-', ", ");
        let named = |file: &&PlanFile| {
            let text = String::from_utf8_lossy(&file.bytes);
            text.contains(word) || text.contains(&apart)
        };
        let paths: Vec<_> = files
            .iter()
            .filter(named)
            .map(|f| format!("`{}`", f.path))
            .collect();
        paths
    };
    for FillIn {
        word,
        meaning,
        found_by,
    } in FILL_IN
    {
        let paths = holds(word);
        if !paths.is_empty() {
            writeln!(out, "* `{word}`: {meaning}; in {}", and_list(&paths))?;
            writeln!(out, "  {found_by}.")?;
        }
    }
    let paths: Vec<_> = files
        .iter()
        .filter(|file| file.path.ends_with(".mobileconfig"))
        .filter(|file| String::from_utf8_lossy(&file.bytes).contains("UkVQTEFDRT"))
        .map(|file| format!("`{}`", file.path))
        .collect();
    if !paths.is_empty() {
        writeln!(
            out,
            "* the `PayloadContent` data of the certificates, which hold the word REPLACE in base64 (`UkVQTEFDRT…`); in {}\n  `base64 -w 52 FILE` prints what goes there: of the CA's certificate in DER (`--ca-cert FILE` puts it in), of the user's PKCS#12.",
            and_list(&paths)
        )?;
    }
    if context.connection_name == NAME {
        writeln!(
            out,
            "* `{NAME}`: what the connection is called, if you want another name"
        )?;
    }

    let lost: Vec<_> = files
        .iter()
        .flat_map(|file| file.lost.iter().map(move |what| (file, what)))
        .collect();
    if !lost.is_empty() {
        writeln!(out, "\n## What the files cannot say\n")?;
        for (file, what) in lost {
            writeln!(out, "* `{}`: {what}", file.path)?;
        }
    }
    order(out, plan, context, files)
}

/// How certificates are made where no page of the product does it.
const fn certificates(product: Product) -> Option<&'static str> {
    match product {
        Product::Strongswan | Product::Libreswan | Product::Openiked => Some(
            "Unless there are certificates: strongSwan's `pki` makes them, on a machine that is safe. \
             `pki --gen --outform pem > ca.key`, `pki --self --ca --in ca.key --dn \"CN=VPN CA\" --outform pem > ca.crt`; then for \
             the server `pki --gen --outform pem > server.key` and `pki --issue --cacert ca.crt --cakey ca.key --type priv \
             --in server.key --dn \"CN=NAME\" --san NAME --flag serverAuth --outform pem > server.crt` with the name that clients \
             dial, and the same for each user without `--flag serverAuth`.",
        ),
        // Their pages and the commands before the script do it.
        Product::Opnsense | Product::Pfsense | Product::Rras => None,
    }
}

/// The server's own file at a step, if the folder has it.
fn own_file(files: &[PlanFile], folder: &str) -> String {
    let own = files.iter().find(|file| file.path.starts_with(folder));
    own.map_or_else(String::new, |file| format!(" (`{}`)", file.path))
}

/// Nobody is locked out if the server accepts old and new for as long as clients are changed.
fn order(
    out: &mut String,
    plan: &Plan,
    context: &PlanContext<'_>,
    files: &[PlanFile],
) -> std::fmt::Result {
    writeln!(out, "\n## In which order\n")?;
    let mut steps = vec![
        "Back up the server, and keep a way to it that does not need the VPN: console, other address, another admin.".to_owned(),
        "Fill in what is listed above, in the server's files and in those of the clients.".to_owned(),
    ];
    steps.extend(certificates(plan.product).map(str::to_owned));
    let one_policy = plan.product == Product::Rras;
    if one_policy {
        // The server never has both, so that the moment of the change has to be chosen.
        steps.push(
            "RRAS has one policy for all clients. Choose a time; until then change neither server nor clients, because a client that has been changed does not connect to the old policy.".to_owned(),
        );
        steps.push(
            "Run the script on the server: it drops every tunnel, and from then on clients that need another policy are cut off until they are changed.".to_owned(),
        );
    } else {
        let own = own_file(files, "server/step-1-add/");
        steps.push(format!(
            "On a server that is new, put its file to where the list above says. On one that is in use, add the new entries before the old ones and keep the old ones{own}. Load or apply, and see that those who connected before still do."
        ));
    }
    if matches!(plan.product, Product::Strongswan | Product::Libreswan) {
        steps.push(format!(
            "Let packets through: UDP 500 and 4500 to the server, `sysctl -w net.ipv4.ip_forward=1`, and for the Internet `iptables -t nat -A POSTROUTING -s {POOL} -m policy --dir out --pol none -j MASQUERADE`. Without them tunnels come up and carry nothing."
        ));
    }
    if plan.reconfigured.is_empty() {
        steps.push(
            "On the clients nothing has to change: all of them connect as they are.".to_owned(),
        );
    } else {
        let ids: Vec<_> = plan
            .reconfigured
            .iter()
            .map(|reconfigured| context.clients[reconfigured.client].id.as_str())
            .collect();
        let meanwhile = if one_policy {
            "Each of them connects again once it has been changed; give its file to whoever has no other way to you before the server is changed."
        } else {
            "Each of them connects before and after, because the server has both."
        };
        steps.push(format!(
            "Change {}: one machine first, then the others. {meanwhile}",
            and_list(&ids)
        ));
    }
    steps.push(
        "Keep a tunnel up for longer than an hour: phase 2 is rekeyed for the first time then, and a wrong PFS setting shows only there.".to_owned(),
    );
    if !one_policy {
        let own = own_file(files, "server/step-3-remove/");
        steps.push(format!(
            "When the log shows that nobody uses the old entries any more, remove them from the server{own}: what it accepts can be negotiated."
        ));
    }
    steps.push(format!(
        "Run `ikecompat check .` in this folder: by `{FILE_NAME}` it reads the server and the file of each client as they stand here, with what you have changed, and says who connects and keeps the tunnel. Do so again after every change."
    ));
    for (number, step) in steps.iter().enumerate() {
        writeln!(out, "{}. {step}", number + 1)?;
    }
    Ok(())
}
