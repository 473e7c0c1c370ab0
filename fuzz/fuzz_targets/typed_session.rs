//! Any lines of text, received by typed sessions of every version and role: no panic, every answer is a frame, and every
//! call that was accepted waits for its answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocpp_core::frame::Frame;
use ocpp_core::session::{
    CallOptions, Config, Decoding, Event, Input, MessageIds, Output, Role, TypedSession,
};
use ocpp_core::time::Instant;
use ocpp_types::{Protocol, v1_6, v2_0_1, v2_1};

fn run<P: Protocol>(text: &str) {
    for role in [Role::Station, Role::Csms] {
        for decoding in [Decoding::Strict, Decoding::Lenient] {
            let mut config = Config::new(role);
            config.signed_messages = true;
            config.tap = true;
            let ids = MessageIds::counter(0, u32::MAX);
            let mut session = TypedSession::<P>::new(role, config, ids, decoding);
            let now = Instant::ORIGIN;
            session.handle(now, Input::Connected).expect("connects");
            let session_below = session.session_mut();
            let call = session_below.call(now, "DataTransfer", "{}".into(), CallOptions::new());
            call.expect("is queued");
            let mut delivered = 0;
            let mut ended = 0;
            for line in text.lines() {
                session
                    .handle(now, Input::Received(line))
                    .expect("is polled");
                while let Some(event) = session.poll_event() {
                    match event {
                        Event::Call { .. } | Event::Output(Output::SignedCall(_)) => delivered += 1,
                        Event::CallEnded { .. } => ended += 1,
                        Event::Output(Output::Transmit(message)) => {
                            let frame = Frame::parse(P::VERSION, &message.text);
                            assert!(frame.is_ok(), "sends {}", message.text);
                        }
                        _ => {}
                    }
                }
            }
            assert_eq!(session.session().handling(), delivered);
            assert!(ended <= 1);
        }
    }
}

fuzz_target!(|text: &str| {
    run::<v1_6::Protocol>(text);
    run::<v2_0_1::Protocol>(text);
    run::<v2_1::Protocol>(text);
});
