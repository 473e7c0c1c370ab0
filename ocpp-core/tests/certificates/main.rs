//! Certificates and signatures in software, against certificates of other makers: rcgen (ring) at run time, and files
//! that OpenSSL made (`tests/fixtures/security/make.sh`).

mod fixtures;
mod flow;
mod garbage;
mod jws;
mod openssl;
mod paths;
mod pki;
