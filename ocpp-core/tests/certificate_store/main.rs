//! The certificate store and the certificate requests, with certificates that are only pretended: the rules are the
//! same whoever does the cryptography.

mod model;
mod own;
mod pretend;
mod signing;
mod store;
