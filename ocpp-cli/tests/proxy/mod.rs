//! A way to the CSMS that can be led elsewhere while the station keeps its URL.
#![allow(unreachable_pub, reason = "a module of a test program")]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::common::until;

#[derive(Debug, Clone, Copy)]
pub enum Target {
    Csms(SocketAddr),
    /// Answers the first TLS record with this fatal alert.
    Alert(u8),
}

pub struct Proxy {
    address: SocketAddr,
    target: Arc<Mutex<Target>>,
    ended: Arc<AtomicUsize>,
}

impl Proxy {
    pub fn new(target: Target) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            target: Arc::new(Mutex::new(target)),
            ended: Arc::default(),
        };
        let (target, ended) = (Arc::clone(&proxy.target), Arc::clone(&proxy.ended));
        std::thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let target = *target.lock().unwrap();
                let ended = Arc::clone(&ended);
                std::thread::spawn(move || {
                    serve(socket, target);
                    ended.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        proxy
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn lead_to(&self, target: Target) {
        *self.target.lock().unwrap() = target;
    }

    pub fn until_a_connection_has_ended(&self) {
        until("a connection has ended", || {
            (self.ended.load(Ordering::SeqCst) > 0).then_some(())
        });
    }
}

/// Until both directions have ended.
fn serve(mut socket: TcpStream, target: Target) {
    match target {
        Target::Csms(address) => {
            let Ok(there) = TcpStream::connect(address) else {
                return;
            };
            let back = copy(there.try_clone().unwrap(), socket.try_clone().unwrap());
            let forth = copy(socket, there);
            let _ = (forth.join(), back.join());
        }
        Target::Alert(alert) => {
            let mut hello = [0; 4096];
            let _ = socket.read(&mut hello);
            let _ = socket.write_all(&[0x15, 3, 1, 0, 2, 2, alert]);
            let _ = socket.shutdown(Shutdown::Write);
            while socket.read(&mut hello).is_ok_and(|length| length > 0) {}
        }
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    })
}
