//! One replica among messages of an adversary that holds every key, the replica's own included.
//!
//! ```text
//! event    time passes ‖ a message forged, heard before or of an honest run, mangled now and then
//!                      | the timer of the view or of STATUS runs out | everybody votes for what was assigned last
//! laws     what is rejected leaves no trace, except what is noted about a STATUS
//!          view, executed, certified and h never go back, whatever q signatures say
//!          log and queue keep their bounds
//! ```

use medcrypto_ledger::pbft::{Input, Message, Output, Replica, Timer};
use medcrypto_ledger::sim::SymbolicAuth;

use super::forge::Forge;
use super::heard::Heard;
use super::samples::BLOCKS;
use super::{START, Tape, auth, config, new_replica};
use crate::script::Script;

const N: u16 = 4;
const KEYS: [u16; 4] = [0, 1, 2, 3];

struct Run {
    replica: Replica<SymbolicAuth, Tape>,
    heard: Heard,
    now: u64,
    marks: [u64; 4],
    reached: bool,
}

/// Reached: a canonical message was handled.
pub(in crate::ledger) fn replica(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let me = script.below(usize::from(N)) as u16;
    let replica = new_replica(N, me, auth("replica", me));
    let (heard, marks) = (Heard::default(), [0; 4]);
    let mut run = Run { replica, heard, now: START, marks, reached: false };
    while !script.is_over() {
        run.event(&mut script);
    }
    run.reached
}

impl Run {
    fn event(&mut self, script: &mut Script<'_>) {
        self.now += script.below(500) as u64;
        match script.below(8) {
            0 => self.step(Input::Timeout(if script.flag() { Timer::View } else { Timer::Status })),
            1 => {
                let votes = self.forge().agreement();
                votes.iter().for_each(|vote| self.step(Input::Message(vote.encode())));
            }
            _ => {
                let bytes = self.bytes(script);
                self.step(Input::Message(bytes));
            }
        }
    }

    fn forge(&self) -> Forge<'_> {
        let (heard, now) = (&self.heard, self.now);
        let (view, executed) = (self.replica.view(), self.replica.executed());
        Forge { n: N, keys: &KEYS, heard, blocks: &BLOCKS, view, executed, now }
    }

    fn bytes(&mut self, script: &mut Script<'_>) -> Vec<u8> {
        let forge = self.forge();
        let again = if script.below(4) == 0 { forge.again(script) } else { None };
        let message = again.unwrap_or_else(|| forge.message(script));
        let mut bytes = message.encode();
        self.heard.message(message);
        if script.below(8) == 0 {
            let at = script.u64() as usize % bytes.len();
            bytes[at] ^= script.byte();
        }
        bytes
    }

    fn step(&mut self, input: Input) {
        let decoded = match &input {
            Input::Message(bytes) => Message::decode(bytes).ok(),
            _ => None,
        };
        self.reached |= decoded.is_some();
        let before = format!("{:?}", self.replica);
        let outputs = self.replica.step(self.now, input);
        let rejected = outputs.iter().any(|output| matches!(output, Output::Rejected(_)));
        if rejected && !matches!(decoded, Some(Message::Status(_))) {
            assert_eq!(format!("{:?}", self.replica), before, "what is rejected left a trace");
        }
        for output in outputs {
            if let Output::Send(_, bytes) | Output::Broadcast(bytes) | Output::Reply(_, bytes) =
                output
            {
                self.heard.message(Message::decode(&bytes).expect("its own message"));
            }
        }
        self.bounds();
    }

    fn bounds(&mut self) {
        let replica = &self.replica;
        let marks = [replica.low(), replica.certified(), replica.executed(), replica.view()];
        assert!(marks.iter().zip(&self.marks).all(|(new, old)| new >= old), "went back: {marks:?}");
        self.marks = marks;
        let config = config(N, 0);
        assert!(replica.log_len() as u64 <= config.window() + config.history);
        assert!(replica.waiting_len() <= config.waiting_max);
    }
}
