//! Makes what two evaluators disagree about small enough to read.

use fader::json::Json;

/// Takes away what can be taken away while `fails` stays true.
pub(crate) fn shrink(mut json: Json, fails: &impl Fn(&Json) -> bool) -> Json {
    while let Some(smaller) = smaller(&json).into_iter().find(fails) {
        json = smaller;
    }
    json
}

/// The same value with one member or element less, anywhere in it.
fn smaller(json: &Json) -> Vec<Json> {
    let mut all = Vec::new();
    match json {
        Json::List(items) => {
            for at in 0..items.len() {
                let mut less = items.clone();
                less.remove(at);
                all.push(Json::List(less));
            }
            for (at, item) in items.iter().enumerate() {
                all.extend(smaller(item).into_iter().map(|item| {
                    let mut other = items.clone();
                    other[at] = item;
                    Json::List(other)
                }));
            }
        }
        Json::Object(members) => {
            for at in 0..members.len() {
                let mut less = members.clone();
                less.remove(at);
                all.push(Json::Object(less));
            }
            for (at, (_, value)) in members.iter().enumerate() {
                all.extend(smaller(value).into_iter().map(|value| {
                    let mut other = members.clone();
                    other[at].1 = value;
                    Json::Object(other)
                }));
            }
        }
        _ => {}
    }
    all
}
