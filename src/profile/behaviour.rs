//! What releases of an engine do by themselves, and what changes from one to another.

use super::database::{Broken, Database};
use super::server_shape::{BehaviourShape, BehaviourValue};
use super::servers::newest;
use crate::peer::server::IkeVersions;
use crate::peer::{Engine, Version};

/// Something that one release does in another way than another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BehaviourChange {
    /// Its stable name.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// How the release does it that is left.
    pub before: String,
    /// How the release does it that comes.
    pub after: String,
}

impl Database<'_> {
    /// What changes from one release of an engine to another; nothing where they are of two
    /// engines, and nothing about what is not known of both.
    pub(crate) fn behaviour_changes(
        &self,
        before: Engine,
        after: Engine,
    ) -> Result<Vec<BehaviourChange>, Broken> {
        if before.name != after.name {
            return Ok(Vec::new());
        }
        let all = self.behaviours(before)?;
        let change = |shape: &BehaviourShape| {
            let (old, new) = (value(shape, before.version)?, value(shape, after.version)?);
            (old.text != new.text).then(|| BehaviourChange {
                id: shape.id.clone(),
                title: shape.title.clone(),
                before: old.text.clone(),
                after: new.text.clone(),
            })
        };
        Ok(all.iter().filter_map(change).collect())
    }

    /// The versions of IKE that a connection takes in a file of the engine's own that does not
    /// say it: either, unless the release is known to do otherwise.
    pub fn unwritten_versions(&self, engine: Engine) -> IkeVersions {
        self.known(engine, |value| value.unwritten_versions)
            .unwrap_or(IkeVersions::Any)
    }

    /// Whether the engine answers IKEv1, as its builds do by default; not known to be otherwise
    /// means that it does.
    pub(crate) fn answers_ikev1(&self, engine: Engine) -> bool {
        self.known(engine, |value| value.ikev1).unwrap_or(true)
    }

    fn known<T>(&self, engine: Engine, of: impl Fn(&BehaviourValue) -> Option<T>) -> Option<T> {
        let all = self.behaviours(engine).unwrap_or_default();
        let mut values = all.iter().filter_map(|shape| value(shape, engine.version));
        values.find_map(of)
    }

    fn behaviours(&self, engine: Engine) -> Result<Vec<BehaviourShape>, Broken> {
        let file = self.server(&engine.name.to_string())?;
        Ok(file.map(|file| file.behaviours).unwrap_or_default())
    }
}

/// How a version does it.
fn value(shape: &BehaviourShape, version: Version) -> Option<&BehaviourValue> {
    newest(&shape.values, version, |value| Some(&value.since))
}
