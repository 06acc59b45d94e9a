//! Evaluation.

use medcrypto_khpke::{AssociatedData, Ciphertext, Combination, EvaluationKey, Term, hazmat};

use crate::reader::{Case, Runner, Verdict, run, unhex};
use crate::{ad, error, key, numbers, one, secret, vectors};

/// The parts of a combination, which only borrows them.
pub struct Parts {
    terms: Vec<(i64, Ciphertext, AssociatedData)>,
    constants: Vec<i64>,
    ad: AssociatedData,
}

impl Parts {
    pub fn of(case: &Case) -> Self {
        let term = |value: &serde_json::Value| {
            let ciphertext = Ciphertext::from_bytes(&unhex(&value["bytes"])).unwrap();
            let ad = AssociatedData::new(&unhex(&value["ad"])).unwrap();
            (value["weight"].as_i64().unwrap(), ciphertext, ad)
        };
        let terms = case.list("terms").iter().map(term).collect();
        Self { terms, constants: numbers(case.input("constants")), ad: ad(case).unwrap() }
    }

    pub fn with<T>(&self, run: impl FnOnce(Combination<'_>) -> T) -> T {
        let terms = self.terms.iter().map(|(weight, ciphertext, ad)| Term {
            weight: *weight,
            ciphertext,
            ad,
        });
        let terms: Vec<_> = terms.collect();
        run(Combination { terms: &terms, constants: &self.constants, ad: &self.ad })
    }
}

fn evaluated(case: &Case) -> Verdict {
    let (key, secret, randomness) = (key(case), secret(case), case.random("r"));
    let other = case.optional("evaluator").map(|key| EvaluationKey::from_bytes(&unhex(key)));
    let other = other.transpose().unwrap();
    let evaluator = other.as_ref().unwrap_or(secret.evaluation_key());
    let result = Parts::of(case)
        .with(|combination| hazmat::evaluate(evaluator, &key, &combination, &randomness));
    one("bytes", &result.map_err(error)?.to_bytes())
}

#[test]
fn kat_evaluation() {
    let runners: [(&str, Runner); 1] = [("evaluate", evaluated)];
    run(vectors!("evaluation"), "medcrypto-khpke/evaluation", &runners);
}
