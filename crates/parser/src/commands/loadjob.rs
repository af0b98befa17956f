//! `loadjob`: the results of a search that ran before.

use crate::Diagnostic;
use crate::ast::*;
use crate::grammar::args::field;
use crate::grammar::options::{missing, option};
use crate::input::{In, Res, stop};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loadjob {
    /// Whose results.
    pub job: Job,
    /// `events=true`: the events and not the results.
    pub events: Option<Spanned<bool>>,
    /// `job_delegate=`: who started it.
    pub job_delegate: Option<Spanned<String>>,
    /// `artifact_offset=`: how many later ones are passed over.
    pub artifact_offset: Option<Spanned<u64>>,
    /// `ignore_running=`
    pub ignore_running: Option<bool>,
}

/// Which search.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// By its search id.
    Sid(Spanned<String>),
    /// `savedsearch="user:app:name"`
    Saved {
        /// The whole value.
        value: Spanned<String>,
        /// The user.
        user: String,
        /// The app.
        app: String,
        /// The name.
        name: String,
    },
}

const OPTIONS: &[&str] =
    &["artifact_offset", "events", "ignore_running", "job_delegate", "savedsearch"];

pub(crate) fn parse<'a>(mut i: In<'a>, command: &str) -> Res<'a, Loadjob> {
    let (mut job, mut events, mut delegate, mut offset, mut running) =
        (None, None, None, None, None);
    loop {
        match option(i, command, OPTIONS) {
            Ok((rest, o)) => {
                match o.name.node.as_str() {
                    "artifact_offset" => offset = Some(o.as_count()?),
                    "events" => events = Some(Spanned::new(o.as_bool()?, o.span)),
                    "ignore_running" => running = Some(o.as_bool()?),
                    "job_delegate" => delegate = Some(o.value.clone()),
                    _ => {
                        // Source: the page, "savedsearch": all portions must be provided
                        let parts: Vec<&str> = o.value.node.splitn(3, ':').collect();
                        let [user, app, name] = parts.as_slice() else {
                            return Err(o.wrong("user:app:name"));
                        };
                        if [user, app, name].iter().any(|p| p.is_empty()) {
                            return Err(o.wrong("user:app:name"));
                        }
                        let (user, app, name) =
                            (user.to_string(), app.to_string(), name.to_string());
                        job = Some(once(
                            job,
                            Job::Saved { value: o.value, user, app, name },
                            o.span,
                        )?);
                    }
                }
                i = rest;
            }
            Err(nom::Err::Error(_)) => match field(i) {
                Ok((rest, sid)) => {
                    let span = sid.span;
                    job = Some(once(job, Job::Sid(sid), span)?);
                    i = rest;
                }
                Err(nom::Err::Error(_)) => break,
                Err(e) => return Err(e),
            },
            Err(e) => return Err(e),
        }
    }
    let Some(job) = job else {
        let message = format!("`{command}` needs a search id or savedsearch=");
        return missing(i, &message, "write `loadjob 1233886270.2`");
    };
    Ok((
        i,
        Loadjob {
            job,
            events,
            job_delegate: delegate,
            artifact_offset: offset,
            ignore_running: running,
        },
    ))
}

/// The job, unless there is one already.
fn once(old: Option<Job>, new: Job, span: Span) -> Result<Job, nom::Err<crate::input::Fail>> {
    match old {
        None => Ok(new),
        Some(_) => stop::<Job>(
            Diagnostic::error("SPL2004", span, "`loadjob` takes one search").label("one too many"),
        )
        .map(|(_, job)| job),
    }
}
