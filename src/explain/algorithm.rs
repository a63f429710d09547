//! An algorithm by any of its names: what it is called elsewhere, what the policy says, who has it.

use strum::IntoEnumIterator as _;

use super::Article;
use crate::dialect::powershell::Parameter;
use crate::dialect::{charon, pfsense, pluto, powershell, swan};
use crate::ike::{Encr, Integ, Ke, Prf, Protocol, Transform, TransformType, registry};
use crate::peer::policy::{Mark, Measure};
use crate::peer::{Client, Policy};
use crate::profile::{Broken, Database};

/// The transforms that a word names, in whatever dialect.
pub(super) fn find(word: &str) -> Vec<Transform> {
    let lower = word.to_lowercase();
    let mut found = Vec::new();
    found.extend(swan::keyword(&lower));
    // libreswan's "addke1=ml_kem_768"
    let additional = lower
        .strip_prefix("addke")
        .and_then(|rest| rest.split_once('='));
    if let Some((round, group)) = additional {
        found.extend(swan::keyword(&format!(
            "ke{round}_{}",
            group.replace('_', "")
        )));
    }
    found.extend(swan::keyword(
        &lower
            .replace("ml_kem_", "mlkem")
            .replace("ml-kem-", "mlkem"),
    ));
    found.extend(people(&lower));
    found.extend(charon::parse_transform(&word.to_uppercase()));
    found.extend(word.parse::<Encr>().ok().map(|id| Transform::encr(id, 0)));
    found.extend(word.parse::<Prf>().ok().map(Transform::prf));
    found.extend(word.parse::<Integ>().ok().map(Transform::integ));
    found.extend(word.parse::<Ke>().ok().map(Transform::ke));
    // "14", "group 14", "dh14", "DH group 14"
    let digits = lower.trim_start_matches(|c: char| !c.is_ascii_digit());
    let before = lower.trim_end_matches(digits).replace([' ', '-'], "");
    if ["", "dh", "group", "dhgroup"].contains(&before.as_str())
        && let Ok(number) = digits.parse::<u16>()
    {
        found.extend(
            Ke::from_repr(number)
                .filter(|ke| *ke != Ke::None)
                .map(Transform::ke),
        );
    }
    for parameter in Parameter::iter() {
        let value = parameter
            .values()
            .iter()
            .find(|value| value.eq_ignore_ascii_case(word));
        found.extend(value.and_then(|value| powershell::transform_of(parameter, value)));
    }
    let mut unique = Vec::new();
    for transform in found {
        if !unique.contains(&transform) {
            unique.push(transform);
        }
    }
    unique
}

/// What people and pages mean: `AES-256`, `AES 256 bits`, `HMAC-SHA-256`, `P-256`.
fn people(lower: &str) -> Option<Transform> {
    let squeezed = lower.trim_end_matches(" bits").trim_end_matches(" bit");
    let squeezed: String = squeezed.chars().filter(|c| !" -_".contains(*c)).collect();
    let bare = squeezed.strip_prefix("hmac").unwrap_or(&squeezed);
    let bare = bare.replace("sha2256", "sha256");
    let bare = bare.strip_suffix("cbc").unwrap_or(&bare);
    let curve = bare.strip_prefix('p').filter(|it| it.len() == 3);
    let moved = bare
        .strip_prefix("aesgcm")
        .map(|bits| format!("aes{bits}gcm"));
    let words = [
        Some(bare.to_owned()),
        curve.map(|bits| format!("ecp{bits}")),
        bare.ends_with("gcm").then(|| format!("{bare}16")),
        moved.map(|word| format!("{word}16")),
    ];
    words
        .into_iter()
        .flatten()
        .find_map(|it| swan::keyword(&it))
}

/// How other products spell a post-quantum method; where VyOS has a number that is not IANA's.
fn post_quantum_words(transform: Transform) -> Vec<(&'static str, String)> {
    let mut words = Vec::new();
    let ke = Ke::from_repr(transform.id).filter(|_| transform.kind.is_key_exchange());
    let Some(ke) = ke else {
        return words;
    };
    if let Some(word) = pluto::spell(transform).filter(|_| ke.is_post_quantum()) {
        let word = match transform.kind.additional_round() {
            Some(round) => format!(";addke{round}={word}"),
            None => word,
        };
        words.push(("libreswan 5.4", word));
    }
    if matches!(ke, Ke::MlKem768 | Ke::MlKem1024) {
        let value = format!("PostQuantumKeyExchangeMethods {}", transform.id);
        words.push(("Apple, since 26", value));
    }
    // vyos/vyos-1x, pull request 5267.
    if ke == Ke::MlKem768 {
        words.push(("VyOS", "dh-group 34, a number of its own".to_owned()));
    }
    if ke == Ke::Gost512 {
        let note = "dh-group 34 is ML-KEM-768 there".to_owned();
        words.push(("VyOS", note));
    }
    words
}

/// The words of a post-quantum method behind a classical one, where it belongs: as the first key exchange
/// it travels in IKE_SA_INIT, which cannot be fragmented.
fn behind_another(transform: Transform) -> Option<String> {
    let ke = Ke::from_repr(transform.id).filter(|ke| ke.is_post_quantum())?;
    let additional = Transform {
        kind: TransformType::ADDKE1,
        ..Transform::ke(ke)
    };
    let is_first = transform.kind == TransformType::KE;
    let libreswan = pluto::spell(additional).map(|word| format!(", addke1={word} in libreswan"));
    let word = swan::spell(additional).filter(|_| is_first)?;
    Some(format!(
        "{word} in strongSwan{}, behind a classical group",
        libreswan.unwrap_or_default()
    ))
}

/// How well a text was read, where that is less than usual.
const fn read(mark: Mark) -> &'static str {
    match mark {
        Mark::Verified => "",
        Mark::SecondHand => "; read second-hand, in quotations",
    }
}

/// What there is to say about a transform.
pub(super) fn article(transform: Transform, clients: &[Client], policy: &Policy) -> Article {
    let mut table = Vec::new();
    let mut row = |name: &str, value: String| table.push((name.to_owned(), value));
    let kind = transform.kind;
    row("transform type", format!("{} ({})", kind.0, kind.noun()));
    row("IANA number", transform.id.to_string());
    row(
        "IANA name",
        registry::transform(transform).unwrap_or_else(|| "none (private use)".to_owned()),
    );
    if transform.key_bits > 0 {
        row("key length", format!("{} bits", transform.key_bits));
    }
    row(
        "strongSwan keyword",
        swan::spell(transform).unwrap_or_else(|| "none".to_owned()),
    );
    row("charon's log", charon::transform(transform));
    if let Some(words) = behind_another(transform) {
        row("as additional key exchange", words);
    }
    let pfsense = match kind {
        TransformType::ENCR => pfsense::cipher_label(transform),
        TransformType::PRF | TransformType::INTEG => pfsense::hash_label(transform),
        _ => pfsense::group_label(transform),
    };
    row(
        "pfSense",
        pfsense.unwrap_or_else(|| "not selectable".to_owned()),
    );
    for (product, word) in post_quantum_words(transform) {
        row(product, word);
    }
    let values: Vec<String> = Parameter::iter()
        .filter_map(|parameter| {
            let mut values = parameter.values().iter();
            let of = |value: &&&str| powershell::transform_of(parameter, value) == Some(transform);
            let value = values.find(of)?;
            Some(format!("-{parameter} {value}"))
        })
        .collect();
    let values = if values.is_empty() {
        "no value".to_owned()
    } else {
        values.join(", ")
    };
    row("PowerShell", values);
    // For a MAC the number misleads: HMAC-SHA-1 has 128 bits and is on its way out.
    let telling = kind == TransformType::ENCR || kind.is_key_exchange();
    let strength = policy.strength(transform).filter(|s| telling && s.bits > 0);
    if let Some(strength) = strength {
        let by = match strength.measure {
            Measure::Table => "SP 800-57 part 1",
            Measure::Design => "what it was made for",
            Measure::Size => "by its size",
            Measure::Estimate | Measure::Unknown => "an estimate",
        };
        row("strength", format!("{} bits ({by})", strength.bits));
    }
    for protocol in [Protocol::Ike, Protocol::Esp] {
        let tone = policy.alone(protocol, transform).tier.tone();
        let level = |level: &dyn std::fmt::Display| tone.marked(&level.to_string());
        let fits = protocol == Protocol::Ike || kind != TransformType::PRF;
        let cell = policy.cell(protocol, transform).map(|cell| {
            let note = cell.note.as_deref();
            (
                &cell.level as &dyn std::fmt::Display,
                &cell.clause,
                note,
                cell.mark,
            )
        });
        let otherwise = || {
            let rest = policy.otherwise.as_ref().filter(|_| fits)?;
            let note = rest.note.as_deref();
            Some((
                &rest.level as &dyn std::fmt::Display,
                &rest.clause,
                note,
                rest.mark,
            ))
        };
        if let Some((said, clause, note, mark)) = cell.or_else(otherwise) {
            let note = note.map_or_else(String::new, |note| format!("; {note}"));
            row(
                &format!("{} in {protocol}", policy.id),
                format!("{} ({clause}{note}{})", level(said), read(mark)),
            );
        }
    }
    let offerers = clients.iter().filter(|client| offers(client, transform));
    let offerers: Vec<_> = offerers.map(|client| client.id.as_str()).collect();
    let paragraphs = if offerers.is_empty() {
        vec!["No client of the database offers it.".to_owned()]
    } else {
        vec![format!("Offered by {}.", offerers.join(", "))]
    };
    Article {
        title: crate::dialect::keyword::of_transform(transform),
        paragraphs,
        table,
    }
}

/// Every set-up of every client.
pub(super) fn clients(database: &Database<'_>) -> Result<Vec<Client>, Broken> {
    let mut clients = Vec::new();
    for profile in database.profiles() {
        let profile = profile?;
        for variant in profile.variants() {
            clients.extend(profile.client(variant).transpose()?);
        }
    }
    Ok(clients)
}

/// Whether a client's first messages offer a transform.
fn offers(client: &Client, transform: Transform) -> bool {
    let ike = client.ike_sa_init.stated();
    let ike = ike.map(|fact| fact.value.proposals.as_slice());
    let esp = client.ike_auth.stated().map(|fact| fact.value.as_slice());
    let mut all = ike.into_iter().chain(esp).flatten();
    all.any(|proposal| proposal.contains(transform))
}
