//! Where the settings of mobile clients stand in a `config.xml`, so that they can be changed and nothing else is.

use std::ops::Range;

use crate::diag::Sources;
use crate::read::xml::{self, Doctype, Element};

/// An element with its value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ElementValue {
    /// The whole element.
    pub(crate) place: Range<usize>,
    /// Its value.
    pub(crate) value: String,
}

/// A cipher that is ticked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct PlacedCipher {
    /// The whole element.
    pub(crate) place: Range<usize>,
    /// `<name>`.
    pub(crate) name: String,
    /// `<keylen>`, empty where there is none.
    pub(crate) length: String,
}

/// The settings of a phase 2.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Phase2Places {
    /// The way to the element, as XPath has it.
    pub(crate) path: String,
    pub(crate) ciphers: Vec<PlacedCipher>,
    pub(crate) hashes: Vec<ElementValue>,
    pub(crate) group: Option<ElementValue>,
    pub(crate) rekey_time: Option<ElementValue>,
    pub(crate) lifetime: Option<ElementValue>,
}

/// The settings of mobile clients.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct MobilePlaces {
    /// The way to phase 1, as XPath has it.
    pub(crate) path: String,
    /// The rows of phase 1, each as a whole.
    pub(crate) rows: Vec<Range<usize>>,
    /// PRFs are chosen by themselves.
    pub(crate) selects_prf: bool,
    /// The entries of phase 2 that pfSense writes.
    pub(crate) phase2: Vec<Phase2Places>,
}

/// The places in a text that has been read, or `None` if it has no mobile clients.
pub(crate) fn places(text: &str) -> Option<MobilePlaces> {
    let document = xml::parse(&Sources::new(), 0, text, Doctype::Refuse).ok()?;
    let root = Element::root(&document, 0);
    let (ipsec, prefix) = match root.is("pfsense") {
        true => (root.child("ipsec")?, "pfsense/ipsec"),
        false => (root, "ipsec"),
    };
    let is_used = |element: &Element<'_, '_>| element.has("mobile") && !element.has("disabled");
    let tunnels = ipsec.all("phase1").enumerate();
    let (number, phase1) = tunnels.filter(|(_, it)| is_used(it)).last()?;
    let rows = phase1.child("encryption").into_iter();
    let ikeid = phase1.text_of("ikeid");
    let entries = ipsec.all("phase2").enumerate();
    let own = entries.filter(|(_, it)| it.text_of("ikeid") == ikeid && !it.has("disabled"));
    let own = own.filter(|(_, it)| it.text_of("protocol") != "ah");
    Some(MobilePlaces {
        path: format!("{prefix}/phase1[{}]", number + 1),
        rows: rows
            .flat_map(|it| it.all("item").map(Element::range))
            .collect(),
        selects_prf: phase1.text_of("prfselect_enable") == "yes",
        phase2: own
            .map(|(number, it)| of_phase2(it, format!("{prefix}/phase2[{}]", number + 1)))
            .collect(),
    })
}

fn of_phase2(element: Element<'_, '_>, path: String) -> Phase2Places {
    let placed = |it: Element<'_, '_>| ElementValue {
        place: it.range(),
        value: it.text().trim().to_owned(),
    };
    let ciphers = element.all("encryption-algorithm-option");
    Phase2Places {
        path,
        ciphers: ciphers
            .map(|it| PlacedCipher {
                place: it.range(),
                name: it.text_of("name").into_owned(),
                length: it.text_of("keylen").into_owned(),
            })
            .collect(),
        hashes: element.all("hash-algorithm-option").map(placed).collect(),
        group: element.child("pfsgroup").map(placed),
        rekey_time: element.child("rekey_time").map(placed),
        lifetime: element.child("lifetime").map(placed),
    }
}
