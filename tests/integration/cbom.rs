//! The bill of materials of `check --format cbom`, against the published schema.

use std::fs;

use serde_json::Value;

use crate::common::ikecompat;

fn read(name: &str) -> Value {
    let text = fs::read_to_string(format!("tests/corpus/cyclonedx/{name}.schema.json")).unwrap();
    // The copy calls the schemas it refers to by names of its own.
    serde_json::from_str(&text.replace(".SNAPSHOT.schema", ".schema")).unwrap()
}

/// The published schema with those it refers to inside.
fn schema() -> jsonschema::Validator {
    let mut schema = read("bom-1.6");
    for name in ["spdx", "jsf-0.82"] {
        schema["definitions"][name] = read(name);
    }
    jsonschema::validator_for(&schema).unwrap()
}

fn bill(arguments: &[&str], input: &str) -> Value {
    let run = ikecompat(&[arguments, &["--format", "cbom"]].concat(), input);
    assert_eq!(
        run.stdout,
        ikecompat(&[arguments, &["--format", "cbom"]].concat(), input).stdout
    );
    serde_json::from_str(&run.stdout).unwrap()
}

/// The component of a reference.
fn component<'a>(bill: &'a Value, reference: &str) -> &'a Value {
    let mut all = bill["components"].as_array().unwrap().iter();
    all.find(|it| it["bom-ref"] == reference).unwrap()
}

#[test]
fn the_schema_tells_good_from_bad() {
    let mut bill = bill(&["check", "examples/after.yaml"], "");
    assert!(schema().is_valid(&bill));
    bill["components"][1]["cryptoProperties"]["assetType"] = "cipher".into();
    assert!(!schema().is_valid(&bill));
}

#[test]
fn every_server_has_a_valid_bill_whose_references_lead_somewhere() {
    let servers = [
        "examples/after.yaml",
        "examples/before.yaml",
        "examples/server.yaml",
    ];
    let bill = bill(&[&["check"], &servers[..]].concat(), "");
    let schema = schema();
    let errors: Vec<_> = schema.iter_errors(&bill).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let components = bill["components"].as_array().unwrap();
    let mut references: Vec<_> = components
        .iter()
        .map(|it| it["bom-ref"].as_str().unwrap())
        .collect();
    let all = references.len();
    references.sort_unstable();
    references.dedup();
    assert_eq!(references.len(), all, "each is there once");
    for dependency in bill["dependencies"].as_array().unwrap() {
        assert!(references.contains(&dependency["ref"].as_str().unwrap()));
        for on in dependency["dependsOn"].as_array().unwrap() {
            assert!(references.contains(&on.as_str().unwrap()), "{on}");
        }
    }
    assert_eq!(
        bill["metadata"]["timestamp"],
        Value::Null,
        "the same octets on every day"
    );
}

#[test]
fn transforms_stand_under_their_types() {
    let text = "connections {\n  rw {\n    version = 2\n    \
        proposals = aes256-sha256-ecp256-ke1_mlkem768,aes256gcm16-prfsha384-ecp384\n    \
        remote {\n      auth = eap-tls\n    }\n    children {\n      net {\n        \
        esp_proposals = aes128gcm16-esn-noesn\n      }\n      plain {\n        esp_proposals = aes256-sha256\n      }\n    }\n  }\n}\n";
    let bill = bill(&["check", "-", "--engine", "strongswan@6.0.2"], text);
    assert!(schema().is_valid(&bill));
    let types = |reference: &str| {
        component(&bill, reference)["cryptoProperties"]["protocolProperties"]["ikev2TransformTypes"]
            .clone()
    };
    let ike = types("server/1/connection/1");
    let algorithms = |kind: &str, names: &[&str]| -> Value {
        let all = names.iter().map(|name| format!("algorithm/{kind}/{name}"));
        all.collect::<Vec<_>>().into()
    };
    assert_eq!(
        ike["encr"],
        algorithms("encr", &["AES_CBC_256", "AES_GCM_16_256"])
    );
    assert_eq!(ike["integ"], algorithms("integ", &["HMAC_SHA2_256_128"]));
    assert_eq!(
        ike["prf"],
        algorithms("prf", &["PRF_HMAC_SHA2_256", "PRF_HMAC_SHA2_384"])
    );
    let ke = ike["ke"].as_array().unwrap();
    assert_eq!(ke.len(), 3, "the additional key exchange is one: {ke:?}");
    assert!(
        ike["auth"]
            .as_array()
            .unwrap()
            .contains(&"authentication/eap-tls".into())
    );
    assert_eq!(
        ike["esn"],
        Value::Null,
        "only ESP and AH have sequence numbers to extend"
    );
    assert_eq!(types("server/1/connection/1/child/1")["esn"], true);
    assert_eq!(types("server/1/connection/1/child/2")["esn"], false);
    assert_eq!(types("server/1/connection/1/child/2")["prf"], Value::Null);

    let algorithm = |reference: &str| {
        component(&bill, reference)["cryptoProperties"]["algorithmProperties"].clone()
    };
    let gcm = algorithm("algorithm/encr/AES_GCM_16_256");
    assert_eq!(
        (&gcm["primitive"], &gcm["mode"]),
        (&"ae".into(), &"gcm".into())
    );
    assert_eq!(gcm["parameterSetIdentifier"], "256");
    let group = algorithm("algorithm/ke/ECP_256");
    assert_eq!(
        (&group["primitive"], &group["curve"]),
        (&"key-agree".into(), &"nist/P-256".into())
    );
    assert_eq!(group["classicalSecurityLevel"], 128);
    assert_eq!(group["nistQuantumSecurityLevel"], 0);
}

#[test]
fn secrets_are_not_in_the_bill() {
    let text = "connections {\n  rw {\n    version = 2\n    children {\n      net {\n      }\n    }\n  }\n}\n\
        secrets {\n  ike-1 {\n    secret = \"hunter2\"\n  }\n}\n";
    assert!(!bill(&["check", "-"], text).to_string().contains("hunter2"));
}
