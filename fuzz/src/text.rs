use sepal_data::json::{Frame, FrameStatus};
use sepal_data::text::table::{Dialect, TableFramer, sniff};
use sepal_data::text::{Breaker, TextFramer};

/// How many ways to break text there are here.
const WAYS: usize = 9;

type Events = Vec<(Vec<u8>, u64, FrameStatus)>;

/// Bytes as text and as tables: the same events however the bytes are cut up, none of them longer
/// than the limit, in order.
///
/// The first byte chooses the way to break and the size of blocks.
pub fn text(data: &[u8]) {
    let Some((&choice, data)) = data.split_first() else { return };
    let way = usize::from(choice) % WAYS;
    let block = 1 + usize::from(choice) / WAYS;
    let whole = broken(way, data, data.len().max(1), 1 << 20);
    assert_eq!(broken(way, data, block, 1 << 20), whole, "in blocks of {block}");
    let cut = broken(way, data, data.len().max(1), 16);
    assert_eq!(broken(way, data, block, 16), cut, "cut events in blocks of {block}");
    assert!(cut.iter().all(|(event, _, _)| event.len() <= 16), "{cut:?}");
    assert!(whole.windows(2).all(|w| w[0].1 < w[1].1), "{whole:?}");
    let _ = sniff(data, true);
}

fn broken(way: usize, data: &[u8], block: usize, max: usize) -> Events {
    let mut out = Vec::new();
    let mut take = |f: Frame<'_>| out.push((f.bytes.to_vec(), f.offset, f.status));
    let breaker = match way {
        0 => Breaker::before("^a|[0-9]{2}"),
        1 => Breaker::after("b$"),
        2 => Breaker::line_breaker("([\\r\\n]+)"),
        3 => Breaker::line_breaker("a(\\n)b|()c|d(e*)"),
        4 => Breaker::xml("Event"),
        _ => return table(way, data, block, max),
    };
    let Ok(breaker) = breaker else { panic!("patterns that compile") };
    let mut framer = TextFramer::new(&breaker, max);
    data.chunks(block).for_each(|part| framer.push(part, &mut take));
    framer.finish(&mut take);
    out
}

fn table(way: usize, data: &[u8], block: usize, max: usize) -> Events {
    let (mut out, mut cells) = (Vec::new(), Vec::new());
    let dialect = match way {
        5 => Dialect::Csv,
        6 => Dialect::Tsv,
        7 => Dialect::Zeek,
        _ => Dialect::W3c,
    };
    let mut framer = TableFramer::new(dialect, max);
    let mut take = |f: Frame<'_>, header: &std::sync::Arc<sepal_data::text::table::Header>| {
        let _ = header.cells(f.bytes, &mut cells);
        for (n, cell) in cells.iter().enumerate() {
            let _ = (header.name(n), header.value(f.bytes, n, cell));
        }
        out.push((f.bytes.to_vec(), f.offset, f.status));
    };
    data.chunks(block).for_each(|part| framer.push(part, &mut take));
    framer.finish(&mut take);
    out
}
