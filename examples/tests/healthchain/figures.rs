//! What the paper counts, from its own inputs, and as functions of them (T35).

use medcrypto_examples::flows::healthchain::figures::{figure_6, figure_7};
use medcrypto_examples::flows::healthchain::model::{
    CORRECTED, Costs, Fields, PAPER, PAPER_MS, Sizes, bytes, capacities, seconds, uploads,
};

#[test]
fn c2_c3_the_sizes_are_the_sums_of_the_fields() {
    assert_eq!(PAPER.header, 104);
    assert_eq!(Sizes::of(&PAPER).list(), [132, 1188, 164]);
    assert_eq!(Sizes::of(&CORRECTED).list(), [228, 1284, 260]);
    let longer = Sizes::of(&Fields { envelope: PAPER.envelope + 1, ..PAPER });
    assert_eq!(longer.list(), [132, 1188 + 6, 164], "five doctors and the user");
}

#[test]
fn c15_the_capacities_are_the_papers_and_the_corrected_ones() {
    let paper = Sizes::of(&PAPER);
    assert_eq!(capacities(&paper, 0, PAPER.tree), [5349, 837, 4599]);
    assert_eq!(capacities(&paper, 0, PAPER.tree).map(|count| count / 60), [89, 13, 76]);
    assert_eq!(capacities(&paper, PAPER.header, PAPER.tree), [5349, 837, 4598], "E-C1");
    assert_eq!(capacities(&paper, PAPER.header, 0), [7942, 882, 6393]);
    let corrected = Sizes::of(&CORRECTED);
    assert_eq!(capacities(&corrected, PAPER.header, PAPER.tree), [3590, 777, 3236], "E-C2");
}

#[test]
fn c18_figure_6_is_97_seconds_against_129() {
    assert_eq!(uploads(6), 25_920);
    let half = seconds(&PAPER_MS, 6);
    assert_eq!(format!("{:.2}", half.healthchain), "96.84");
    assert_eq!(format!("{:.2}", half.traditional), "129.31");
    let faster = seconds(&Costs { iot: PAPER_MS.iot / 2.0, ..PAPER_MS }, 6);
    assert!(faster.healthchain < half.healthchain / 1.9, "another cost, another curve");
    assert_eq!(seconds(&PAPER_MS, 0).healthchain, 0.0);
}

#[test]
fn c19_figure_7_is_3_27_mebibytes_against_26_20() {
    let half = bytes(&PAPER, &Sizes::of(&PAPER), 6);
    assert_eq!(half.healthchain, 25_920 * 132 + 6 * 1188);
    assert_eq!(half.traditional, 25_920 * 1060);
    let mib = |bytes: u64| format!("{:.2}", f64::from(u32::try_from(bytes).unwrap()) / 1_048_576.0);
    assert_eq!([mib(half.healthchain), mib(half.traditional)], ["3.27", "26.20"]);
    let wider = Fields { envelope: 2 * PAPER.envelope, ..PAPER };
    let wide = bytes(&wider, &Sizes::of(&wider), 6);
    assert!(wide.traditional - half.traditional > 100 * (wide.healthchain - half.healthchain));
}

/// The heights of the curves, six points each, and of the points, in pixels.
fn drawn(svg: &str) -> (Vec<Vec<f64>>, Vec<f64>) {
    let curves = svg.split("<polyline points=\"").skip(1).map(|rest| {
        let points = rest.split('"').next().unwrap().split(' ');
        points.map(|point| point.split(',').nth(1).unwrap().parse().unwrap()).collect()
    });
    let points = svg.split("cy=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let curves = curves.filter(|curve: &Vec<f64>| curve.len() == 6).collect();
    (curves, points.map(|y| y.parse().unwrap()).collect())
}

/// 240 pixels are five decades.
const DECADE: f64 = 48.0;

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.2
}

#[test]
fn c18_t35_figure_6_draws_what_was_measured_beside_what_is_printed() {
    let costs = Costs { iot: 0.02, key: 0.5, envelope: 0.1 };
    let slower = Costs { iot: 0.2, key: 5.0, envelope: 1.0 };
    let ((first, points), (second, again)) = (drawn(&figure_6(&costs)), drawn(&figure_6(&slower)));
    assert_eq!((first.len(), points.len()), (4, 2));
    assert_eq!((&first[2..], &points), (&second[2..], &again), "the paper's stay");
    for (fast, slow) in first[..2].concat().iter().zip(second[..2].concat()) {
        assert!(close(fast - slow, DECADE), "ten times the cost is a decade higher: {fast} {slow}");
    }
    // Our own upload alone moves both of our curves, an envelope the traditional one only.
    let (wrapping, _) = drawn(&figure_6(&Costs { envelope: 0.3, ..costs }));
    assert!(wrapping[0] == first[0] && wrapping[1][5] < first[1][5] - 10.0);
    // What is printed lies on the paper's own curves.
    for (curve, point) in first[2..].iter().zip(&points) {
        assert!((curve[5] - point).abs() < 1.0, "{curve:?} {point}");
        assert!(curve.windows(2).all(|pair| pair[1] < pair[0]));
        assert!(close(curve[0] - curve[5], DECADE * 6.0_f64.log10()), "six months, six times");
    }
    let own = drawn(&figure_6(&PAPER_MS)).0;
    assert_eq!(own[..2], own[2..], "the paper's costs draw the paper's curves");
}

#[test]
fn c19_t35_figure_7_draws_the_sizes_of_this_run_beside_what_is_printed() {
    let ours = Fields { id: 34, envelope: 82, ..PAPER };
    let sizes = Sizes { iot: 200, key: 900, diag: 300 };
    let (first, points) = drawn(&figure_7(&ours, &sizes));
    assert_eq!((first.len(), points.len()), (4, 2));
    let (larger, again) = drawn(&figure_7(&ours, &Sizes { iot: 400, ..sizes }));
    assert_eq!((&first[2..], &points), (&larger[2..], &again), "the paper's stay");
    assert!(larger[0][5] < first[0][5] - 10.0 && larger[1][5] < first[1][5]);
    let (wider, _) = drawn(&figure_7(&Fields { envelope: 164, ..ours }, &sizes));
    assert!(wider[0] == first[0] && wider[1][5] < first[1][5] - 5.0, "keys in every upload");
    // 3 for 3.27 and 26 for 26.20: the paper cuts off.
    for (curve, point) in first[2..].iter().zip(&points) {
        assert!((0.0..2.0).contains(&(point - curve[5])), "{curve:?} {point}");
    }
    let own = drawn(&figure_7(&PAPER, &Sizes::of(&PAPER))).0;
    assert_eq!(own[..2], own[2..]);
}

#[test]
fn c18_c19_the_figures_are_written_where_they_are_wanted() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("healthchain-figures");
    let _ = std::fs::remove_dir_all(&folder);
    let ran = crate::healthchain_iot(&["--out", folder.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let row = ran.out.lines().find(|line| line.starts_with("  6  ")).unwrap();
    for (name, column) in [("figure-6.svg", 5), ("figure-7.svg", 4)] {
        let (curves, points) = drawn(&std::fs::read_to_string(folder.join(name)).unwrap());
        assert_eq!((curves.len(), points.len()), (4, 2), "{name}");
        // The curves of this run end where the table's last row says.
        let cell = row.split("  ").filter(|cell| !cell.trim().is_empty()).nth(column).unwrap();
        for (value, curve) in cell.split(" / ").zip(&curves) {
            let value: f64 = value.trim().parse().unwrap();
            let height = 280.0 - DECADE * (value.max(0.01) / 0.01).log10();
            assert!((curve[5] - height).abs() < 1.5, "{name}: {value} at {}", curve[5]);
        }
    }
}

/// Table III times the making of whole transactions, with everything that goes into them.
#[test]
fn c16_c17_a_transaction_takes_as_long_as_its_parts() {
    let ran = crate::healthchain_iot(&["--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let tables = json["tables"].as_array().unwrap();
    let table = |of: &str| tables.iter().find(|t| t["title"].as_str().unwrap().starts_with(of));
    let table = table("Table III").unwrap();
    let of = |name: &str| {
        let rows = table["rows"].as_array().unwrap();
        let row = rows.iter().position(|row| row[0].as_str().unwrap().starts_with(name)).unwrap();
        table["ms"][row][0].as_str().unwrap().parse::<f64>().unwrap()
    };
    // The shortest of twenty runs; a part that is timed alone may have met a slower one.
    let (seal, sign, envelope) = (of("encrypting"), of("a signature"), of("an envelope"));
    assert!(seal > 0.0 && sign > 0.0 && envelope > 0.0);
    assert!(of("tx_IoT") > 0.5 * (seal + sign), "{table}");
    assert!(of("tx_key") > 0.5 * (6.0 * envelope + sign), "five doctors and the owner: {table}");
    let sized = json["checks"].as_array().unwrap().iter();
    let mut sized =
        sized.filter(|check| check["name"] == "what is timed has the size of what was sent");
    assert_eq!(sized.next().unwrap()["passed"], true);
}
