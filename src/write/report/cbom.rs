//! A cryptography bill of materials, CycloneDX 1.6: what servers accept, for inventories of
//! algorithms. Servers, connections, children and algorithms are components; an algorithm stands
//! there once, whoever uses it.
//!
//! The document has no date and no serial number of the day: the same servers give the same octets.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::ike::{Protocol, Sn, Transform, TransformType};
use crate::peer::server::Authentication;
use crate::peer::{Child, Connection, Entry, Policy, Server};
use crate::write::escape::visible;
use crate::write::report::cbom_algorithm::{self as algorithm, property};

const SCHEMA: &str = "http://cyclonedx.org/schema/bom-1.6.schema.json";

/// The bill of several servers, while it is being made.
#[derive(Default)]
pub struct Bill {
    servers: Vec<Value>,
    protocols: Vec<Value>,
    /// By reference, so that each is there once and in order.
    algorithms: BTreeMap<String, Value>,
    dependencies: Vec<Value>,
}

impl Bill {
    /// Adds a server. Connections that nobody can meet because they are not loaded are left out.
    pub fn add(&mut self, server: &Server, policy: &Policy) {
        let reference = format!("server/{}", self.servers.len() + 1);
        let mut uses = Vec::new();
        let loaded = server
            .connections
            .iter()
            .filter(|it| it.not_loaded.is_none());
        for (place, connection) in loaded.enumerate() {
            let own = format!("{reference}/connection/{}", place + 1);
            self.ike(&own, connection, policy);
            for (place, child) in connection.children.iter().enumerate() {
                let child_own = format!("{own}/child/{}", place + 1);
                self.child(&child_own, connection, child, policy);
                uses.push(child_own);
            }
            uses.push(own);
        }
        uses.sort();
        let product = server.product.map(|product| product.to_string());
        self.servers.push(json!({
            "type": "application",
            "bom-ref": reference,
            "name": product.unwrap_or_else(|| server.engine.name.to_string()),
            "description": format!("VPN server as configured in {}", visible(&server.file)),
            "properties": [
                property("ikecompat:file", &server.file),
                property("ikecompat:engine", &server.engine.to_string()),
            ],
        }));
        self.depends(&reference, uses);
    }

    /// Writes the document.
    pub fn write(self, out: &mut impl Write) -> io::Result<()> {
        let components = self.servers.into_iter().chain(self.protocols);
        let components: Vec<_> = components.chain(self.algorithms.into_values()).collect();
        let document = json!({
            "$schema": SCHEMA,
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": { "tools": { "components": [{
                "type": "application",
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
            }] } },
            "components": components,
            "dependencies": self.dependencies,
        });
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)
    }

    fn ike(&mut self, reference: &str, connection: &Connection, policy: &Policy) {
        let mut types = self.types(&connection.ike, Protocol::Ike, policy);
        let auth = self.authentication([&connection.local, &connection.remote]);
        if !auth.is_empty() {
            types.insert("auth".to_owned(), auth.into());
        }
        let name = format!("IKEv2 of {}", connection.name);
        self.protocol(reference, &name, ("ike", Some("2")), types);
    }

    fn child(&mut self, reference: &str, connection: &Connection, child: &Child, policy: &Policy) {
        let (entries, protocol, name) = if child.ah.is_empty() {
            (&child.esp, Protocol::Esp, "ESP")
        } else {
            (&child.ah, Protocol::Ah, "AH")
        };
        let mut types = self.types(entries, protocol, policy);
        types.insert("esn".to_owned(), accepts_esn(entries).into());
        let name = format!("{name} of {}, {}", connection.name, child.name);
        self.protocol(reference, &name, ("ipsec", None), types);
    }

    fn protocol(
        &mut self,
        reference: &str,
        name: &str,
        (kind, version): (&str, Option<&str>),
        types: Map<String, Value>,
    ) {
        let lists = types.values().filter_map(Value::as_array).flatten();
        let mut uses: Vec<String> = lists
            .filter_map(Value::as_str)
            .map(ToOwned::to_owned)
            .collect();
        uses.sort();
        uses.dedup();
        let mut properties = json!({ "type": kind, "ikev2TransformTypes": types });
        if let Some(version) = version {
            properties["version"] = version.into();
        }
        self.protocols.push(json!({
            "type": "cryptographic-asset",
            "bom-ref": reference,
            "name": visible(name),
            "cryptoProperties": { "assetType": "protocol", "protocolProperties": properties },
        }));
        self.depends(reference, uses);
    }

    /// The algorithms of all entries by type, in the order in which they are preferred.
    fn types(
        &mut self,
        entries: &[Entry],
        protocol: Protocol,
        policy: &Policy,
    ) -> Map<String, Value> {
        let mut types = Map::new();
        for (key, kind) in [
            ("encr", TransformType::ENCR),
            ("prf", TransformType::PRF),
            ("integ", TransformType::INTEG),
            ("ke", TransformType::KE),
        ] {
            let mut references: Vec<String> = Vec::new();
            let all = entries.iter().flat_map(|entry| entry.proposal.transforms());
            let additional =
                |it: &Transform| it.kind.is_key_exchange() && kind == TransformType::KE;
            for transform in all.filter(|it| it.kind == kind || additional(it)) {
                if transform.is_none() {
                    continue; // NONE says that there is no algorithm
                }
                let reference = self.algorithm(*transform, protocol, policy);
                if !references.contains(&reference) {
                    references.push(reference);
                }
            }
            if !references.is_empty() {
                types.insert(key.to_owned(), references.into());
            }
        }
        types
    }

    /// The reference of an algorithm.
    fn algorithm(&mut self, transform: Transform, protocol: Protocol, policy: &Policy) -> String {
        let reference = algorithm::reference(transform);
        let component = self.algorithms.entry(reference.clone());
        let component = component.or_insert_with(|| algorithm::component(transform, policy));
        // What the policy says differs by protocol, so each has a property of its own.
        if let Some(cell) = policy.cell(protocol, transform) {
            let said = property(
                &format!("ikecompat:{}:{protocol}", policy.id),
                &cell.level.to_string(),
            );
            if let Some(list) = component["properties"].as_array_mut()
                && !list.contains(&said)
            {
                list.push(said);
            }
        }
        reference
    }

    /// The references of the methods of authentication.
    fn authentication(&mut self, sides: [&Authentication; 2]) -> Vec<Value> {
        let mut references: Vec<Value> = Vec::new();
        for method in sides.iter().flat_map(|side| &side.methods) {
            let method = visible(&method.value);
            let reference = format!("authentication/{method}");
            if references.contains(&Value::from(reference.as_str())) {
                continue;
            }
            let component = algorithm::authentication(&reference, &method);
            self.algorithms
                .entry(reference.clone())
                .or_insert(component);
            references.push(reference.into());
        }
        references
    }

    fn depends(&mut self, reference: &str, on: Vec<String>) {
        self.dependencies
            .push(json!({ "ref": reference, "dependsOn": on }));
    }
}

/// Whether an entry takes extended sequence numbers.
fn accepts_esn(entries: &[Entry]) -> bool {
    let esn = Transform::raw(TransformType::SN, Sn::Sequential64 as u16);
    entries.iter().any(|entry| entry.proposal.contains(esn))
}
