//! Contexts as hosts write them: rows of slots, and rows of the elements of lists.

use fader::context::{Attribute, MAX_BYTES, SLOT, Writer};
use fader::id::Slot;

const ABSENT: Attribute<'static> = Attribute::Absent;

#[test]
fn elements_of_lists_are_read_row_by_row() {
    let mut writer = Writer::new(2);
    assert!(writer.put(0, Slot(0), Attribute::Text(b"odd")));
    let rows = writer.list(0, Slot(1), 2, 3).unwrap();
    assert_eq!(rows % 8, 0);
    let second = rows + 3 * 16;
    assert!(writer.put(rows, Slot(0), Attribute::Text(b"first")));
    assert!(writer.put(rows, Slot(2), Attribute::Boolean(true)));
    let inner = writer.list(second, Slot(1), 1, 1).unwrap();
    assert!(writer.put(inner, Slot(0), Attribute::Number(7.5)));
    let context = writer.finish();

    assert_eq!(context.get(Slot(0)), Attribute::Text(b"odd"));
    assert_eq!(context.get(Slot(1)), Attribute::List { length: 2, rows });
    let row = |row: u32| [0, 1, 2].map(|slot| context.get_in(row, Slot(slot)));
    assert_eq!(
        row(rows),
        [Attribute::Text(b"first"), ABSENT, Attribute::Boolean(true)]
    );
    let list = Attribute::List {
        length: 1,
        rows: inner,
    };
    assert_eq!(row(second), [ABSENT, list, ABSENT]);
    assert_eq!(context.get_in(inner, Slot(0)), Attribute::Number(7.5));
}

#[test]
fn a_list_of_which_nothing_is_read_has_no_rows() {
    let mut writer = Writer::new(1);
    assert_eq!(writer.list(0, Slot(0), u32::MAX, 0), Some(0));
    let list = Attribute::List {
        length: u32::MAX,
        rows: 0,
    };
    assert_eq!(writer.finish().get(Slot(0)), list);
}

#[test]
fn rows_and_texts_together_are_at_most_the_limit() {
    let elements = u32::try_from(MAX_BYTES / SLOT).unwrap();
    let list = |elements, children| Writer::new(1).list(0, Slot(0), elements, children);
    assert!(list(elements, 1).is_some());
    assert!(list(elements + 1, 1).is_none());
    assert!(list(elements / 2 + 1, 2).is_none());
    assert!(list(u32::MAX, u32::MAX).is_none());

    let mut writer = Writer::new(2);
    assert!(writer.list(0, Slot(0), elements - 1, 1).is_some());
    assert!(!writer.put(0, Slot(1), Attribute::Text(&[b'x'; SLOT + 1])));
    assert!(writer.put(0, Slot(1), Attribute::Text(&[b'x'; SLOT])));
    assert!(!writer.put(0, Slot(1), Attribute::Text(b"x")));
}

#[test]
fn slots_that_are_not_there_are_absent() {
    let mut writer = Writer::new(1);
    assert!(writer.put(0, Slot(0), Attribute::Boolean(true)));
    let context = writer.finish();
    for (row, slot) in [(0, u32::MAX), (u32::MAX, 0), (u32::MAX, u32::MAX), (1 << 20, 0)] {
        assert_eq!(context.get_in(row, Slot(slot)), ABSENT);
    }
}
