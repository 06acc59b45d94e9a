//! Figures 6 and 7 of the paper with this run's curves, as SVG.
//!
//! ```text
//! solid     what this run has measured, through the arithmetic of `model`
//! dashed    the paper's own inputs, through the same
//! points    the numbers that the paper prints, after six months
//! ```

use std::fs;
use std::path::Path;

use super::model::{
    Costs, FIGURE_6, FIGURE_7, Fields, MONTHS, Months, PAPER, PAPER_MS, Sizes, bytes, mebibytes,
    seconds,
};
use crate::flows::Failure;
use crate::flows::chart::{Chart, Scale};

const SCALE: Scale = Scale { least: 0.01, decades: 5.0, length: 240.0 };
/// Where the scale begins, and how far apart the months are.
const ORIGIN: (f64, f64) = (60.0, 280.0);
const MONTH: f64 = 70.0;
/// The two schemes and their colours.
const SCHEMES: [(&str, &str); 2] = [("keys apart", "black"), ("keys in every upload", "red")];

/// Figure 6: seconds to make the transactions of one to six months, at these costs.
#[must_use]
pub fn figure_6(here: &Costs) -> String {
    let of = |costs: &Costs| MONTHS.map(|month| seconds(costs, month));
    draw("Seconds to make the transactions of so many months", of(here), of(&PAPER_MS), FIGURE_6)
}

/// Figure 7: mebibytes of the transactions of one to six months, of these fields and sizes.
#[must_use]
pub fn figure_7(fields: &Fields, sizes: &Sizes) -> String {
    let of = |fields: &Fields, sizes: &Sizes| {
        MONTHS.map(|month| bytes(fields, sizes, month).map(mebibytes))
    };
    let paper = of(&PAPER, &Sizes::of(&PAPER));
    draw("Mebibytes of the transactions of so many months", of(fields, sizes), paper, FIGURE_7)
}

fn draw(
    title: &str,
    here: [Months<f64>; 6],
    paper: [Months<f64>; 6],
    printed: Months<f64>,
) -> String {
    let mut chart = Chart::new((600, 380), &format!("{title}, logarithmic"));
    let decades = ["0.01", "0.1", "1", "10", "100", "1000"];
    for (decade, name) in (0_u8..).zip(decades) {
        chart.text((0.0, y(SCALE.least * 10.0_f64.powi(decade.into())) + 5.0), name);
    }
    MONTHS.iter().for_each(|month| chart.text((x(*month), ORIGIN.1 + 20.0), &month.to_string()));
    let sources = [("here", here, false), ("the paper's inputs", paper, true)];
    let mut legend = 320.0;
    for (whose, months, dashed) in sources {
        for ((scheme, colour), values) in SCHEMES.iter().zip(apart(months)) {
            let points: Vec<_> = MONTHS.iter().zip(values).map(|(m, v)| (x(*m), y(v))).collect();
            chart.curve(&points, colour, dashed);
            chart.curve(&[(0.0, legend - 4.0), (40.0, legend - 4.0)], colour, dashed);
            chart.text((50.0, legend), &format!("{whose}, {scheme}"));
            legend += 16.0;
        }
    }
    let last = MONTHS.last().copied().map(x).unwrap_or_default();
    for ((_, colour), value) in SCHEMES.iter().zip([printed.healthchain, printed.traditional]) {
        chart.point((last, y(value)), colour);
        chart.text((last + 10.0, y(value) + 5.0), &value.to_string());
    }
    chart.svg()
}

/// The values of each scheme by month.
fn apart(months: [Months<f64>; 6]) -> [[f64; 6]; 2] {
    [months.map(|month| month.healthchain), months.map(|month| month.traditional)]
}

fn x(month: u32) -> f64 {
    MONTH.mul_add(f64::from(month) - 1.0, ORIGIN.0)
}

fn y(value: f64) -> f64 {
    ORIGIN.1 - SCALE.place(value)
}

/// Leaves both figures in a folder, which is made if it is missing.
///
/// # Errors
/// [`Failure::Data`] that names the file.
pub fn write(folder: &Path, figures: [String; 2]) -> Result<(), Failure> {
    let failed =
        |path: &Path, error: std::io::Error| Failure::Data(format!("{}: {error}", path.display()));
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for (name, figure) in ["figure-6.svg", "figure-7.svg"].iter().zip(figures) {
        let path = folder.join(name);
        fs::write(&path, figure).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}
