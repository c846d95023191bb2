//! The pages: what they show of definitions validates.

use fader::json::Json;
use fader::validate::validate;

const PAGES: [(&str, &str); 7] = [
    ("README.md", include_str!("../../README.md")),
    ("docs/definition.md", include_str!("../../docs/definition.md")),
    (
        "docs/guides/README.md",
        include_str!("../../docs/guides/README.md"),
    ),
    ("docs/http.md", include_str!("../../docs/http.md")),
    ("docs/package.md", include_str!("../../docs/package.md")),
    ("docs/testing.md", include_str!("../../docs/testing.md")),
    ("docs/tools.md", include_str!("../../docs/tools.md")),
];

/// What the parts on the pages refer to.
const MORE: &str = r#""segments": { "staff": { "include": ["u-1"] }, "beta": { "include": ["u-2"] } },
    "metrics": { "errors": { "kind": "occurrence", "worse": "more" }, "latency": { "kind": "duration", "worse": "more" },
    "purchase": { "kind": "occurrence", "worse": "fewer" } }"#;

fn flag(rule: &str, more: &str) -> String {
    format!(
        r#"{{ "format": 1, "environment": "test", {MORE}, "flags": {{
        "new-index": {{ "type": "string", "variants": {{ "on": "on", "beta": "beta" }}, "safe": "on" }},
        "shown": {{ "type": "boolean", "variants": {{ "on": true, "off": false }}, "safe": "off",
        "rules": [{{ {rule} "serve": "on" }}] {more} }} }} }}"#
    )
}

/// Makes a whole definition of an example, or nothing where it is about something else.
fn whole(example: &str) -> Option<String> {
    let json = Json::parse(example).unwrap();
    let has = |name| json.get(name).is_some();
    if has("format") {
        Some(example.to_owned())
    } else if has("layers") || has("holdouts") {
        let inner = example.trim().strip_prefix('{')?.strip_suffix('}')?;
        Some(format!(
            r#"{{ "format": 1, "environment": "test", "flags": {{}}, {inner} }}"#
        ))
    } else if has("stages") {
        Some(flag(r#""id": "public","#, &format!(r#", "ramp": {example}"#)))
    } else if has("json.schemas") || has("/x7/a") {
        // They are settings of an editor, or of the worker.
        None
    } else {
        panic!("an example of what? {example}")
    }
}

fn fenced(page: &str) -> impl Iterator<Item = &str> {
    let blocks = page.split("```json\n").skip(1);
    blocks.filter_map(|rest| rest.split_once("\n```").map(|(block, _)| block))
}

#[test]
fn definitions_on_the_pages_have_no_issues() {
    let mut seen = 0;
    for (name, page) in PAGES {
        for example in fenced(page).filter_map(whole) {
            assert_eq!(validate(&example).1, [], "{name}: {example}");
            seen += 1;
        }
    }
    assert!(seen >= 4, "only {seen} examples were found");
}

#[test]
fn conditions_on_the_page_have_no_issues() {
    let page = PAGES[1].1;
    let (_, rest) = page.split_once("\n## Conditions\n").unwrap();
    let (section, _) = rest.split_once("\n## ").unwrap();
    let mut seen = 0;
    for line in section.lines() {
        // Rows on operators show operands, and no conditions.
        let shown = if line.starts_with("| `{") {
            line.split(" | ").next().unwrap()
        } else if line.starts_with('|') {
            continue;
        } else {
            line
        };
        let spans = shown.split('`').skip(1).step_by(2);
        // The page leaves parts of some out.
        for span in spans.filter(|span| span.starts_with("{ \"") && !span.contains('…')) {
            let text = flag(&format!(r#""where": {span},"#), "");
            assert_eq!(validate(&text).1, [], "{span}");
            seen += 1;
        }
    }
    assert!(seen >= 10, "only {seen} conditions were found");
}
