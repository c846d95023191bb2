//! Lower case.

use fader::operator::fold::lower;

#[test]
fn every_letter_has_the_lower_case_of_the_standard_library() {
    for letter in '\0'..=char::MAX {
        let mut mapped = letter.to_lowercase();
        let wanted = match (mapped.next(), mapped.next()) {
            (Some('ς'), None) => 'σ',
            (Some(lower), None) => lower,
            _ => letter,
        };
        assert_eq!(lower(letter), wanted, "{letter:?}");
    }
}
