//! The file format of a client profile, as docs/profiles.md describes it.

mod variant;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;

use crate::peer::Grade;
use crate::peer::client::{ConfigMethod, ServerKey};
pub use variant::{
    AnswerGroup, IkeGroup, LifetimeGroup, OfferGroup, Reading, ReadingGroup, ReadingWord,
    RekeyGroup, RekeyWords, ResponderGroup, Variant,
};

/// The JSON Schema of a client profile, for editors; the profile lint says more.
pub fn schema() -> Schema {
    schemars::schema_for!(ClientFile)
}

/// A file `profiles/clients/<vendor>/<id>.yaml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(title = "Client profile of ikecompat")]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClientFile {
    /// One line for lists.
    pub name: String,
    /// Heading under which lists group it.
    pub vendor: String,
    /// `client` or `gateway`.
    pub role: Role,
    /// Short product name.
    pub product: String,
    /// Name for matrices, at most 24 characters.
    pub label: String,
    /// Words that `--clients` accepts.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Versions that the sources cover.
    pub covers: Vec<String>,
    /// Those of them of which the sources are others, so that everything is deduced.
    #[serde(default)]
    pub inferred_for: Vec<String>,
    /// Newest date of the evidence; no source may have one.
    pub newest_evidence: Option<String>,
    /// `charon` or `libreswan`: the client is that engine.
    pub engine: Option<EngineWord>,
    /// Order of transform types on the wire.
    pub transform_order: Option<String>,
    /// Source of that order.
    pub transform_order_source: Option<String>,
    /// Where the facts come from.
    pub sources: IndexMap<String, SourceShape>,
    /// Set-ups; the first is the default one.
    #[serde(default)]
    pub variants: IndexMap<String, Variant>,
    /// Id of a profile that is shown to be the same.
    pub mirrors: Option<String>,
    /// What a configuration profile of Apple leaves to the client, if the file is about that.
    pub configuration_profile: Option<ConfigurationProfile>,
    /// What the client can be made to offer.
    #[serde(default)]
    pub configurable: Vec<Configurable>,
    /// How it chooses when the other side begins.
    pub selection: Option<Selection>,
    /// That it asks for an address inside of the tunnel.
    pub address_request: Option<AddressRequest>,
    /// How users authenticate.
    pub authentication: Option<Authentication>,
    /// What the client expects of the server's key.
    pub server_authentication: Option<ServerAuthentication>,
    /// What becomes of a connection when its IKE SA is authenticated again.
    pub reauthentication: Option<ReauthenticationGroup>,
    /// What to enter by hand.
    pub enter: Option<Enter>,
    /// Id of the profile whose dialog the client has too.
    pub enter_like: Option<String>,
    /// Oddities.
    #[serde(default)]
    pub quirks: Vec<Quirk>,
    /// Sources that disagree.
    #[serde(default)]
    pub conflicts: Vec<Conflict>,
    /// Corrections to what a source prints.
    #[serde(default)]
    pub errata: Vec<String>,
}

/// Whether people dial with it or it stands in a rack.
#[derive(
    Clone, Copy, Debug, Deserialize, JsonSchema, strum::Display, strum::VariantNames, Eq, PartialEq,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Role {
    /// People dial with it.
    Client,
    /// A gateway.
    Gateway,
}

/// An engine whose rule gives everything but the first two offers.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum EngineWord {
    /// strongSwan.
    Charon,
    /// libreswan.
    Libreswan,
}

/// A set-up by a configuration profile of Apple, whatever the release.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConfigurationProfile {
    /// Whether it sets the SA parameters.
    pub parameters: Parameters,
    /// The releases that offer this; empty if it is not tied to any.
    #[serde(default)]
    pub releases: Vec<Releases>,
}

/// Whether a configuration profile sets the SA parameters.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Parameters {
    /// It sets them.
    Set,
    /// It leaves them to the client.
    Unset,
}

/// Releases of a product.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Releases {
    /// The product, as its profiles call it.
    pub product: String,
    /// A version such as `"14.1"`, or a range such as `"14..16"`.
    pub versions: String,
}

/// A public place where a fact can be looked up.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SourceShape {
    /// How the source knows it.
    pub grade: Grade,
    /// Title.
    pub title: String,
    /// Address.
    pub url: String,
    /// Where on the page.
    pub locator: Option<String>,
    /// Date of the page, log or commit.
    pub date: Option<String>,
    /// What it says, literally.
    pub says: Option<String>,
}

/// A way to make the client offer something else.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Configurable {
    /// The way in which the client is configured.
    pub by: ConfigMethod,
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// How it is done, in one line for people.
    pub how: String,
    /// What it cannot do.
    pub limits: Option<String>,
    /// The algorithms that can be chosen.
    pub values: Option<Values>,
    /// The release from which on it has the additional key exchanges of `values`, if that is not
    /// every release that the profile covers.
    pub additional_since: Option<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
}

/// The algorithms that can be chosen, by protocol.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Values {
    /// For IKE.
    #[serde(default)]
    pub ike: ValueSet,
    /// For ESP.
    #[serde(default)]
    pub esp: ValueSet,
}

/// The algorithms that can be chosen, by transform type; a type that is left out is not known.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ValueSet {
    /// Encryption algorithms.
    #[serde(default)]
    pub encryption: Vec<String>,
    /// Integrity algorithms.
    #[serde(default)]
    pub integrity: Vec<String>,
    /// PRFs, where they are chosen apart from integrity.
    #[serde(default)]
    pub prf: Vec<String>,
    /// Key exchange methods, in ESP for perfect forward secrecy.
    #[serde(default)]
    pub key_exchange: Vec<String>,
    /// Methods of one additional key exchange behind the first (RFC 9370); none where the client has
    /// no additional key exchanges.
    #[serde(default)]
    pub additional_key_exchange: Vec<String>,
}

/// How a gateway chooses when the other side begins.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Selection {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
    /// Whose order wins.
    pub rule: SelectionRule,
    /// One or two sentences.
    pub text: String,
}

/// Whose order wins.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum SelectionRule {
    /// Its own, whatever the other side prefers.
    OwnOrder,
    /// That of the side that begins.
    PeerOrder,
}

/// The client asks for an address inside of the tunnel (CFG_REQUEST).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AddressRequest {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
    /// What else there is to say.
    pub note: Option<String>,
}

/// Authentication methods.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Authentication {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Methods.
    pub methods: Vec<String>,
    /// The client may have others that no source names.
    #[serde(default)]
    pub incomplete: bool,
    /// What else there is to say.
    pub note: Option<String>,
}

/// What the client expects of the server's key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ServerAuthentication {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
    /// What else there is to say.
    pub note: Option<String>,
    /// The only kind of key that it takes.
    pub key: ServerKey,
}

/// What becomes of a connection when its IKE SA is authenticated again.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReauthenticationGroup {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
    /// What else there is to say.
    pub note: Option<String>,
    /// The client asks for it by itself.
    pub begins: Option<bool>,
    /// Its connection survives one that the server begins.
    pub follows: Option<bool>,
}

/// What to enter on the client, in the order of its dialog.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Enter {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// The menus that lead to the dialog, or the file and its section.
    pub open: Option<String>,
    /// Fields.
    pub fields: Vec<Field>,
    /// What to import.
    #[serde(default)]
    pub import: Vec<Import>,
    /// What to mark as trusted.
    #[serde(default)]
    pub trust: Vec<String>,
    /// What else there is to say.
    pub note: Option<String>,
}

/// Something to import.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Import {
    /// With every authentication.
    Always(String),
    /// Only with some ways of authentication.
    For(ImportFor),
}

/// Something to import with some ways of authentication.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ImportFor {
    /// What it is.
    pub what: String,
    /// With which authentication of clients.
    pub auth: Vec<String>,
}

impl Import {
    /// What it is.
    pub fn what(&self) -> &str {
        match self {
            Self::Always(what) => what,
            Self::For(import) => &import.what,
        }
    }

    /// With which authentication; any if there is none.
    pub(crate) fn auth(&self) -> &[String] {
        match self {
            Self::Always(_) => &[],
            Self::For(import) => &import.auth,
        }
    }
}

/// One field of a dialog.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Field {
    /// Its label.
    pub field: String,
    /// What goes in.
    pub value: String,
    /// The literal text, where `value` is `text`.
    pub text: Option<String>,
    /// With which authentication of clients it is filled in; any if there is none.
    #[serde(default)]
    pub auth: Vec<String>,
    /// What to watch out for.
    pub note: Option<String>,
}

/// An oddity.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Quirk {
    /// Stable name.
    pub id: String,
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// Grade, where it is lower than the best source's.
    pub grade: Option<Grade>,
    /// One or two sentences.
    pub text: String,
    /// Shortest server address that works; an IP address is exempt.
    pub min_server_address_length: Option<usize>,
    /// The server certificate needs a matching subjectAltName.
    pub needs_san: Option<bool>,
    /// The server certificate needs the extended key usage serverAuth.
    pub needs_server_auth: Option<bool>,
    /// An IP address that is dialled has to stand in the server certificate as a dNSName.
    pub needs_address_as_dns_name: Option<bool>,
    /// The Remote ID has to be the CN of the server certificate.
    pub needs_cn_as_remote_id: Option<bool>,
    /// The server has to choose the client's first proposal.
    pub needs_first_proposal: Option<bool>,
    /// The server certificate must not be ECDSA.
    pub no_ecdsa_server_certificate: Option<bool>,
    /// Length of the nonce of the first message, in octets.
    pub nonce_octets: Option<u16>,
    /// Notifies of the first message, in their order, by their names in the registry.
    pub notifies: Option<Vec<String>>,
    /// Vendor IDs of the first message, in their order, in hexadecimal digits.
    pub vendor_ids: Option<Vec<String>>,
    /// Length of the first message without UDP, in octets.
    pub message_octets: Option<u16>,
}

impl Quirk {
    /// Whether it is about what a server certificate has to be.
    pub(crate) fn is_demand(&self) -> bool {
        [
            self.needs_san,
            self.needs_server_auth,
            self.needs_address_as_dns_name,
            self.no_ecdsa_server_certificate,
        ]
        .contains(&Some(true))
    }
}

/// Sources that disagree.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Conflict {
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// The words of the message, as the client shows them.
    pub text: String,
}
