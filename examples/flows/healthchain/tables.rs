//! Tables I to III and figures 6 and 7: as the paper prints them, corrected, and as measured here.

use std::path::Path;

use medcrypto_ledger::codec;
use medcrypto_ledger::contract::keychain::Action;
use medcrypto_ledger::pow::Header;
use serde::Serialize;

use super::clinic::{Clinic, check};
use super::model::{
    CAPACITIES, CORRECTED, Costs, DOCTORS, FIGURE_6, FIGURE_7, Fields, MONTHS, PAPER, PAPER_MS,
    RATES, SPACING_S, Sizes, bytes, capacities, mebibytes, seconds,
};
use super::narrate::Done;
use super::run::output;
use super::{figures, timing};
use crate::flows::Failure;
use crate::flows::report::{Report, Table};

/// All tables, and the checks that what the paper prints comes out of its own inputs; the figures go
/// to a folder, if there is one.
///
/// # Errors
/// [`Failure`].
pub fn all(
    clinic: &mut Clinic,
    done: &Done,
    out: Option<&Path>,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let header = *clinic.users().node().chain().head();
    let (iot, key, diag) = (len(&done.upload), len(&done.key), len(&done.diagnosis));
    let ours = Sizes { iot, key, diag };
    let fields = fields(done, &header)?;
    headers(&header, report)?;
    sizes(&ours, fields.header, report)?;
    let (costs, measured) = timing::table(clinic, done, report)?;
    report.table(measured).map_err(output)?;
    months((&fields, &ours), &costs, report)?;
    let figures = [figures::figure_6(&costs), figures::figure_7(&fields, &ours)];
    out.map_or(Ok(()), |folder| figures::write(folder, figures))
}

/// Bytes of an encoding.
fn len<T: Serialize>(value: &T) -> u64 {
    codec::encode(value).len() as u64
}

/// The fields of this run's transactions and blocks, as they are encoded.
fn fields(done: &Done, header: &Header) -> Result<Fields, Failure> {
    let (upload, key) = (&done.upload, &done.key.body.action);
    let (Action::Upload(_, taken_ms, cid), Action::Rotate(keys)) = (&upload.body.action, key)
    else {
        return Err(check("not an upload and a key transaction"));
    };
    if keys.doctors.0.len() as u64 != DOCTORS {
        return Err(check("not the number of doctors that the paper counts with"));
    }
    Ok(Fields {
        id: len(&upload.body.sender),
        time: len(taken_ms),
        signature: len(&upload.signature),
        hash: len(cid),
        envelope: len(&keys.own),
        header: len(header),
        // The tree is not stored.
        tree: 0,
    })
}

/// Table I.
fn headers(header: &Header, report: &mut Report<'_>) -> Result<(), Failure> {
    let h = header;
    let rows = [
        ("previous hash, root", "32 + 32", vec![len(&h.prev), len(&h.tx_root)]),
        ("height, time", "32 + 4", vec![len(&h.height), len(&h.time_ms)]),
        ("nonce", "4, of 2³² tries", vec![len(&h.nonce)]),
        (
            "chain, miner, target, number of transactions, version",
            "–",
            vec![
                len(&h.chain_id),
                len(&h.miner),
                len(&h.target),
                len(&h.tx_count),
                len(&h.version),
            ],
        ),
    ];
    let parts: u64 = rows.iter().flat_map(|(.., parts)| parts).sum();
    let sum = |parts: &[u64]| parts.iter().map(u64::to_string).collect::<Vec<_>>().join(" + ");
    let row = |(field, paper, parts): &(&str, &str, Vec<u64>)| {
        vec![(*field).to_owned(), (*paper).to_owned(), sum(parts)]
    };
    let mut rows: Vec<_> = rows.iter().map(row).collect();
    let head = len(h).saturating_sub(parts);
    rows.push(vec!["head of the encoding".to_owned(), "–".to_owned(), head.to_string()]);
    rows.push(vec!["together".to_owned(), PAPER.header.to_string(), len(h).to_string()]);
    let columns = vec!["field, bytes", "paper", "here, the newest"];
    let title = "Table I: header of a block; the paper's work covers three of its fields, ours all";
    report.table(Table { title, columns, rows, measured: Vec::new() }).map_err(output)
}

/// Table II and the capacities.
fn sizes(ours: &Sizes, header: u64, report: &mut Report<'_>) -> Result<(), Failure> {
    let printed = capacities(&Sizes::of(&PAPER), 0, PAPER.tree);
    report.check("the paper's capacities come out of its table II", printed == CAPACITIES);
    let rates = printed.map(|count| count / SPACING_S);
    report.check("and its transactions a second", rates == RATES);
    let lines = [
        ("bytes: paper", Sizes::of(&PAPER).list()),
        ("bytes: RSA signatures of their true size", Sizes::of(&CORRECTED).list()),
        ("bytes: here", ours.list()),
        ("a block: paper", printed),
        (
            "a block: paper, header counted",
            capacities(&Sizes::of(&PAPER), PAPER.header, PAPER.tree),
        ),
        ("a block: paper, tree not stored", capacities(&Sizes::of(&PAPER), PAPER.header, 0)),
        ("a block: true signatures", capacities(&Sizes::of(&CORRECTED), PAPER.header, PAPER.tree)),
        ("a block: here, tree not stored", capacities(ours, header, 0)),
        ("a second: paper", rates),
        ("a second: here", capacities(ours, header, 0).map(|count| count / SPACING_S)),
    ];
    let row = |(name, cells): &(&str, [u64; 3])| {
        [vec![(*name).to_owned()], cells.map(|cell| cell.to_string()).to_vec()].concat()
    };
    let rows = lines.iter().map(row).collect();
    let columns = vec!["", "tx_IoT", "tx_key", "tx_diag"];
    let title = "Table II: transactions, and how many fill a block of 1 MiB in a minute";
    report.table(Table { title, columns, rows, measured: Vec::new() }).map_err(output)
}

/// Figures 6 and 7.
fn months(
    (fields, ours): (&Fields, &Sizes),
    costs: &Costs,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let half = seconds(&PAPER_MS, 6);
    let off = [half.healthchain - FIGURE_6.healthchain, half.traditional - FIGURE_6.traditional];
    report.check(
        format!(
            "figure 6: {:.2} s against {:.2} s, within a second of the printed {} and {}",
            half.healthchain, half.traditional, FIGURE_6.healthchain, FIGURE_6.traditional
        ),
        off.iter().all(|seconds| seconds.abs() < 1.0),
    );
    let size = bytes(&PAPER, &Sizes::of(&PAPER), 6).map(mebibytes);
    report.check(
        format!("figure 7: {:.2} MiB against {:.2} MiB", size.healthchain, size.traditional),
        size.map(f64::floor) == FIGURE_7,
    );
    let (mut rows, mut measured) = (Vec::new(), Vec::new());
    for month in MONTHS {
        let (paper, true_size) =
            (seconds(&PAPER_MS, month), bytes(&CORRECTED, &Sizes::of(&CORRECTED), month));
        let (printed, here) =
            (bytes(&PAPER, &Sizes::of(&PAPER), month), bytes(fields, ours, month));
        let pair = |a: f64, b: f64| format!("{a:.2} / {b:.2}");
        let sizes = [printed, true_size, here].map(|m| m.map(mebibytes));
        let sizes = sizes.map(|m| pair(m.healthchain, m.traditional));
        let time = seconds(costs, month);
        rows.push(
            [vec![month.to_string(), pair(paper.healthchain, paper.traditional)], sizes.to_vec()]
                .concat(),
        );
        measured.push(vec![pair(time.healthchain, time.traditional)]);
    }
    let title = "Figures 6 and 7: keys in transactions of their own / in every upload";
    let columns =
        vec!["months", "s: paper", "MiB: paper", "MiB: true signatures", "MiB: here", "s: here"];
    report.table(Table { title, columns, rows, measured }).map_err(output)
}
