//! What is wrong in a condition.

use super::condition;

#[test]
fn conditions() {
    let at = |rest: &str| format!("flags.f.rules[0].where{rest}");
    condition("{}", &[&at(": the condition asks nothing")]);
    condition("true", &[&at(": this is a boolean, and an object is wanted")]);
    condition(
        r#"{ "country": {} }"#,
        &[&at(".country: nothing is asked of `country`")],
    );
    condition(
        r#"{ "country": [] }"#,
        &[&at(".country: nothing is in an empty list")],
    );
    condition(
        r#"{ "country": null }"#,
        &[&at(".country: null is never equal to anything")],
    );
    condition(
        r#"{ "country": ["SE", null] }"#,
        &[&at(".country[1]: null cannot be in a list of values")],
    );
    condition(
        r#"{ "country": { "equal": "SE" } }"#,
        &[&at(".country.equal: `equal` is no operator")],
    );
    condition(
        r#"{ "country": { "ignoreCase": true } }"#,
        &[&at(".country: nothing is asked of `country`")],
    );
    condition(
        r#"{ "country": { "equals": "SE", "ignoreCase": "yes" } }"#,
        &[&at(
            ".country.ignoreCase: this is a string, and true or false is wanted",
        )],
    );
    condition(
        r#"{ "age": { "atLeast": "18" } }"#,
        &[&at(".age.atLeast: this is a string, and a number is wanted")],
    );
    condition(
        r#"{ "age": { "between": [18] } }"#,
        &[&at(".age.between: `between` takes two numbers")],
    );
    condition(
        r#"{ "age": { "between": [65, 18] } }"#,
        &[&at(".age.between: nothing is between 65 and 18")],
    );
    condition(
        r#"{ "email": { "endsWith": "" } }"#,
        &[&at(".email.endsWith: every string has the empty one")],
    );
    condition(
        r#"{ "email": { "endsWith": 7 } }"#,
        &[&at(".email.endsWith: this is a number, and a string is wanted")],
    );
    condition(
        r#"{ "version": { "semver": ">=2 <" } }"#,
        &[&at(".version.semver: \"<\" is no part of a range of versions")],
    );
    condition(
        r#"{ "email": { "exists": 1 } }"#,
        &[&at(
            ".email.exists: this is a number, and true or false is wanted",
        )],
    );
    condition(
        r#"{ "all": [] }"#,
        &[&at(".all: the list of conditions is empty")],
    );
    condition(
        r#"{ "any": {} }"#,
        &[&at(".any: this is an object, and a list is wanted")],
    );
    condition(
        r#"{ "segment": "stuff" }"#,
        &[&at(": there is no segment `stuff`")],
    );
    condition(
        r#"{ "segment": [] }"#,
        &[&at(".segment: the list of segments is empty")],
    );
    condition(r#"{ "attribute": "all" }"#, &[&at(": nothing is asked of `all`")]);
    let path = vec!["a"; 17].join(".");
    condition(
        &format!(r#"{{ "{path}": 1 }}"#),
        &[&at(&format!(
            "[\"{path}\"]: \"{path}\" may not name an attribute"
        ))],
    );
}
