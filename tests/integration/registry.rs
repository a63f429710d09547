//! The enums of the vocabulary against the IANA registry: numbers, names, order, status, use.
//!
//! The tables are in `tests/corpus/iana`; the file beside each says where it is from.

use std::fmt::Display;
use std::fs;
use std::path::Path;

use ikecompat::ike::{Encr, IkeUse, Integ, Ke, Prf, Sn, TransformType};
use strum::IntoEnumIterator;

/// The rows of a table without those of numbers that stand for nothing, and without its head.
fn rows(table: &str) -> Vec<Vec<String>> {
    let mut rows = all_rows(table);
    rows.retain(|row| !["reserved", "unassigned"].contains(&row[1].as_str()));
    rows
}

fn all_rows(table: &str) -> Vec<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/iana");
    let origin = folder.join(format!("{table}.origin.yaml"));
    assert!(origin.exists(), "{table}.csv does not say where it is from");
    let text = fs::read_to_string(folder.join(format!("{table}.csv"))).unwrap();
    let width = text.lines().next().unwrap().split(',').count();
    let rows = text.lines().skip(1).map(|line| {
        let row: Vec<_> = line.split(',').map(str::to_owned).collect();
        assert_eq!(row.len(), width, "{table}.csv: {line}");
        row
    });
    rows.collect()
}

/// What the enum says, in the columns `number,name,status` of the tables.
fn described(number: u16, name: impl Display, deprecated_by: Option<u16>) -> Vec<String> {
    let status = deprecated_by.map_or_else(String::new, |rfc| format!("DEPRECATED {rfc}"));
    vec![number.to_string(), name.to_string(), status]
}

fn of_table(table: &str) -> Vec<Vec<String>> {
    rows(table).into_iter().map(|row| row[..3].into()).collect()
}

#[test]
fn numbers_names_order_and_status_are_the_registrys() {
    let encr: Vec<_> = Encr::iter()
        .map(|id| described(id.number(), id, id.deprecated_by()))
        .collect();
    assert_eq!(encr, of_table("encr"));
    let prf: Vec<_> = Prf::iter()
        .map(|id| described(id.number(), id, id.deprecated_by()))
        .collect();
    assert_eq!(prf, of_table("prf"));
    let integ: Vec<_> = Integ::iter()
        .map(|id| described(id.number(), id, id.deprecated_by()))
        .collect();
    assert_eq!(integ, of_table("integ"));
    let ke: Vec<_> = Ke::iter()
        .map(|id| described(id.number(), id, id.deprecated_by()))
        .collect();
    assert_eq!(ke, of_table("ke"));
    let sn: Vec<_> = Sn::iter()
        .map(|id| vec![id.number().to_string(), id.to_string()])
        .collect();
    assert_eq!(sn, rows("sn"));
}

#[test]
fn numbers_that_stand_for_nothing_have_no_name() {
    let empty = |table| {
        let all = all_rows(table).into_iter();
        all.filter(|row| row[1] == "reserved" || row[1] == "unassigned")
            .map(|row| row[0].parse::<u16>().unwrap())
    };
    assert!(empty("encr").all(|number| Encr::from_repr(number).is_none()));
    assert!(empty("ke").all(|number| Ke::from_repr(number).is_none()));
    // The first of the private-use range, which strongSwan uses and the registry never will.
    assert!(Encr::from_repr(1024).is_none() && Ke::from_repr(1024).is_none());
}

#[test]
fn types_carry_the_abbreviations_of_the_registry() {
    for row in rows("transform-type") {
        let number = row[0].parse().unwrap();
        assert_eq!(TransformType(number).name(), Some(row[1].as_str()));
    }
    let listed = rows("transform-type").len();
    assert_eq!(listed, TransformType::COMPARED.len());
}

#[test]
fn ciphers_are_used_as_the_registry_lets_them() {
    for row in rows("encr") {
        let [number, name, _, _, ike, key_length, keys, aead, icv] = &row[..] else {
            panic!("encr.csv has nine columns");
        };
        let encr = Encr::from_repr(number.parse().unwrap()).unwrap();
        let use_in_ike = match ike.as_str() {
            "" => IkeUse::Unreferenced,
            "not allowed" => IkeUse::Forbidden,
            _ => IkeUse::Referenced,
        };
        assert_eq!(encr.ike_use(), use_in_ike, "{name}");
        assert_eq!(encr.is_aead(), aead != "no", "{name}");
        let bytes = encr
            .icv_octets()
            .map_or_else(String::new, |o| o.to_string());
        assert_eq!(&bytes, icv, "{name}");
        let lengths: Vec<_> = encr.key_lengths().iter().map(u16::to_string).collect();
        match key_length.as_str() {
            "required" => assert_eq!(&lengths.join(" "), keys, "{name}"),
            "no" => assert!(lengths.is_empty(), "{name}"),
            // No text settles these; the enum follows what strongSwan sends.
            "optional" | "unknown" => {}
            other => panic!("{name}: `{other}` says nothing about the key length"),
        }
    }
}

#[test]
fn integrity_algorithms_cut_their_tag_where_their_name_says() {
    for integ in Integ::iter() {
        let name = integ.to_string();
        let gmac = name.ends_with("_GMAC"); // the number is the key's
        let number = name.rsplit('_').next().and_then(|word| word.parse().ok());
        if let (Some(bits), false) = (number, gmac) {
            assert_eq!(integ.tag_bits(), Some(bits), "{name}");
        }
    }
}
