use proptest::prelude::*;

use super::*;

const LIMIT: usize = 1000;

fn server() -> Codec {
    Codec::new(Role::Server, LIMIT, None)
}

/// A client frame with a fixed mask.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | len as u8),
        len @ 126..=0xFFFF => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    let mask = [1, 2, 3, 4];
    frame.extend_from_slice(&mask);
    frame.extend(
        payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    frame
}

fn decode_all(codec: &mut Codec, bytes: &[u8]) -> Result<Vec<Event>, Violation> {
    let mut input = bytes;
    let mut events = Vec::new();
    while let Some(event) = codec.decode(&mut input)? {
        events.push(event);
    }
    assert!(input.is_empty(), "everything is consumed");
    Ok(events)
}

fn violation(bytes: &[u8]) -> u16 {
    decode_all(&mut server(), bytes).unwrap_err().code.get()
}

fn text(text: &str) -> Event {
    Event::Text(text.into())
}

#[test]
fn a_fragmented_message_with_a_ping_inside_arrives_whole() {
    let mut bytes = frame(0x01, "Grüße, ".as_bytes());
    bytes.extend(frame(0x89, b"are you there?"));
    bytes.extend(frame(0x00, b""));
    bytes.extend(frame(0x80, b"CSMS"));
    let mut codec = server();
    assert_eq!(
        decode_all(&mut codec, &bytes),
        Ok(vec![Event::Ping, text("Grüße, CSMS")])
    );
    assert_eq!(codec.output(), b"\x8A\x0Eare you there?");
}

#[test]
fn a_character_may_be_split_between_fragments() {
    let (first, second) = "ü".as_bytes().split_at(1);
    let mut bytes = frame(0x01, first);
    bytes.extend(frame(0x80, second));
    assert_eq!(decode_all(&mut server(), &bytes), Ok(vec![text("ü")]));
}

#[test]
fn broken_frames_are_told_by_their_close_code() {
    let close = |payload: &[u8]| violation(&frame(0x88, payload));
    let mut unmasked = frame(0x81, b"x");
    unmasked[1] &= 0x7F;
    let mut long_form = vec![0x81, 0x80 | 126, 0, 1, 0, 0, 0, 0];
    assert_eq!(violation(&unmasked), 1002, "client without mask");
    assert_eq!(
        violation(&frame(0xC1, b"x")),
        1002,
        "RSV1 without an extension"
    );
    assert_eq!(violation(&frame(0xA1, b"x")), 1002, "RSV2");
    assert_eq!(violation(&frame(0x91, b"x")), 1002, "RSV3");
    assert_eq!(violation(&frame(0x83, b"x")), 1002, "reserved opcode");
    assert_eq!(
        violation(&frame(0x8B, b"x")),
        1002,
        "reserved control opcode"
    );
    assert_eq!(violation(&frame(0x09, b"x")), 1002, "fragmented ping");
    assert_eq!(violation(&frame(0x89, &[0; 126])), 1002, "long ping");
    assert_eq!(
        violation(&frame(0x80, b"x")),
        1002,
        "continuation of nothing"
    );
    assert_eq!(violation(&long_form), 1002, "length not minimal");
    long_form[3] = 126;
    assert_eq!(decode_all(&mut server(), &long_form), Ok(vec![]), "minimal");
    assert_eq!(
        violation(&[0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        1002,
        "length with its highest bit set"
    );
    let mut nested = frame(0x01, b"x");
    nested.extend(frame(0x81, b"y"));
    assert_eq!(violation(&nested), 1002, "message inside a message");
    assert_eq!(violation(&frame(0x82, b"x")), 1003, "binary");
    assert_eq!(violation(&frame(0x81, b"\xFF")), 1007, "not UTF-8");
    assert_eq!(
        violation(&frame(0x81, b"\xED\xA0\x80")),
        1007,
        "a surrogate"
    );
    assert_eq!(close(b"x"), 1002, "half a close code");
    assert_eq!(
        close(&1005_u16.to_be_bytes()),
        1002,
        "a code that must not travel"
    );
    assert_eq!(close(&999_u16.to_be_bytes()), 1002, "no close code");
    assert_eq!(close(b"\x03\xE8\xFF"), 1007, "reason not UTF-8");
}

#[test]
fn a_server_must_not_mask() {
    let mut client = Codec::new(Role::Client, LIMIT, None);
    let result = decode_all(&mut client, &frame(0x81, b"x"));
    assert_eq!(result.unwrap_err().code, CloseCode::PROTOCOL);
    assert_eq!(
        decode_all(&mut Codec::new(Role::Client, 9, None), b"\x81\x01x"),
        Ok(vec![text("x")])
    );
}

#[test]
fn the_limit_is_enforced_on_the_header_and_over_all_fragments() {
    assert!(decode_all(&mut server(), &frame(0x81, &[b'x'; LIMIT])).is_ok());
    assert_eq!(
        violation(&frame(0x81, &[b'x'; LIMIT + 1])[..8]),
        1009,
        "from the header alone"
    );
    let mut fragments = frame(0x01, &[b'x'; LIMIT]);
    fragments.extend(frame(0x00, b"x"));
    assert_eq!(violation(&fragments), 1009);
    let huge = [
        0x81, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0,
    ];
    assert_eq!(violation(&huge), 1009);
}

#[test]
fn endless_empty_fragments_take_no_memory() {
    let mut codec = server();
    decode_all(&mut codec, &frame(0x01, b"x")).unwrap();
    for _ in 0..10_000 {
        decode_all(&mut codec, &frame(0x00, b"")).unwrap();
    }
    assert!(codec.message.capacity() < 100);
}

#[test]
fn pings_of_a_peer_that_does_not_read_take_no_memory() {
    let mut codec = server();
    for n in 0..10_000_u16 {
        decode_all(&mut codec, &frame(0x89, &n.to_be_bytes())).unwrap();
    }
    assert_eq!(
        codec.output(),
        b"\x8A\x02\x27\x0F",
        "the latest is answered"
    );
    codec.sent(4);
    assert!(codec.output().is_empty());
}

/// Whatever a peer sends costs in proportion to its length: floods of the smallest frames, whole and in pieces.
#[test]
fn floods_of_tiny_frames_cost_in_proportion_to_their_length() {
    let floods: [(&str, Vec<u8>); 4] = [
        ("pings", frame(0x89, b"")),
        ("pongs", frame(0x8A, b"x")),
        ("empty fragments", frame(0x00, b"")),
        ("fragments of a byte", frame(0x00, b"x")),
    ];
    for (what, one) in floods {
        let mut codec = Codec::new(Role::Server, 1 << 20, None);
        decode_all(&mut codec, &frame(0x01, b"x")).unwrap();
        codec.take_cost();
        assert_eq!(codec.take_idle_frames(), 1, "the first fragment");
        let flood = one.repeat(10_000);
        decode_all(&mut codec, &flood).unwrap();
        let cost = codec.take_cost();
        assert!(cost > 0 && cost < 20 * flood.len(), "{what}: {cost}");
        assert_eq!(codec.take_idle_frames(), 10_000, "{what}");
        // The last fragment is that of a message, which counts by itself.
        decode_all(&mut codec, &frame(0x80, b"")).unwrap();
        assert_eq!(codec.take_idle_frames(), 0);
    }
}

#[test]
fn a_close_frame_is_answered_once_and_nothing_follows() {
    let mut codec = server();
    let events = decode_all(&mut codec, &frame(0x88, b"\x03\xE9bye")).unwrap();
    assert_eq!(
        events,
        [Event::Close(Some(CloseCode::GOING_AWAY), "bye".into())]
    );
    codec.queue_text("late");
    codec.queue_ping();
    codec.queue_close(CloseCode::NORMAL, "");
    decode_all(&mut codec, &frame(0x89, b"x")).unwrap();
    assert_eq!(codec.output(), b"\x88\x02\x03\xE9");
    codec.sent(4);
    assert!(codec.output().is_empty());
}

#[test]
fn a_long_close_reason_is_cut_between_characters() {
    let mut codec = server();
    codec.queue_close(CloseCode::POLICY, &"ü".repeat(100));
    let output = codec.output();
    assert_eq!(output.len(), 2 + 2 + 122);
    assert!(core::str::from_utf8(&output[4..]).is_ok());
}

proptest! {
    /// Wherever the network cuts, the same messages come out; and what one side sends, the other receives.
    #[test]
    fn any_cutting_of_the_stream_gives_the_same_messages(
        messages in prop::collection::vec(".{0,300}", 1..8),
        cuts in prop::collection::vec(1_usize..40, 1..50),
    ) {
        let mut client = Codec::new(Role::Client, 4000, None);
        let mut server = Codec::new(Role::Server, 4000, None);
        for message in &messages {
            client.queue_text(message);
        }
        let wire = client.output().to_vec();
        let mut received = Vec::new();
        let mut rest = wire.as_slice();
        let mut cuts = cuts.iter().cycle();
        while !rest.is_empty() {
            let (mut chunk, tail) = rest.split_at(cuts.next().unwrap().to_owned().min(rest.len()));
            while let Some(event) = server.decode(&mut chunk).unwrap() {
                received.push(event);
            }
            rest = tail;
        }
        let sent: Vec<_> = messages.iter().map(|message| text(message)).collect();
        prop_assert_eq!(received, sent);
    }

    #[test]
    fn garbage_never_panics_and_never_grows_beyond_the_limit(
        bytes in prop::collection::vec(any::<u8>(), 0..3000),
    ) {
        let mut codec = server();
        let mut input = bytes.as_slice();
        while let Ok(Some(_)) = codec.decode(&mut input) {}
        prop_assert!(codec.message.len() <= LIMIT);
        prop_assert!(codec.pending() <= 2 * 131);
    }

    #[test]
    fn masking_is_the_same_in_pieces(data in prop::collection::vec(any::<u8>(), 0..100), at in 0_usize..4, mask: [u8; 4]) {
        let mut whole = data.clone();
        apply_mask(&mut whole, mask, at);
        let slow: Vec<_> =
            data.iter().enumerate().map(|(i, byte)| byte ^ mask[(i + at) % 4]).collect();
        prop_assert_eq!(whole, slow);
    }
}

#[cfg(feature = "deflate")]
mod deflate {
    use super::*;
    use crate::websocket::{Compression, accept, confirm, offer};

    fn options(context_takeover: bool) -> Compression {
        let mut options = Compression::default();
        options.context_takeover = context_takeover;
        options.threshold = 0;
        options
    }

    fn pair(client: bool, server: bool, limit: usize) -> (Codec, Codec) {
        let (ours, theirs) = (options(client), options(server));
        let (accepted, answer) = accept(&theirs, offer(&ours)).unwrap();
        let confirmed = confirm(&ours, &answer).unwrap();
        (
            Codec::new(Role::Client, limit, Some(confirmed)),
            Codec::new(Role::Server, limit, Some(accepted)),
        )
    }

    fn carry(from: &mut Codec, to: &mut Codec) -> Result<Vec<Event>, Violation> {
        let wire = from.output().to_vec();
        from.sent(wire.len());
        decode_all(to, &wire)
    }

    #[test]
    fn messages_survive_with_and_without_context() {
        for (client, server) in [(false, false), (true, false), (false, true), (true, true)] {
            let (mut a, mut b) = pair(client, server, 100_000);
            let long = r#"{"value":1}"#.repeat(5000);
            for message in ["", "a", "[2,\"1\",\"Heartbeat\",{}]", &long, &long, "ü"] {
                a.queue_text(message);
                assert_eq!(carry(&mut a, &mut b), Ok(vec![text(message)]));
                b.queue_text(message);
                assert_eq!(carry(&mut b, &mut a), Ok(vec![text(message)]));
            }
        }
    }

    #[test]
    fn a_kept_context_makes_repeated_messages_small() {
        let message = r#"[2,"17","MeterValues",{"connectorId":1,"meterValue":[]}]"#;
        let (mut a, mut b) = pair(true, true, 1000);
        a.queue_text(message);
        let first = a.pending();
        carry(&mut a, &mut b).unwrap();
        a.queue_text(message);
        assert!(a.pending() * 2 < first, "{} {first}", a.pending());
    }

    #[test]
    fn bombs_are_refused_while_inflating() {
        let (mut a, mut b) = pair(false, false, 2_000_000);
        b.max_message = 10_000;
        a.queue_text(&"0".repeat(1_000_000));
        assert!(a.pending() < 10_000, "small on the wire");
        assert_eq!(carry(&mut a, &mut b).unwrap_err().code, CloseCode::TOO_BIG);
        for (len, fits) in [(9_999, true), (10_000, true), (10_001, false)] {
            let (mut a, mut b) = pair(false, false, 10_000);
            a.queue_text(&"0".repeat(len));
            assert_eq!(carry(&mut a, &mut b).is_ok(), fits, "{len}");
        }
    }

    #[test]
    fn corrupt_data_and_misplaced_bits_are_refused() {
        let (_, mut b) = pair(false, false, 1000);
        let result = decode_all(&mut b, &frame(0xC1, b"\xFF\xFF\xFF\xFF"));
        assert_eq!(result.unwrap_err().code, CloseCode::INVALID_DATA);
        let (_, mut b) = pair(false, false, 1000);
        let mut continued = frame(0x01, b"x");
        continued.extend(frame(0xC0, b"x"));
        assert_eq!(
            decode_all(&mut b, &continued).unwrap_err().code,
            CloseCode::PROTOCOL
        );
        let (_, mut b) = pair(false, false, 1000);
        assert_eq!(
            decode_all(&mut b, &frame(0xC9, b"x")).unwrap_err().code,
            CloseCode::PROTOCOL
        );
        assert_eq!(
            decode_all(&mut pair(false, false, 9).1, &frame(0x81, b"raw")),
            Ok(vec![text("raw")])
        );
    }

    /// The examples of RFC 7692 section 7.2.3.
    #[test]
    fn the_examples_of_the_rfc_inflate() {
        let hello: [&[u8]; 4] = [
            &[0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
            &[
                0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00,
            ],
            &[0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
            &[
                0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00,
            ],
        ];
        for (n, bytes) in hello.into_iter().enumerate() {
            let (_, mut b) = pair(false, false, 1000);
            assert_eq!(
                decode_all(&mut b, &frame(0xC1, bytes)),
                Ok(vec![text("Hello")]),
                "{n}"
            );
        }
        // The second message refers to the first.
        let (_, mut b) = pair(true, true, 1000);
        decode_all(&mut b, &frame(0xC1, hello[0])).unwrap();
        let second = frame(0xC1, &[0xF2, 0x00, 0x11, 0x00, 0x00]);
        assert_eq!(decode_all(&mut b, &second), Ok(vec![text("Hello")]));
    }

    /// Bits in the order of DEFLATE.
    #[derive(Default)]
    struct Bits(Vec<u8>, usize);

    impl Bits {
        fn put(&mut self, value: u32, count: usize) {
            for bit in 0..count {
                if self.1.is_multiple_of(8) {
                    self.0.push(0);
                }
                let at = self.1 / 8;
                self.0[at] |= ((value >> bit & 1) as u8) << (self.1 % 8);
                self.1 += 1;
            }
        }

        /// A block without contents that brings code tables of its own (RFC 1951 section 3.2.7).
        fn dynamic(&mut self) {
            self.put(0b100, 3);
            // 257 literals, one distance, 18 code lengths: of the codes 18 and 1.
            self.put(0, 5 + 5);
            self.put(14, 4);
            for place in 0..18 {
                self.put(u32::from(matches!(place, 2 | 17)), 3);
            }
            // 138 and 118 zeros; then the end of block and the distance have one bit; then the end of block.
            self.put(1 | 127 << 1, 8);
            self.put(1 | 107 << 1, 8);
            self.put(0, 3);
        }
    }

    /// A mebibyte of blocks that carry nothing, of every kind.
    fn shattered() -> [(&'static str, Vec<u8>); 5] {
        const LEN: usize = 1 << 20;
        let (mut fixed, mut dynamic) = (Bits::default(), Bits::default());
        while fixed.0.len() < LEN {
            fixed.put(0b010, 3);
            fixed.put(0, 7);
        }
        while dynamic.0.len() < LEN {
            dynamic.dynamic();
        }
        [
            ("final", [0x03, 0x00].repeat(LEN / 2)),
            ("fixed", fixed.0),
            ("dynamic", dynamic.0),
            ("stored", [0, 0, 0, 0xFF, 0xFF].repeat(LEN / 5)),
            ("stored byte", [0, 1, 0, 0xFE, 0xFF, b'x'].repeat(LEN / 6)),
        ]
    }

    /// What decoding the frames of one message costs, and how it ends.
    fn cost(frames: &[Vec<u8>]) -> (usize, Result<(), u16>) {
        let (_, mut codec) = pair(false, false, 2 << 20);
        let mut cost = 0;
        for frame in frames {
            for chunk in frame.chunks(16 * 1024) {
                let mut input = chunk;
                let decoded = codec.decode(&mut input);
                let step = codec.take_cost();
                assert!(step < 1_500_000, "one step: {step}");
                cost += step;
                match decoded {
                    Ok(Some(Event::Text(_))) => return (cost, Ok(())),
                    Ok(_) => {}
                    Err(violation) => return (cost, Err(violation.code.get())),
                }
            }
        }
        panic!("neither a message nor a violation");
    }

    /// A message costs in proportion to its length, also when all of it is empty blocks; it is refused as soon as it has
    /// more of them than its length explains, in one frame as in many.
    #[test]
    fn blocks_that_carry_nothing_are_refused_early() {
        for (what, bytes) in shattered() {
            let (spent, end) = cost(&[frame(0xC1, &bytes)]);
            assert_eq!(end, Err(1008), "{what}");
            assert!(spent < 500_000, "{what}: {spent}");
            let mut fragments = vec![frame(0x41, b"")];
            fragments.extend(bytes.chunks(7).map(|piece| frame(0x00, piece)));
            let (spent, end) = cost(&fragments);
            assert_eq!(end, Err(1008), "{what} in fragments");
            assert!(spent < 1_000_000, "{what} in fragments: {spent}");
            // Short messages of that kind are served.
            let short = bytes.get(..60).unwrap();
            assert!(cost(&[frame(0xC1, short)]).0 < 40_000, "{what}");
        }
    }

    /// The most expensive message that passes: as many blocks as its length allows.
    #[test]
    fn a_message_of_many_blocks_costs_in_proportion_to_its_length() {
        for text in [10, 1_000] {
            let mut bits = Bits::default();
            let mut sent = 0;
            while sent < 1_000_000 && bits.0.len() < 1_500_000 {
                bits.dynamic();
                // A stored block.
                bits.put(0, 3);
                let pad = bits.1.wrapping_neg() % 8;
                bits.put(0, pad);
                bits.put(text | !text << 16, 32);
                for _ in 0..text {
                    bits.put(u32::from(b'x'), 8);
                }
                sent += text;
            }
            let (spent, end) = cost(&[frame(0xC1, &bits.0)]);
            let passes = text == 1_000;
            assert_eq!(end, if passes { Ok(()) } else { Err(1008) }, "{text}");
            assert!(spent < 10 * (bits.0.len() + 1_000_000), "{text}: {spent}");
        }
    }

    /// What honest compressors send at their worst passes: the smallest memory, a flush every fifty bytes.
    #[test]
    fn honest_compressors_have_few_enough_blocks() {
        let mut text = String::new();
        while text.len() < 300_000 {
            let n = text.len().wrapping_mul(2_654_435_761) % 100_003;
            text.push_str(&format!(
                "[2,\"{n}\",\"MeterValues\",{{\"value\":\"{n}\"}}]"
            ));
        }
        let smallest = zlib_rs::DeflateConfig {
            mem_level: 1,
            window_bits: -9,
            ..zlib_rs::DeflateConfig::default()
        };
        let noise: Vec<u8> = (0..300_000_u32)
            .map(|n| b'!' + (n.wrapping_mul(2_654_435_761) >> 24) as u8 % 90)
            .collect();
        for (level, flush_every) in [(9, usize::MAX), (1, usize::MAX), (1, 50)] {
            for text in [text.as_bytes(), &noise] {
                let config = zlib_rs::DeflateConfig { level, ..smallest };
                let mut deflater = zlib_rs::Deflate::new_with_config(config);
                let mut bytes = Vec::new();
                let mut room = vec![0; 2 * text.len()];
                for piece in text.chunks(flush_every.min(text.len())) {
                    let before = deflater.total_out() as usize;
                    let flush = zlib_rs::DeflateFlush::SyncFlush;
                    deflater.compress(piece, &mut room, flush).unwrap();
                    let written = deflater.total_out() as usize - before;
                    bytes.extend_from_slice(&room[..written]);
                }
                bytes.truncate(bytes.len() - 4);
                let (_, mut codec) = pair(false, false, 2 << 20);
                let received = decode_all(&mut codec, &frame(0xC1, &bytes)).unwrap();
                assert_eq!(
                    received,
                    [Event::Text(String::from_utf8(text.to_vec()).unwrap())]
                );
            }
        }
    }

    #[test]
    fn offers_are_accepted_only_if_they_can_be_kept() {
        let answer = |offers: &str| accept(&options(true), offers).map(|(_, answer)| answer);
        assert_eq!(answer("permessage-deflate").unwrap(), "permessage-deflate");
        assert_eq!(
            answer("x-webkit-deflate-frame, permessage-deflate; server_max_window_bits=10")
                .unwrap(),
            "permessage-deflate; server_max_window_bits=10"
        );
        assert_eq!(
            answer("permessage-deflate; server_max_window_bits=8, permessage-deflate").unwrap(),
            "permessage-deflate",
            "no zlib deflates with a window of 8 bits"
        );
        for declined in [
            "",
            "permessage-bzip2",
            "permessage-deflate; server_max_window_bits=16",
            "permessage-deflate; server_max_window_bits=010",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
            "permessage-deflate; unknown",
        ] {
            assert_eq!(answer(declined), None, "{declined}");
        }
        let fresh = accept(&options(false), "permessage-deflate").unwrap().1;
        assert!(
            fresh.contains("client_no_context_takeover"),
            "a server may demand it"
        );
    }

    #[test]
    fn answers_that_were_not_offered_fail_the_handshake() {
        for answer in [
            "permessage-bzip2",
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_max_window_bits=8",
            "permessage-deflate; unknown",
            "permessage-deflate, permessage-deflate",
        ] {
            assert!(confirm(&options(false), answer).is_err(), "{answer}");
        }
        assert!(
            confirm(
                &options(false),
                "permessage-deflate; client_max_window_bits=9"
            )
            .is_ok()
        );
    }

    #[test]
    fn a_small_window_is_kept() {
        let (small, _) = accept(
            &options(false),
            "permessage-deflate; server_max_window_bits=9",
        )
        .unwrap();
        let (large, _) = accept(&options(false), "permessage-deflate").unwrap();
        // The repetition is 1000 bytes back: out of reach for a window of 512.
        let noise: String = (0..1000_u32)
            .map(|n| char::from(b'!' + (n.wrapping_mul(2_654_435_761) >> 25) as u8 % 90))
            .collect();
        let message = format!("{noise}{noise}");
        let length = |deflate| {
            let mut codec = Codec::new(Role::Server, 9999, Some(deflate));
            codec.queue_text(&message);
            codec.pending()
        };
        assert!(length(small) > length(large) * 3 / 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Wherever sender and network cut, the same messages come out, with and without a context.
        #[test]
        fn compressed_messages_survive_any_cutting(
            messages in prop::collection::vec("[a-z]{0,30000}", 1..4),
            cuts in prop::collection::vec(1_usize..20_000, 1..10),
            context: bool,
        ) {
            let (mut a, mut b) = pair(context, context, 100_000);
            for message in &messages {
                a.queue_text(message);
            }
            let wire = a.output().to_vec();
            let (mut rest, mut cuts) = (wire.as_slice(), cuts.iter().cycle());
            let mut received = Vec::new();
            while !rest.is_empty() {
                let (mut chunk, tail) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
                while let Some(event) = b.decode(&mut chunk).unwrap() {
                    received.push(event);
                }
                rest = tail;
            }
            let sent: Vec<_> = messages.iter().map(|message| text(message)).collect();
            prop_assert_eq!(received, sent);
        }
    }

    proptest! {
        #[test]
        fn compressed_garbage_never_panics_or_passes_the_limit(
            bytes in prop::collection::vec(any::<u8>(), 0..500),
        ) {
            let (_, mut b) = pair(true, true, 500);
            if let Ok(events) = decode_all(&mut b, &frame(0xC1, &bytes)) {
                for event in events {
                    if let Event::Text(text) = event {
                        prop_assert!(text.len() <= 500);
                    }
                }
            }
        }
    }
}
