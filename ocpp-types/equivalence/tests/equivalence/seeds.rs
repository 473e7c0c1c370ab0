//! Inputs for the fuzz targets to start from, made of instances.

use std::fs;
use std::path::Path;

use crate::message::Message;
use crate::mutate::mutations;
use crate::random::Random;
use crate::valid::{Fill, Generator, Spelling};

/// `cargo test -p ocpp-equivalence -- --ignored write_fuzz_corpus` fills `fuzz/corpus`, from where cargo-fuzz
/// takes its inputs. `fuzz/src/lib.rs` says what an input is.
#[test]
#[ignore = "writes files for cargo-fuzz"]
fn write_fuzz_corpus() {
    let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus"));
    for (version, target, messages) in [
        (0, "decode_v1_6", super::v1_6()),
        (1, "decode_v2_0_1", super::v2_0_1()),
        (2, "decode_v2_1", super::v2_1()),
    ] {
        for (index, message) in messages.iter().enumerate() {
            let (right, broken) = instances(message);
            let head = message.fuzz_head;
            let seed = [&head[..], right.as_bytes()].concat();
            write(&corpus.join(target), &format!("{index}"), &seed);
            let seed = [&[version], &head[..], broken.as_bytes()].concat();
            write(
                &corpus.join("lenient"),
                &format!("{version}-{index}"),
                &seed,
            );
        }
    }
}

/// A valid instance with many members, and one broken at several places.
fn instances(message: &Message) -> (String, String) {
    let root = &message.schema;
    let mut random = Random::named(message.path);
    let right = Generator::new(&mut random, Spelling::Any).value(root, Fill::OneIn(2));
    let mut broken = right.clone();
    let sites = root.sites();
    for _ in 0..4 {
        let (path, schema) = &sites[random.below(sites.len())];
        if let Some(value) = broken.at_mut(path) {
            let mut choices = mutations(schema, value, message.draft_4());
            *value = choices.swap_remove(random.below(choices.len())).value;
        }
    }
    (right.compact(), broken.compact())
}

fn write(folder: &Path, name: &str, seed: &[u8]) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), seed).unwrap();
}
