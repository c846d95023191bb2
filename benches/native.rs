//! The core, natively, on the work of `npm run bench`: how much WebAssembly costs is measured against this.

#[path = "native/input.rs"]
mod input;

use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use input::Work;

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    for name in ["w1", "w2"] {
        let mut work = Work::read(name)?;
        criterion.bench_function(name, |bencher| bencher.iter(|| black_box(work.one())));
    }
    let mut work = Work::read("w3")?;
    let mut outcomes = Vec::new();
    criterion.bench_function("w3", |bencher| {
        bencher.iter(|| {
            work.all(&mut outcomes);
            black_box(outcomes.as_ptr())
        });
    });
    criterion.final_summary();
    Ok(())
}
