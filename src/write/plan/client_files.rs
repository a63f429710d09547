//! What a folder holds for one client, and what its manifest says about the client.

use super::by_hand::{by_hand, tell};
use super::folder::{PlanFile, file};
use super::text::of;
use crate::answer::manifest::{ClientSetup, ManifestClient};
use crate::answer::plan::PlanContext;
use crate::compat::config_method::{self, ConfigMethod};
use crate::dialect::powershell::ENCRYPTION_LEVELS;
use crate::format::Format;
use crate::ike::Suite;
use crate::peer::Client;
use crate::peer::client::RegistryLevel;
use crate::recommend::{Plan, Reconfigured, configured, verdict};
use crate::write::config::format::Choices;
use crate::write::config::refusal::Failure;
use crate::write::config::setup::Setup;
use crate::write::config::{powershell, reg};

/// The files of one client.
#[derive(Default)]
pub(super) struct ClientFiles {
    pub(super) files: Vec<PlanFile>,
    /// How the client is set up, one entry for each way that the folder offers.
    pub(super) manifest: Vec<ManifestClient>,
}

/// A client of a plan, and what the plan does with it.
struct Planned<'a> {
    client: &'a Client,
    told: Option<&'a Reconfigured>,
    /// What it is configured for, or what it settles on as it is.
    suites: Option<(Suite, Suite)>,
    /// The name of its files, without what tells them apart.
    stem: String,
}

/// The files of the client at `place`; `stem` is the name of its files.
pub(super) fn of_client(
    plan: &Plan,
    place: usize,
    stem: &str,
    context: &PlanContext<'_>,
    choices: Choices,
) -> Result<ClientFiles, Failure> {
    let told = plan.reconfigured.iter().find(|told| told.client == place);
    let settles = of(&plan.ike, place).zip(of(&plan.esp, place));
    let settles = settles.map(|(ike, esp)| (ike.suite, esp.suite));
    let planned = Planned {
        client: &context.clients[place],
        told,
        suites: told.map(|told| (told.ike, told.esp)).or(settles),
        stem: format!("clients/{stem}"),
    };
    let mut own = ClientFiles::default();
    if let Some((ike, esp)) = planned.suites {
        let method = planned.method();
        let (best_ike, best_esp) = match method {
            Some(method) => planned.best(plan, (method, ike, esp), context),
            None => (ike, esp),
        };
        let mut setup = Setup::of_client(context, choices.auth, &best_ike, &best_esp);
        setup.encryption_level = planned.level();
        match method {
            Some(ConfigMethod::AppleProfile) => planned.profile(
                (Format::Mobileconfig, "open it on the Mac, iPhone or iPad"),
                &setup,
                choices,
                &mut own,
            )?,
            Some(ConfigMethod::Sswan) => planned.profile(
                (Format::Sswan, "open it with the strongSwan app"),
                &setup,
                choices,
                &mut own,
            )?,
            Some(ConfigMethod::Powershell | ConfigMethod::Registry) => {
                planned.windows(&setup, choices, &mut own)?;
            }
            Some(ConfigMethod::Proposals | ConfigMethod::Settings) | None => {
                let setup = match planned.told.is_none() && !planned.is_from_file() {
                    true => ClientSetup::AsItIs,
                    false => ClientSetup::ByHand {
                        ike,
                        esp: Some(esp),
                    },
                };
                own.set_up(planned.id(), setup);
            }
        }
    }
    planned.steps(place, context, &mut own)?;
    Ok(own)
}

impl ClientFiles {
    fn set_up(&mut self, client: String, setup: ClientSetup) {
        self.manifest.push(ManifestClient {
            client,
            setup,
            span: None,
        });
    }
}

impl Planned<'_> {
    /// Its id, without the file that configures it outside of the folder.
    fn id(&self) -> String {
        let id = &self.client.id;
        id.split_once('=')
            .map_or(id.as_str(), |(id, _)| id)
            .to_owned()
    }

    /// Whether what it offers comes from a file that was given, so that the folder needs one too.
    fn is_from_file(&self) -> bool {
        self.client.id.contains('=')
    }

    /// By what it is configured, or could be.
    fn method(&self) -> Option<ConfigMethod> {
        if let Some(told) = self.told {
            return Some(told.method);
        }
        let (ike, esp) = self.suites?;
        let mut methods = self.client.method.iter().copied();
        methods.find(|method| {
            *method != ConfigMethod::Registry
                && config_method::can(self.client, *method, &ike, &esp)
        })
    }

    /// The best suites of the whole list that a file of this kind can hold, this client can do, and with which it fares no
    /// worse than with those of the base; a client that is told something has that.
    fn best(
        &self,
        plan: &Plan,
        (method, ike, esp): (ConfigMethod, Suite, Suite),
        context: &PlanContext<'_>,
    ) -> (Suite, Suite) {
        let holds_one = matches!(method, ConfigMethod::AppleProfile | ConfigMethod::Sswan);
        if self.told.is_some() || !holds_one {
            return (ike, esp);
        }
        let fares = |ike: &Suite, esp: &Suite| {
            let client = configured(self.client, method, ike, esp);
            verdict(plan, client, context.build, context.policy)
        };
        let base = fares(&ike, &esp);
        let (all_ike, all_esp) = (plan.listed_ike(), plan.listed_esp());
        let mut pairs = all_ike
            .iter()
            .flat_map(|ike| all_esp.iter().map(move |esp| (ike.suite, esp.suite)));
        pairs
            .find(|(ike, esp)| {
                config_method::can(self.client, method, ike, esp) && fares(ike, esp) <= base
            })
            .unwrap_or((ike, esp))
    }

    /// The data encryption that its set-up is made by.
    fn level(&self) -> Option<&'static str> {
        let id = self.id();
        let (_, variant) = id.split_once(':')?;
        let mut levels = ENCRYPTION_LEVELS.iter();
        let level = levels.find(|(_, setup)| *setup == Some(variant));
        level.map(|(level, _)| *level)
    }

    /// A file that holds the suites.
    fn profile(
        &self,
        (format, what): (Format, &str),
        setup: &Setup,
        choices: Choices,
        own: &mut ClientFiles,
    ) -> Result<(), Failure> {
        let is_needed = self.told.is_some() || self.is_from_file();
        let needed = match is_needed {
            true => "needed",
            false => "not needed, the client connects as it is; an alternative to entering by hand",
        };
        let path = format!("{}.{format}", self.stem);
        own.files
            .push(file(path.clone(), &format!("{what} ({needed})"), |out| {
                format.write_setup(setup, choices, out)
            })?);
        if !is_needed {
            own.set_up(self.id(), ClientSetup::AsItIs);
        }
        own.set_up(self.id(), ClientSetup::File(path));
        Ok(())
    }

    /// The script that makes a connection of Windows, and the registry value if it has one.
    fn windows(
        &self,
        setup: &Setup,
        choices: Choices,
        own: &mut ClientFiles,
    ) -> Result<(), Failure> {
        let by_registry = self.method() == Some(ConfigMethod::Registry);
        let level = self.client.registry.filter(|_| self.told.is_none());
        let level = level.or(by_registry.then_some(RegistryLevel::Enforce));
        let sets_suites = match self.told {
            Some(_) => !by_registry,
            // Neither the registry nor a level of data encryption makes what it offers.
            None => level.is_none() && setup.encryption_level.is_none(),
        };
        let path = format!("{}.ps1", self.stem);
        let purpose = match sets_suites {
            true => "run it in PowerShell on the client (needed)",
            false => {
                "run it in PowerShell on the client; it makes the connection and changes no suite"
            }
        };
        own.files.push(file(path.clone(), purpose, |out| {
            powershell::script(setup, (true, sets_suites), out)
        })?);
        let Some(level) = level else {
            own.set_up(self.id(), ClientSetup::File(path));
            // For many machines at once; what it cannot say the script still can.
            let fleet = file(
                format!("{}.xml", self.stem),
                "ProfileXML, instead of the script where devices are managed: in Intune a custom setting (OMA-URI \
                 ./User/Vendor/MSFT/VPNv2/NAME/ProfileXML, type String)",
                |out| Format::Profilexml.write_setup(setup, choices, out),
            );
            own.files.extend(fleet.ok().filter(|_| sets_suites));
            return Ok(());
        };
        // A client that stays as it is needs no file that stands for what it settles on.
        match file(
            format!("{}.reg", self.stem),
            "import it on the client as administrator, then restart the client (needed: what it offers comes from this value)",
            |out| reg::write(setup, level, out),
        ) {
            Ok(file) => own.files.push(file),
            Err(why) if self.told.is_some() => return Err(why),
            Err(_) => {}
        }
        let setup = match self.told {
            Some(told) => ClientSetup::ByHand {
                ike: told.ike,
                esp: None,
            },
            None => ClientSetup::AsItIs,
        };
        own.set_up(self.id(), setup);
        Ok(())
    }

    /// What to enter by hand.
    fn steps(
        &self,
        place: usize,
        context: &PlanContext<'_>,
        own: &mut ClientFiles,
    ) -> Result<(), Failure> {
        let enter = context.enter.get(place).and_then(Option::as_ref);
        let by_hand_too =
            |method| matches!(method, ConfigMethod::Proposals | ConfigMethod::Settings);
        let told = self.told.filter(|told| by_hand_too(told.method));
        let path = format!("{}.txt", self.stem);
        own.files.push(file(path, "what to enter by hand", |out| {
            if let Some(told) = told {
                tell(told, context, out)?;
            }
            by_hand(self.client, enter, context, out)?;
            Ok(Vec::new())
        })?);
        Ok(())
    }
}

/// Names for the files of each client, as single words that no other client has: `windows-10-require` for
/// `windows-10:require`, `windows-10-gcm` for `windows-10=../gcm.ps1`.
pub(super) fn stems(clients: &[Client]) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for client in clients {
        let (id, path) = client.id.split_once('=').unwrap_or((&client.id, ""));
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.split_once('.').map_or(name, |(name, _)| name);
        let mut stem = String::new();
        for letter in format!("{id}-{name}").chars() {
            match letter {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' => stem.push(letter),
                _ if stem.ends_with('-') => {}
                _ => stem.push('-'),
            }
        }
        let stem = stem.trim_matches(['-', '.']);
        let mut unique = stem.to_owned();
        let mut number = 2;
        while taken
            .iter()
            .any(|other| other.eq_ignore_ascii_case(&unique))
        {
            unique = format!("{stem}-{number}");
            number += 1;
        }
        taken.push(unique);
    }
    taken
}
