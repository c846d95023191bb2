//! Rules that change nothing.

use super::Findings;
use super::facts::{Facts, Of, rules_of};
use crate::definition::Choice;

/// Rules that admit nobody, and last rules that give what there is without them.
pub(super) fn without_effect(facts: &Facts<'_>, findings: &mut Findings) {
    for rule in facts.rules() {
        let is_closed = rule.rule.traffic == Some(0) && !rule.rises();
        if is_closed {
            let message = format!("the rule `{}` admits nobody: its traffic is 0 %", rule.rule.id);
            let mend = "give it traffic, or remove it";
            findings.inform("admits-nobody", &rule.field("traffic"), message, mend);
        }
    }
    for (key, flag) in facts.flags() {
        let rules: Vec<Of<'_>> = rules_of(key, flag).collect();
        let is_idle = |rule: &&Of<'_>| {
            matches!(&rule.rule.choice, Choice::Serve(variant) if *variant == flag.otherwise) && !rule.rises()
        };
        for rule in rules.iter().rev().take_while(is_idle) {
            let (id, variant) = (&rule.rule.id, &flag.otherwise);
            let message =
                format!("without the rule `{id}` everybody whom it concerns gets `{variant}` as well");
            let mend = "remove the rule, if its name in answers is not needed";
            findings.inform("no-effect", &rule.steps(), message, mend);
        }
    }
}
