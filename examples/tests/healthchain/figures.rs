//! What the paper counts, from its own inputs, and as functions of them (T35).

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
