//! The core inside a WebAssembly engine: in Node, or in a browser with the feature `browser`.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod golden;

use fader::bucket::point;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(feature = "browser")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn golden_cases() {
    golden::run();
}

#[wasm_bindgen_test]
fn published_points() {
    golden::vectors::check_points();
}

#[wasm_bindgen_test]
fn published_answers() {
    golden::vectors::check_answers();
}

#[wasm_bindgen_test]
fn points_are_those_of_every_platform() {
    // Worked out by an implementation of murmur3 in another language.
    assert_eq!(point("search-2026/split", "u-1"), 494_230_092);
    assert_eq!(point("search-2026/traffic", "u-1"), 2_238_282_509);
    assert_eq!(point("new-checkout/traffic", "Åsa"), 999_806_526);
    assert_eq!(point("", "日本"), 3_302_619_458);
}
