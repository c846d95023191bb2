//! Definitions: what publishers, consoles and command lines need.

use serde::Serialize;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::check::check;
use crate::compile::compile;
use crate::difference::difference;
use crate::error::Issue;
use crate::explain::{Answer, explain};
use crate::json::Json;
use crate::projection::Projection;
use crate::ruleset::Ruleset;
use crate::schema::schema;
use crate::types::types;
use crate::validate::validate;

/// A definition that was read and checked.
#[wasm_bindgen]
pub struct Definition {
    content: Option<crate::definition::Definition>,
    issues: Vec<Issue>,
}

#[wasm_bindgen]
impl Definition {
    /// Reads and checks a definition, which may have issues.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(text: &str) -> Self {
        let (content, issues) = validate(text);
        Self { content, issues }
    }

    /// Returns the issues as JSON.
    ///
    /// # Errors
    ///
    /// They cannot be written as JSON, which does not happen.
    pub fn issues(&self) -> Result<String, JsError> {
        encode(&self.issues)
    }

    /// Returns the snapshot of a projection, or nothing where the document is no definition at all.
    ///
    /// # Errors
    ///
    /// There is no projection of that name.
    pub fn compile(&self, projection: &str) -> Result<Option<Vec<u8>>, JsError> {
        let projection = projection_of(projection)?;
        let content = self.content.as_ref();
        Ok(content.map(|definition| compile(&projection.of(definition)).encode()))
    }

    /// Returns what is different in a later definition as JSON, or nothing where one of the two is no definition at all.
    ///
    /// # Errors
    ///
    /// It cannot be written as JSON, which does not happen.
    pub fn difference(&self, later: &Self) -> Result<Option<String>, JsError> {
        let both = self.content.as_ref().zip(later.content.as_ref());
        both.map(|(old, new)| encode(&difference(old, new))).transpose()
    }

    /// Returns what is found in the definition at an instant as JSON, or nothing where the document is none at all.
    ///
    /// `read` holds the keys of the flags that programs were seen to read, where somebody looked.
    ///
    /// # Errors
    ///
    /// It cannot be written as JSON, which does not happen.
    pub fn check(&self, now: f64, read: Option<Vec<String>>) -> Result<Option<String>, JsError> {
        let read = read.map(|keys| keys.into_iter().collect());
        let content = self.content.as_ref();
        let findings = content.map(|definition| check(definition, now, read.as_ref()));
        findings.map(|findings| encode(&findings)).transpose()
    }

    /// Returns the TypeScript declaration of the flags of a projection, or nothing where the document is no definition at all.
    ///
    /// # Errors
    ///
    /// There is no projection of that name.
    pub fn types(&self, projection: &str) -> Result<Option<String>, JsError> {
        let projection = projection_of(projection)?;
        let content = self.content.as_ref();
        Ok(content.map(|definition| types(&projection.of(definition))))
    }
}

fn projection_of(name: &str) -> Result<Projection, JsError> {
    let message = "there is no such projection; ask for \"edge\" or \"client\"";
    Projection::from_name(name).ok_or_else(|| JsError::new(message))
}

/// Returns how the outcome of a flag came about, as JSON. The context is JSON as well.
///
/// # Errors
///
/// The snapshot cannot be loaded, or the context is not JSON.
#[wasm_bindgen(js_name = explain)]
pub fn explain_flag(snapshot: &[u8], flag: &str, context: &str, now: f64) -> Result<String, JsError> {
    let ruleset = Ruleset::load(snapshot)?;
    let context = match crate::subject::context(&ruleset, &Json::parse(context)?) {
        Ok(context) => context,
        Err(fault) => return encode(&Answer::error(flag, "INVALID_CONTEXT", &fault.to_string())),
    };
    match ruleset.find(flag) {
        Some(id) => encode(&explain(&ruleset, id, &context, now)),
        None => encode(&Answer::not_found(flag)),
    }
}

/// Returns the JSON Schema of definitions.
#[wasm_bindgen(js_name = schema)]
#[must_use]
pub fn definition_schema() -> String {
    schema().to_string()
}

fn encode(value: &impl Serialize) -> Result<String, JsError> {
    Ok(serde_json::to_string(value)?)
}
