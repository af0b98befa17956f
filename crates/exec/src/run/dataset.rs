//! Tells where no event is of the dataset that a search reads.

use super::{RunOptions, run_local};
use crate::datamodel::DatasetCheck;
use crate::run_cx::{RunCx, RunError};
use crate::scan::Input;
use std::sync::atomic::Ordering;

/// Gives the notice where a search of a dataset found nothing because none of the `events` that
/// were read is of it.
///
/// That costs nothing where rows were found. Else the inputs are read again up to the first event of
/// the dataset, once a run: only so an empty result can be told from an empty dataset.
pub(super) fn none_of_dataset(
    check: &DatasetCheck,
    events: u64,
    inputs: &[Input],
    options: &RunOptions,
    cx: &RunCx,
) -> Result<(), RunError> {
    if events == 0 || cx.was_cut_short() || !cx.asks_first(check.name()) {
        return Ok(());
    }
    let again = inputs.iter().all(Input::can_reopen);
    if !again {
        // what was read once can be judged only where nothing but the dataset was asked for
        if !check.filtered {
            cx.notice("SPL3371", check.message(events, None), false);
        }
        return Ok(());
    }
    let whole = RunOptions { earliest: None, latest: None, profile: false, ..options.clone() };
    if check.filtered || options.earliest.is_some() || options.latest.is_some() {
        let Some((plan, found)) = check.search() else { return Ok(()) };
        let aside = cx.aside();
        run_local(&plan, inputs, &whole, &aside, &mut |_| Ok(true))?;
        if found.load(Ordering::SeqCst) || aside.was_cut_short() {
            return Ok(());
        }
    }
    let Some((plan, sources)) = DatasetCheck::sources() else { return Ok(()) };
    // one thread, so that the same events are looked at in any run
    let one = RunOptions { threads: 1, ..whole };
    run_local(&plan, inputs, &one, &cx.aside(), &mut |_| Ok(true))?;
    cx.notice("SPL3371", check.message(events, Some(&sources)), false);
    Ok(())
}
