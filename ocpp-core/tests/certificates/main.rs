//! Certificates and signatures in software, against certificates of other makers.
