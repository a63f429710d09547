//! Algorithms that the daemon was built without.

use crate::diag::{Severity, and_list};
use crate::ike::{Ke, Transform, TransformType};
use crate::lint::place::names;
use crate::lint::rules::RuleFile;
use crate::lint::{Findings, LintSubject, Rule};
use crate::peer::engine::AdditionalSyntax;
use crate::peer::{Build, Edit};

/// What `ikecompat explain algorithm-not-in-build` says.
pub(super) const ALGORITHM_NOT_IN_BUILD: Rule = Rule {
    name: "algorithm-not-in-build",
    severity: Severity::Error,
    documentation: "The build of the daemon lacks an algorithm that an entry names.\n\n\
        Knowing a keyword is not having the algorithm. libreswan since 3.30 is built without \
        modp1024 and answers \"not supported\", after which the whole connection is unusable \
        (libreswan issues 503 and 2496, NetworkManager-l2tp issue 123); charon selects such an entry \
        and then fails.\n\n\
        Remove the algorithm, or install the plugin or build that has it. A \
        libreswan that was built with `USE_DH2=true`, as some installers do, has modp1024: say so \
        with `--built-with modp1024`, or in the file with the comment `# ikecompat: \
        built-with(modp1024)`.",
};

/// The row of the table of rules.
pub(super) const FILE: RuleFile = RuleFile {
    rules: &[ALGORITHM_NOT_IN_BUILD],
    check,
};

/// [`ALGORITHM_NOT_IN_BUILD`].
fn check(subject: &LintSubject<'_>, found: &mut Findings) {
    let build = &subject.situation.build;
    for place in subject
        .entries()
        .into_iter()
        .filter(|p| !subject.is_default_list(*p))
    {
        let all = place.entry.proposal.transforms().iter().copied();
        let missing: Vec<_> = all
            .filter(|t| !has(build, *t) || build.refuses(*t))
            .collect();
        let Some(first) = missing.first() else {
            continue;
        };
        let message = format!(
            "{} names {}, which the known build of {} lacks",
            place.name(),
            and_list(&names(&missing)),
            subject.server.engine
        );
        let span = subject.word(place.entry, *first);
        let mut finding = ALGORITHM_NOT_IN_BUILD
            .finding(message)
            .about(place.list.number)
            .at(span.as_ref());
        let mut help = "remove it, or use a build that has it".to_owned();
        if let Some(lacking) = missing.iter().find(|t| build.refuses(**t)) {
            help = help_for(*lacking, subject);
            finding.diagnostic.severity = Severity::Error;
            finding = finding.note("the daemon then does not load the connection at all");
        }
        let remove = |transform: &Transform| Edit::RemoveAlgorithm {
            list: place.list.place(),
            transform: *transform,
        };
        let remove = missing.iter().map(remove).collect();
        found.advise(subject, finding, &help, remove);
    }
}

/// What helps where the daemon does not load a connection because of an algorithm.
fn help_for(lacking: Transform, subject: &LintSubject<'_>) -> String {
    let is_post_quantum = lacking.kind.is_key_exchange()
        && Ke::from_repr(lacking.id).is_some_and(Ke::is_post_quantum);
    if lacking.kind.additional_round().is_some() || is_post_quantum {
        let name = subject.server.engine.name;
        return match name.row().additional_syntax {
            AdditionalSyntax::Option => format!("remove it; {name} has ML_KEM_768 since 5.4"),
            AdditionalSyntax::Keyword | AdditionalSyntax::Other => {
                format!("remove it, or use a release of {name} that has it")
            }
        };
    }
    let name = names(&[lacking]).concat().replace('`', "");
    format!(
        "remove it; if the daemon was built with it, say so: `--built-with {name}`, or in the \
         file `# ikecompat: built-with({name})`"
    )
}

/// Whether a build has an algorithm; of a build without known limits everything is taken to be in.
fn has(build: &Build, transform: Transform) -> bool {
    let list = match transform.kind {
        TransformType::ENCR if transform.is_aead() => &build.aead,
        TransformType::ENCR => &build.encr,
        TransformType::INTEG => &build.integ,
        TransformType::PRF => &build.prf,
        kind if kind.is_key_exchange() => &build.ke,
        _ => return true,
    };
    let listed = |list: &Vec<u16>| list.contains(&transform.id);
    transform.is_none() || transform.is_private() || list.as_ref().is_none_or(listed)
}
