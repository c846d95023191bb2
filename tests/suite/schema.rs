//! The JSON Schema of definitions: that it hangs together, and says all that the reader knows. Whether it accepts and
//! rejects what it should is tried with a real validator, in `tests/js/schema.test.ts`.

use std::collections::BTreeSet;

use fader::json::Json;
use fader::read::operator;
use fader::schema::schema;

/// Everything that is written under a name, anywhere in a document.
fn under<'a>(json: &'a Json, name: &str, found: &mut Vec<&'a Json>) {
    match json {
        Json::Object(members) => {
            for (member, json) in members {
                if member == name {
                    found.push(json);
                }
                under(json, name, found);
            }
        }
        Json::List(items) => items.iter().for_each(|item| under(item, name, found)),
        _ => {}
    }
}

#[test]
fn every_part_that_is_referred_to_is_there_and_no_other() {
    let schema = schema();
    let Some(Json::Object(parts)) = schema.get("$defs") else {
        panic!("there are no parts");
    };
    let parts: BTreeSet<String> = parts.iter().map(|(name, _)| format!("#/$defs/{name}")).collect();
    let mut references = Vec::new();
    under(&schema, "$ref", &mut references);
    let text = |json: &&Json| match json {
        Json::Text(text) => text.clone(),
        other => panic!("{other} is no reference"),
    };
    assert_eq!(references.iter().map(text).collect::<BTreeSet<_>>(), parts);
}

#[test]
fn every_operator_is_there_with_its_help() {
    let schema = schema();
    let operators = schema
        .get("$defs")
        .and_then(|parts| parts.get("operators"))
        .unwrap();
    for field in operator::fields() {
        let written = operators.get("properties").and_then(|all| all.get(field.name));
        let help = written.and_then(|written| written.get("description"));
        assert_eq!(help, Some(&Json::Text(field.help.to_owned())), "{}", field.name);
    }
}
