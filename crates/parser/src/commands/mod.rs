//! The syntax of each command: one module a command, named as the user types it.
//!
//! Adding a command: its module and one line in `commands!` below.

use crate::ast::{Span, Spanned};
use crate::input::{In, Res};
use serde::Serialize;

/// `name=value` as typed in a command's arguments.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedOption {
    /// The name in lower case.
    pub name: Spanned<String>,
    /// The value without quotes.
    pub value: Spanned<String>,
    /// The whole option.
    pub span: Span,
}

macro_rules! commands {
    ($($(#[$doc:meta])* $variant:ident = $module:ident :: $ty:ident [$($name:literal),+]),+ $(,)?) => {
        $(#[allow(missing_docs)] pub mod $module;)+
        #[allow(missing_docs)]
        pub mod other;

        /// What a stage was asked to do: one variant a command.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs)]
        pub enum Command {
            $($(#[$doc])* $variant(Box<$module::$ty>),)+
            Other(Box<other::Other>),
        }

        /// The commands, aliases included, whose arguments have a typed syntax here.
        pub const TYPED: &[&str] = &[$($($name),+),+];

        /// Parses the arguments at `i` of the command `name` (lower case); `None` where its
        /// syntax is not typed.
        pub(crate) fn parse<'a>(name: &str, i: In<'a>) -> Option<Res<'a, Command>> {
            match name {
                $($($name)|+ => Some(
                    boxed($module::parse, Command::$variant, i, name),
                ),)+
                _ => None,
            }
        }
    };
}

/// Keeps what a parser gives out of the frame of `parse`, which subsearches go through again and
/// again: in its own, each command would take the room of its whole syntax.
#[inline(never)]
fn boxed<'a, T>(
    parser: fn(In<'a>, &str) -> Res<'a, T>,
    variant: fn(Box<T>) -> Command,
    i: In<'a>,
    name: &str,
) -> Res<'a, Command> {
    parser(i, name).map(|(i, c)| (i, variant(Box::new(c))))
}

commands! {
    Accum = accum::Accum ["accum"],
    Addtotals = addtotals::Addtotals ["addtotals", "addcoltotals"],
    Anomalies = anomalies::Anomalies ["anomalies"],
    Anomalydetection = anomalydetection::Anomalydetection ["anomalydetection"],
    Append = append::Append ["append"],
    Appendcols = appendcols::Appendcols ["appendcols"],
    Appendpipe = appendpipe::Appendpipe ["appendpipe"],
    Apply = apply::Apply ["apply"],
    Arules = arules::Arules ["arules"],
    Associate = associate::Associate ["associate"],
    Autoregress = autoregress::Autoregress ["autoregress"],
    Bare = bare::Bare ["addinfo", "require", "uniq"],
    Bin = bin::Bin ["bin", "bucket", "discretize"],
    Bucketdir = bucketdir::Bucketdir ["bucketdir"],
    Chart = chart::Chart ["chart", "sichart", "timechart", "sitimechart"],
    Cluster = cluster::Cluster ["cluster"],
    Concurrency = concurrency::Concurrency ["concurrency"],
    Contingency = contingency::Contingency ["contingency", "counttable", "ctable"],
    Convert = convert::Convert ["convert"],
    Correlate = correlate::Correlate ["correlate"],
    Datamodel = datamodel::Datamodel ["datamodel"],
    Dedup = dedup::Dedup ["dedup"],
    Delta = delta::Delta ["delta"],
    Diff = diff::Diff ["diff"],
    Erex = erex::Erex ["erex"],
    Eval = eval::Eval ["eval"],
    Eventcount = eventcount::Eventcount ["eventcount"],
    Eventstats = eventstats::Eventstats ["eventstats"],
    Extract = extract::Extract ["extract", "kv"],
    Fieldformat = fieldformat::Fieldformat ["fieldformat"],
    Fields = fields::Fields ["fields"],
    Fieldsummary = fieldsummary::Fieldsummary ["fieldsummary"],
    Filldown = filldown::Filldown ["filldown"],
    Fillnull = fillnull::Fillnull ["fillnull"],
    Fit = fit::Fit ["fit"],
    Flatten = flatten::Flatten ["flatten"],
    Foreach = foreach::Foreach ["foreach"],
    Format = format::Format ["format"],
    From = from::From ["from"],
    Fromjson = fromjson::Fromjson ["fromjson"],
    Gauge = gauge::Gauge ["gauge"],
    Gentimes = gentimes::Gentimes ["gentimes"],
    Geostats = geostats::Geostats ["geostats"],
    Head = head::Head ["head"],
    Highlight = highlight::Highlight ["highlight", "iconify"],
    Inputlookup = inputlookup::Inputlookup ["inputlookup"],
    Iplocation = iplocation::Iplocation ["iplocation"],
    Join = join::Join ["join"],
    Kmeans = kmeans::Kmeans ["kmeans"],
    Loadjob = loadjob::Loadjob ["loadjob"],
    Localize = localize::Localize ["localize"],
    Localop = localop::Localop ["localop"],
    Lookup = lookup::Lookup ["lookup"],
    Makecontinuous = makecontinuous::Makecontinuous ["makecontinuous"],
    Makemv = makemv::Makemv ["makemv"],
    Makeresults = makeresults::Makeresults ["makeresults"],
    Map = map::Map ["map"],
    Metadata = metadata::Metadata ["metadata"],
    Metasearch = metasearch::Metasearch ["metasearch"],
    Mstats = mstats::Mstats ["mstats"],
    Multikv = multikv::Multikv ["multikv"],
    Multisearch = multisearch::Multisearch ["multisearch"],
    Mvcombine = mvcombine::Mvcombine ["mvcombine"],
    Mvexpand = mvexpand::Mvexpand ["mvexpand"],
    Nomv = nomv::Nomv ["nomv"],
    Noop = noop::Noop ["noop"],
    Outlier = outlier::Outlier ["outlier"],
    Outputlookup = outputlookup::Outputlookup ["outputlookup"],
    Outputtext = outputtext::Outputtext ["outputtext"],
    Predict = predict::Predict ["predict"],
    Rangemap = rangemap::Rangemap ["rangemap"],
    Regex = regex::Regex ["regex"],
    Reltime = reltime::Reltime ["reltime"],
    Rename = rename::Rename ["rename"],
    Replace = replace::Replace ["replace"],
    Return = return_::Return ["return"],
    Reverse = reverse::Reverse ["reverse"],
    Rex = rex::Rex ["rex"],
    Savedsearch = savedsearch::Savedsearch ["savedsearch"],
    Search = search::Search ["search"],
    Selfjoin = selfjoin::Selfjoin ["selfjoin"],
    Set = set::Set ["set"],
    Setfields = setfields::Setfields ["setfields"],
    Sort = sort::Sort ["sort"],
    Spath = spath::Spath ["spath"],
    Stats = stats::Stats ["stats", "sistats"],
    Strcat = strcat::Strcat ["strcat"],
    Streamstats = streamstats::Streamstats ["streamstats"],
    Summary = summary::Summary ["summary"],
    Table = table::Table ["table"],
    Tags = tags::Tags ["tags"],
    Tail = tail::Tail ["tail"],
    Timewrap = timewrap::Timewrap ["timewrap"],
    Tojson = tojson::Tojson ["tojson"],
    Top = top::Top ["top", "rare", "sitop", "sirare"],
    Transaction = transaction::Transaction ["transaction"],
    Transpose = transpose::Transpose ["transpose"],
    Trendline = trendline::Trendline ["trendline"],
    Tstats = tstats::Tstats ["tstats"],
    Union = union::Union ["union"],
    Untable = untable::Untable ["untable"],
    Where = where_::Where ["where"],
    X11 = x11::X11 ["x11"],
    Xmlkv = xmlkv::Xmlkv ["xmlkv"],
    Xmlunescape = xmlunescape::Xmlunescape ["xmlunescape"],
    Xpath = xpath::Xpath ["xpath"],
    Xyseries = xyseries::Xyseries ["xyseries"],
}
