//! What changes in OPNsense's `config.xml` beside the lists: the rekey time of children.

use super::patch::Region;
use super::{Existing, Lists};
use crate::peer::{Child, Connection};
use crate::read::opnsense::rekey_times;

/// The setting of a child, as it is shown.
fn setting(child: &Child) -> String {
    format!("Child `{}`: rekey_time", child.name)
}

/// The places where children of the plan's connections ask for new keys and must not.
pub(super) fn rekeying(existing: &Existing, lists: &Lists<'_>) -> Vec<Region> {
    let children = || lists.connections.iter().flat_map(|it| &it.children);
    let never = "<rekey_time>0</rekey_time>";
    let regions = rekey_times(&existing.text).into_iter();
    let regions = regions.filter_map(|(start, placed)| {
        let is_it = |child: &&Child| {
            let span = child.span.as_ref();
            span.is_some_and(|span| span.file == existing.file && span.start == start)
        };
        let child = children().find(is_it).filter(|_| lists.never_asks)?;
        let old = match placed.value.as_str() {
            "0" => return None,
            "" => "(empty)".to_owned(),
            value => value.to_owned(),
        };
        Some(Region {
            place: placed.place,
            both: never.to_owned(),
            alone: never.to_owned(),
            setting: setting(child),
            old,
            new: "0".to_owned(),
        })
    });
    regions.collect()
}

/// Whether the rekey time of each child of a connection is among the places.
pub(super) fn is_set(connection: &Connection, regions: &[Region]) -> bool {
    let mut children = connection.children.iter();
    children.all(|child| {
        regions
            .iter()
            .any(|region| region.setting == setting(child))
    })
}
