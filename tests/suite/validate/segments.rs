//! What segments say of one another.

use super::segments;

#[test]
fn segments_among_themselves() {
    segments(r#"{ "a": {} }"#, &["segments.a: nobody can be in this segment"]);
    segments(
        r#"{ "a": { "include": ["u"], "exclude": ["u"] } }"#,
        &["segments.a.exclude[0]: \"u\" is included as well as excluded"],
    );
    segments(
        r#"{ "a": { "where": { "segment": "b" } } }"#,
        &["segments.a.where: there is no segment `b`"],
    );
    let circle = "the segment asks for itself by way of others, or stands more than 32 deep";
    segments(
        r#"{ "a": { "where": { "segment": "a" } } }"#,
        &[&format!("segments.a: {circle}")],
    );
    segments(
        r#"{ "a": { "where": { "segment": "b" } }, "b": { "where": { "segment": "a" } } }"#,
        &[&format!("segments.a: {circle}"), &format!("segments.b: {circle}")],
    );
}

#[test]
fn segments_and_what_they_ask_for() {
    segments(
        r#"{ "a": { "where": { "flag": { "missing": "on" } } } }"#,
        &["segments.a.where: there is no flag `missing`"],
    );
    segments(
        r#"{ "a": { "unit": "$now", "include": ["u"] } }"#,
        &["segments.a.unit: an instant is no unit"],
    );
    segments(
        r#"{ "a": { "include": ["u"], "colour": "red" } }"#,
        &["segments.a.colour: `colour` is no field of this object"],
    );
}
