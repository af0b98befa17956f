//! Ctrl-C.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// The flag that Ctrl-C raises and that a run looks at once a batch. The first call takes the
/// signal over; where that is not possible, Ctrl-C ends the process as before.
///
/// A second Ctrl-C, when the first was not heeded yet, ends the process with 130.
pub fn flag() -> Arc<AtomicBool> {
    let flag = FLAG.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&flag);
        // an error means that someone else took the signal: nothing to add to that
        let _ = ctrlc::set_handler(move || {
            if raised.swap(true, Ordering::SeqCst) {
                std::process::exit(i32::from(crate::Exit::Interrupted.code()));
            }
        });
        flag
    });
    Arc::clone(flag)
}

/// Whether Ctrl-C was pressed; the next search starts afresh.
pub fn take() -> bool {
    FLAG.get().is_some_and(|f| f.swap(false, Ordering::SeqCst))
}
